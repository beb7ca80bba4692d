"""Entry on behalf: marked, told once a sitting, accepted or contested value by value; contested stops validation."""

from datetime import timedelta

import pytest
from django.core import mail

from senacs.collection.models import Response
from senacs.collection.on_behalf import accept_entries, contest_entry, contested_codes, entered_for
from senacs.collection.services import save_values
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(response: Response, cast: Cast) -> Response:
    inputs = {"salaries_total": "12", "budget_total": "200000"}
    return save_values(response=response, inputs=inputs, by=cast.correspondant_caf).response


def test_structure_is_written_to_once_a_sitting(
    response: Response, cast: Cast, django_capture_on_commit_callbacks
) -> None:
    for hours, value in ((0, "12"), (1, "13"), (14, "14")):
        with clock.frozen(clock.now() + timedelta(hours=hours)), django_capture_on_commit_callbacks(execute=True):
            save_values(response=response, inputs={"salaries_total": value}, by=cast.correspondant_caf)
    told = [message.to[0] for message in mail.outbox]
    assert sorted(told) == sorted([cast.responsable.email, cast.suppleant.email] * 2)
    assert "des réponses sont saisies pour vous" in mail.outbox[0].subject


def test_own_entry_writes_to_nobody(response: Response, cast: Cast, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        save_values(response=response, inputs={"salaries_total": "12"}, by=cast.responsable)
    assert mail.outbox == []
    assert entered_for(response) == []


def test_each_value_is_accepted_or_contested(entered: Response, cast: Cast, django_capture_on_commit_callbacks) -> None:
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        accept_entries(response=entered, codes=["salaries_total"], by=cast.suppleant)
        contest_entry(
            response=entered, code="budget_total", reason="Le compte de résultat dit 180 000.", by=cast.suppleant
        )
    verdicts = {entry.code: (entry.opinion.verdict, entry.is_contested) for entry in entered_for(entered)}
    assert verdicts == {"salaries_total": ("accepted", False), "budget_total": ("contested", True)}
    told = {message.to[0]: message.body for message in mail.outbox}
    assert set(told) == {cast.correspondant_caf.email, cast.correspondant_federal.email}
    assert "que vous avez saisie" in told[cast.correspondant_caf.email]
    assert "saisie par Caf Martin" in told[cast.correspondant_federal.email]
    assert all("180\u202f000" in body for body in told.values())


def test_contest_falls_when_the_value_is_entered_again_or_by_the_structure(entered: Response, cast: Cast) -> None:
    contest_entry(response=entered, code="budget_total", reason="Faux.", by=cast.responsable)
    save_values(response=entered, inputs={"budget_total": "190000"}, by=cast.correspondant_caf)
    entered.refresh_from_db()
    assert contested_codes(entered) == []
    contest_entry(response=entered, code="budget_total", reason="Encore faux.", by=cast.responsable)
    save_values(response=entered, inputs={"budget_total": "180000"}, by=cast.responsable)
    entered.refresh_from_db()
    assert contested_codes(entered) == []


def test_contested_value_blocks_validation(entered: Response, cast: Cast) -> None:
    contest_entry(response=entered, code="budget_total", reason="Faux.", by=cast.responsable)
    response = sign(entered, "submitted", by=cast.responsable)
    with pytest.raises(Refused, match="conteste des valeurs") as refusal:
        validate_response(response=response, by=cast.correspondant_caf)
    assert refusal.value.details == ["Budget total de fonctionnement"]
    accept_entries(response=response, codes=["budget_total"], by=cast.responsable)
    assert validate_response(response=response, by=cast.correspondant_caf).state == "validated"


@pytest.mark.parametrize("name", ["correspondant_caf", "neighbour_responsable", "national"])
def test_only_the_structure_judges(entered: Response, cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        accept_entries(response=entered, codes=["budget_total"], by=cast.users()[name])
    with pytest.raises(NotAllowed):
        contest_entry(response=entered, code="budget_total", reason="Non.", by=cast.users()[name])


def test_contest_needs_a_reason_and_a_value_of_others(entered: Response, cast: Cast) -> None:
    with pytest.raises(Refused, match="pourquoi"):
        contest_entry(response=entered, code="budget_total", reason=" ", by=cast.responsable)
    with pytest.raises(Refused, match="n’est plus"):
        contest_entry(response=entered, code="etp_total", reason="Non.", by=cast.responsable)
