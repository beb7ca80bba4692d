"""Validation after a long silence, and in bulk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from senacs.accounts.models import Mandate, NoticePace, User
from senacs.accounts.notices import choose_pace, send_digests
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.review.demandes import open_query
from senacs.review.queries import story
from senacs.review.seen import seals_of
from senacs.review.services import contest_response, justify_flag, refresh_flags, reopen_response, submit_response
from senacs.review.validation import clear_responses, validate_in_bulk, validate_response, wait_of
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}


def sent(cast: Cast, campaign: Campaign, **changes: object) -> Response:
    number = campaign.responses.count()
    structure = cast.structure if not number else factories.make_structure(commune=cast.structure.commune)
    author = cast.responsable if not number else factories.make_user(f"r{number}@exemple.fr")
    return factories.make_response(
        structure=structure, campaign=campaign, values=VALUES | changes, state=ResponseState.SUBMITTED, by=author
    )


@pytest.fixture
def contested(cast: Cast, campaign: Campaign, django_capture_on_commit_callbacks) -> Response:
    response = sent(cast, campaign)
    contest_response(response=response, by=cast.correspondant_federal, reason="Le budget")
    with django_capture_on_commit_callbacks(execute=True):
        return validate_response(response=response, by=cast.correspondant_caf)


def after(days: int):
    return clock.frozen(clock.now() + timedelta(days=days))


def test_silence_lets_the_other_proceed_and_is_told(contested, cast):
    with after(14), pytest.raises(Refused, match="15"):
        validate_response(response=contested, by=cast.correspondant_caf)
    with after(16):
        validated = validate_response(response=contested, by=cast.correspondant_caf)
    assert validated.state == ResponseState.VALIDATED
    labels = [moment.label for moment in story(validated)]
    assert labels[:2] == ["Validée", "Sans réponse de l’autre correspondant"]
    assert "La fédération n’a pas réagi" in story(validated)[1].reason


def test_days_run_from_the_letter_that_asks(cast, campaign, django_capture_on_commit_callbacks):
    """Agreed on Monday, told in the digest of Tuesday morning: fifteen days from Tuesday."""
    choose_pace(user=cast.correspondant_federal, pace=NoticePace.DAILY)
    response = sent(cast, campaign)
    contest_response(response=response, by=cast.responsable, reason="Le budget")
    response = validate_response(response=response, by=cast.correspondant_caf)
    wait = wait_of(response, cast.correspondant_caf)
    assert wait is not None and wait.until is None
    with after(60):
        assert not wait_of(response, cast.correspondant_caf).is_over
    # At noon: at night the digest of the morning has not left yet.
    with clock.frozen(timezone.localtime(clock.now() + timedelta(days=2)).replace(hour=12)):
        with django_capture_on_commit_callbacks(execute=True):
            assert send_digests() >= 1
        left = clock.now()
    started = wait_of(response, cast.correspondant_caf).until - timedelta(days=15)
    assert abs(started - left) < timedelta(minutes=5)


def test_days_run_from_the_agreement_where_nobody_can_be_told(cast, campaign):
    Mandate.objects.filter(user=cast.correspondant_federal).delete()
    response = sent(cast, campaign)
    contest_response(response=response, by=cast.responsable, reason="Le budget")
    response = validate_response(response=response, by=cast.correspondant_caf)
    with after(16):
        assert wait_of(response, cast.correspondant_caf).is_over


def test_silence_profits_only_those_who_agreed(contested, cast):
    with after(30):
        assert validate_response(response=contested, by=cast.correspondant_federal).approvals.count() == 2


def everyone(campaign: Campaign) -> list[Response]:
    return list(campaign.responses.order_by("pk"))


def test_bulk_takes_what_has_nothing_open(cast, campaign):
    clear, information = sent(cast, campaign), sent(cast, campaign, clas=True, clas_enfants=150)
    open_flag, queried = sent(cast, campaign, budget_autres=10), sent(cast, campaign)
    to_read, disputed = sent(cast, campaign, budget_autres=20), sent(cast, campaign)
    for response in everyone(campaign):
        refresh_flags(response=response)
    to_read.flags.update(state="justified", justification="Un don.")
    open_query(response=queried, field_code="budget_total", by=cast.correspondant_caf, text="?")
    contest_response(response=disputed, by=cast.correspondant_caf, reason="?")
    assert set(clear_responses(campaign.responses.all())) == {clear, information}
    result = validate_in_bulk(
        responses=campaign.responses.all(), by=cast.correspondant_federal, seen=seals_of(campaign.responses.all())
    )
    assert set(result.validated) == {clear, information}
    assert Response.objects.get(pk=open_flag.pk).state == ResponseState.SUBMITTED


def test_bulk_leaves_what_is_not_theirs(cast, campaign):
    response = sent(cast, campaign)
    result = validate_in_bulk(
        responses=campaign.responses.all(), by=cast.stranger, seen=seals_of(campaign.responses.all())
    )
    assert result.validated == []
    assert [r for r, _ in result.refused] == [response]


def test_reopening_leaves_a_trace_and_unsettles(cast, campaign):
    response = validate_response(response=sent(cast, campaign), by=cast.correspondant_caf)
    reopened = reopen_response(response=response, by=cast.correspondant_federal, reason="Erreur de saisie")
    assert (story(reopened)[0].label, story(reopened)[0].reason) == ("Rouverte", "Erreur de saisie")


def test_explanation_to_be_read_is_no_clear_response(cast, campaign):
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values=VALUES | {"budget_autres": 1}
    )
    refresh_flags(response=response)
    justify_flag(flag=response.flags.get(), by=cast.responsable, text="Un don.")
    submit_response(response=response, by=cast.responsable)
    assert not clear_responses(campaign.responses.all()).exists()


def test_author_of_the_structure_validates_nothing(cast, campaign):
    response = sent(cast, campaign)
    assert isinstance(cast.responsable, User)
    mine = campaign.responses.filter(pk=response.pk)
    assert validate_in_bulk(responses=mine, by=cast.responsable, seen=seals_of(mine)).validated == []
