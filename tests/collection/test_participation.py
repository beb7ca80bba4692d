"""Declining, being out of scope, coming back, asking for more time."""

from datetime import timedelta

import pytest
from django.core import mail

from senacs.campaigns.enums import Phase
from senacs.collection.enums import AbsenceKind, AbsenceReason, RequestState
from senacs.collection.models import Absence, ExtensionRequest, Response
from senacs.collection.participation import ask_more_time, decide_extension, declare_absence, take_part_again
from senacs.collection.queries import follow
from senacs.collection.services import save_values
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests.factories import Cast, sign

pytestmark = pytest.mark.django_db


def decline(response: Response, by, reason: AbsenceReason = AbsenceReason.NO_TIME, comment: str = "") -> Absence:
    return declare_absence(response=response, kind=AbsenceKind.DECLINED, reason=reason, by=by, comment=comment)


def ask(response: Response, cast: Cast, days: int = 10) -> ExtensionRequest:
    until = response.campaign.closes_on + timedelta(days=days)
    return ask_more_time(response=response, until=until, reason="Comptes pas clos.", by=cast.responsable)


def test_declining_is_coded_and_can_be_taken_back(response: Response, cast: Cast) -> None:
    decline(response, cast.responsable)
    assert follow(cast.correspondant_caf, response.campaign).declined == 1
    take_part_again(response=response, by=cast.suppleant)
    assert not Absence.objects.exists()
    assert [event.transition for event in response.events.all()] == ["declined", "take_part"]


def test_out_of_scope_leaves_the_rate(response: Response, cast: Cast) -> None:
    declare_absence(
        response=response, kind=AbsenceKind.OUT_OF_SCOPE, reason=AbsenceReason.CLOSED, by=cast.correspondant_caf
    )
    counts = follow(cast.correspondant_caf, response.campaign)
    assert (counts.invited, counts.out_of_scope, counts.rate) == (1, 1, 0.0)


def test_reason_fits_the_kind_and_another_is_explained(response: Response, cast: Cast) -> None:
    with pytest.raises(Refused, match="ne convient pas"):
        decline(response, cast.responsable, AbsenceReason.CLOSED)
    with pytest.raises(Refused, match="Expliquez"):
        decline(response, cast.responsable, AbsenceReason.OTHER)
    decline(response, cast.responsable, AbsenceReason.OTHER, "Travaux toute l’année.")


def test_strangers_and_sent_responses_are_refused(response: Response, cast: Cast) -> None:
    for name in ("neighbour_responsable", "stranger", "national", "nobody"):
        with pytest.raises(NotAllowed):
            decline(response, cast.users()[name])
    sign(response, "submitted", by=cast.responsable)
    with pytest.raises(Refused, match="envoyée"):
        decline(response, cast.responsable)


def test_more_time_is_asked_and_granted_beyond_the_closing(
    response: Response, cast: Cast, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(response, cast)
        decide_extension(asked=asked, is_granted=True, by=cast.correspondant_federal)
    recipients = [message.to[0] for message in mail.outbox]
    # Both of the pair are asked; the structure and the other of the pair read the answer.
    asked_of = [cast.correspondant_caf.email, cast.correspondant_federal.email]
    answered_to = [cast.responsable.email, cast.suppleant.email, cast.correspondant_caf.email]
    assert sorted(recipients) == sorted(asked_of + answered_to)
    response.refresh_from_db()
    assert response.closes_on == asked.until
    response.campaign.phase = Phase.CONTROLE
    response.campaign.save(update_fields=["phase"])
    assert save_values(response=response, inputs={"salaries_total": "12"}, by=cast.responsable).refused == {}
    with (
        clock.frozen(clock.now() + timedelta(days=(asked.until - clock.today()).days + 1)),
        pytest.raises(Refused, match="s’est terminée le"),
    ):
        save_values(response=response, inputs={"salaries_total": "13"}, by=cast.responsable)


def test_another_day_can_be_granted_and_a_refusal_says_why(response: Response, cast: Cast) -> None:
    asked = ask(response, cast)
    with pytest.raises(Refused, match="pourquoi"):
        decide_extension(asked=asked, is_granted=False, by=cast.correspondant_caf)
    earlier = asked.until - timedelta(days=5)
    assert decide_extension(asked=asked, is_granted=True, until=earlier, by=cast.correspondant_caf).until == earlier
    with pytest.raises(Refused, match="déjà sa réponse"):
        decide_extension(asked=asked, is_granted=True, by=cast.correspondant_caf)
    second = ask(response, cast)
    decided = decide_extension(
        asked=second, is_granted=False, answer="Le contrôle commence.", by=cast.correspondant_caf
    )
    assert decided.state == RequestState.REFUSED


def test_useless_or_too_late_days_and_second_requests_are_refused(response: Response, cast: Cast) -> None:
    with pytest.raises(Refused, match="aucun délai"):
        ask(response, cast, days=0)
    with pytest.raises(Refused, match="fin du contrôle"):
        ask(response, cast, days=61)
    ask(response, cast)
    with pytest.raises(Refused, match="attend encore"):
        ask(response, cast)


@pytest.mark.parametrize("name", ["responsable", "stranger", "national"])
def test_only_its_correspondents_grant_time(response: Response, cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        decide_extension(asked=ask(response, cast), is_granted=True, by=cast.users()[name])
