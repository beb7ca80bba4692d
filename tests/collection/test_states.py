"""The life of a response, seen from its one door."""

import pytest

from senacs.accounts.enums import Role
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection import states
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

PAIR = {"correspondant_caf", "correspondant_federal"}
WHO = {
    "submit": {"responsable", "suppleant"},
    "take_back": {"responsable", "suppleant"},
    "return": PAIR,
    "validate": PAIR,
    "reopen": PAIR,
}


def in_state(state: ResponseState, cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, state=state, by=cast.responsable)


@pytest.mark.parametrize("transition", states.TRANSITIONS, ids=lambda t: t.name)
def test_transition_belongs_to_its_roles_alone(cast: Cast, campaign: Campaign, transition) -> None:
    response = in_state(ResponseState(min(transition.sources)), cast, campaign)
    may = set()
    for name, user in cast.users().items():
        Response.objects.filter(pk=response.pk).update(
            state=response.state,
            submitted_at=response.submitted_at,
            submitted_by=response.submitted_by,
            validated_at=response.validated_at,
            validated_by=response.validated_by,
        )
        try:
            states.apply(response, transition.name, by=user, reason="Motif")
        except NotAllowed:
            continue
        may.add(name)
    assert may == WHO[transition.name]


@pytest.mark.parametrize("transition", states.TRANSITIONS, ids=lambda t: t.name)
@pytest.mark.parametrize("state", ResponseState)
def test_transition_leaves_only_from_its_sources(cast: Cast, campaign: Campaign, transition, state) -> None:
    response = in_state(state, cast, campaign)
    by = cast.responsable if Role.RESPONSABLE in transition.roles else cast.correspondant_caf
    if state in transition.sources:
        moved = states.apply(response, transition.name, by=by, reason="Motif")
        assert moved.state == Response.objects.get(pk=response.pk).state == transition.target
        event = response.events.get()
        assert (event.transition, event.by, event.reason) == (transition.name, by, "Motif")
    else:
        with pytest.raises(Refused, match="n’est pas possible"):
            states.apply(response, transition.name, by=by, reason="Motif")
        assert not response.events.exists()


def test_return_and_reopen_want_a_reason(cast: Cast, campaign: Campaign) -> None:
    response = in_state(ResponseState.SUBMITTED, cast, campaign)
    with pytest.raises(Refused, match="motif"):
        states.apply(response, "return", by=cast.correspondant_caf, reason="  ")


def test_submission_and_validation_are_signed_and_reopening_unsigns(cast: Cast, campaign: Campaign) -> None:
    response = in_state(ResponseState.DRAFT, cast, campaign)
    response = states.apply(response, "submit", by=cast.suppleant)
    assert response.submitted_by == cast.suppleant
    response = states.apply(response, "validate", by=cast.correspondant_federal)
    assert response.validated_by == cast.correspondant_federal
    response = states.apply(response, "reopen", by=cast.correspondant_caf, reason="Erreur découverte")
    assert (response.validated_at, response.validated_by) == (None, None)


@pytest.mark.parametrize("phase", [Phase.PREPARATION, Phase.TRAITEMENT, Phase.DIFFUSION, Phase.ARCHIVEE])
def test_nothing_moves_outside_entry_and_control(cast: Cast, campaign: Campaign, phase: Phase) -> None:
    response = in_state(ResponseState.SUBMITTED, cast, campaign)
    Campaign.objects.update(phase=phase)
    with pytest.raises(Refused, match="close"):
        states.apply(response, "validate", by=cast.correspondant_caf)


def test_draft_cannot_be_sent_once_the_control_has_begun(cast: Cast, campaign: Campaign) -> None:
    response = in_state(ResponseState.DRAFT, cast, campaign)
    Campaign.objects.update(phase=Phase.CONTROLE)
    with pytest.raises(Refused, match="contrôle"):
        states.apply(response, "submit", by=cast.responsable)
