"""Acts × who is told: every act that somebody else must know of writes to exactly those named here, never its author.

A new act that binds somebody else has its line in ACTS: how it is done on the standing cast, and who reads of it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.invitations import name_preparation
from senacs.accounts.models import Notice
from senacs.campaigns.models import Campaign
from senacs.collection.enums import AbsenceKind, AbsenceReason, Provenance, ResponseState
from senacs.collection.extensions import give_time
from senacs.collection.models import Response
from senacs.collection.on_behalf import contest_entry
from senacs.collection.participation import ask_more_time, decide_extension, declare_absence
from senacs.collection.services import save_values
from senacs.exchange.services import answer_question, ask_question, escalate_question
from senacs.lib import clock
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.services import sign_release
from senacs.review.demandes import accept_proposal, answer_query, ask_again, open_query
from senacs.review.models import Flag, Query
from senacs.review.services import (
    contest_response,
    refresh_flags,
    reopen_response,
    return_response,
    submit_response,
    withdraw_contest,
)
from senacs.review.validation import validate_response
from senacs.review.waivers import waive_flag
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5, "etp_total": "4.5", "budget_total": 100, "budget_caf": 60, "budget_autres": 40, "clas": False,
}  # fmt: skip
STRUCTURE = {"responsable", "suppleant"}
PAIR = {"correspondant_caf", "correspondant_federal"}


class Stage:
    """One response sent by the responsable of the cast's structure, on which acts are done."""

    def __init__(self, cast: Cast, campaign: Campaign) -> None:
        self.cast, self.campaign = cast, campaign
        self.response = factories.make_response(
            structure=cast.structure, campaign=campaign, values=VALUES, state=ResponseState.SUBMITTED,
            by=cast.responsable,
        )  # fmt: skip

    def draft(self, **values: object) -> Response:
        Response.objects.filter(pk=self.response.pk).update(
            state=ResponseState.DRAFT, values={c: factories.stored(v) for c, v in (VALUES | values).items()}
        )
        self.response.refresh_from_db()
        return self.response

    def query(self) -> Query:
        return open_query(
            response=self.response, field_code="budget_autres", by=self.cast.correspondant_caf, text="?", proposal="45"
        )

    def question(self):  # type: ignore[no-untyped-def]
        return ask_question(
            campaign=self.campaign, structure=self.cast.structure, field_code="clas", text="Qui ?",
            by=self.cast.responsable,
        )  # fmt: skip

    def contest(self) -> None:
        contest_response(response=self.response, by=self.cast.correspondant_federal, reason="Le budget.")

    def blocking(self) -> Flag:
        refresh_flags(response=self.draft(etp_total="9"))
        return self.response.flags.get(rule_code="ETP_SALARIES")

    def entry(self) -> None:
        self.draft()
        save_values(
            response=self.response, inputs={"budget_caf": "61"}, by=self.cast.correspondant_caf,
            provenance=Provenance.ON_BEHALF_CAF,
        )  # fmt: skip

    def delay(self):  # type: ignore[no-untyped-def]
        until = self.campaign.closes_on + timedelta(days=5)
        return ask_more_time(response=self.draft(), until=until, reason="Un départ.", by=self.cast.responsable)

    def release(self) -> Release:
        return factories.checked(
            Release.objects.create(
                campaign=self.campaign, number=1, state=ReleaseState.CANDIDATE, created_at=clock.now()
            )
        )


def prolong(stage: Stage, by: str, **whom: object) -> None:
    stage.draft()
    until = stage.campaign.closes_on + timedelta(days=9)
    give_time(campaign=stage.campaign, until=until, reason="Une inondation.", by=getattr(stage.cast, by), **whom)


Prepared = Callable[[Stage], object]
# The act, what precedes it, how it is done, who is told.
ACTS: dict[str, tuple[Prepared, Callable[[Stage, object], object], set[str]]] = {
    "send": (Stage.draft, lambda s, _: submit_response(response=s.response, by=s.cast.responsable), PAIR),
    "return": (
        lambda s: None,
        lambda s, _: return_response(response=s.response, by=s.cast.correspondant_caf, reason="Les ETP."),
        STRUCTURE | {"correspondant_federal"},
    ),
    "validate": (
        lambda s: None,
        lambda s, _: validate_response(response=s.response, by=s.cast.correspondant_federal),
        STRUCTURE | {"correspondant_caf"},
    ),
    "reopen": (
        lambda s: validate_response(response=s.response, by=s.cast.correspondant_caf),
        lambda s, _: reopen_response(response=s.response, by=s.cast.correspondant_caf, reason="Une erreur."),
        STRUCTURE | {"correspondant_federal"},
    ),
    "contest by one of the pair": (
        lambda s: None,
        lambda s, _: s.contest(),
        STRUCTURE | {"correspondant_caf"},
    ),
    "contest by the structure": (
        lambda s: None,
        lambda s, _: contest_response(response=s.response, by=s.cast.suppleant, reason="Le budget."),
        PAIR | {"responsable"},
    ),
    "withdraw a contest": (
        Stage.contest,
        lambda s, _: withdraw_contest(response=s.response, by=s.cast.correspondant_federal),
        STRUCTURE | {"correspondant_caf"},
    ),
    "agree alone on what is contested": (
        Stage.contest,
        lambda s, _: validate_response(response=s.response, by=s.cast.correspondant_caf),
        {"correspondant_federal"},
    ),
    "propose a waiver": (
        Stage.blocking,
        lambda s, flag: waive_flag(flag=flag, by=s.cast.correspondant_caf, reason="Vérifié."),
        {"correspondant_federal"},
    ),
    "grant a waiver": (
        lambda s: waive_flag(flag=s.blocking(), by=s.cast.correspondant_caf, reason="Vérifié.") and s.response,
        lambda s, _: waive_flag(
            flag=s.response.flags.get(rule_code="ETP_SALARIES"), by=s.cast.correspondant_federal, reason=""
        ),
        STRUCTURE | {"correspondant_caf"},
    ),
    "give a structure more time": (
        lambda s: None,
        lambda s, _: prolong(s, "correspondant_caf", structure=s.cast.structure),
        STRUCTURE | {"correspondant_federal"},
    ),
    "give a département more time": (
        lambda s: None,
        lambda s, _: prolong(s, "national", departement=s.cast.structure.departement),
        STRUCTURE | PAIR,
    ),
    "give everybody more time": (
        lambda s: None,
        lambda s, _: prolong(s, "national"),
        STRUCTURE | PAIR | {"national_federation"},
    ),
    "ask at a cell": (lambda s: None, lambda s, _: s.query(), STRUCTURE),
    "answer at a cell": (
        Stage.query,
        lambda s, query: answer_query(query=query, by=s.cast.responsable, text="Sans les dons."),
        PAIR,
    ),
    "accept a value": (
        Stage.query,
        lambda s, query: accept_proposal(query=query, by=s.cast.suppleant),
        PAIR,
    ),
    "ask again": (
        lambda s: answer_query(query=s.query(), by=s.cast.responsable, text="Sans."),
        lambda s, query: ask_again(query=query, by=s.cast.correspondant_federal, text="Lesquels ?"),
        STRUCTURE,
    ),
    "ask about a question": (lambda s: None, lambda s, _: s.question(), PAIR),
    "pass a question on": (
        Stage.question,
        lambda s, question: escalate_question(question=question, by=s.cast.correspondant_caf),
        {"comite_technique", "correspondant_federal", "responsable"},
    ),
    "answer a question": (
        Stage.question,
        lambda s, question: answer_question(question=question, by=s.cast.correspondant_caf, text="Tous."),
        {"responsable", "correspondant_federal"},
    ),
    "enter for the structure": (lambda s: None, lambda s, _: s.entry(), STRUCTURE),
    "contest an entry": (
        Stage.entry,
        lambda s, _: contest_entry(response=s.response, code="budget_caf", reason="Non.", by=s.cast.responsable),
        PAIR,
    ),
    "decline": (
        Stage.draft,
        lambda s, _: declare_absence(
            response=s.response, kind=AbsenceKind.DECLINED, reason=AbsenceReason.NO_TIME, by=s.cast.responsable
        ),
        PAIR | {"suppleant"},
    ),
    "ask for time": (lambda s: None, lambda s, _: s.delay(), PAIR),
    "grant time": (
        Stage.delay,
        lambda s, asked: decide_extension(asked=asked, is_granted=True, by=s.cast.correspondant_caf),
        STRUCTURE | {"correspondant_federal"},
    ),
    "name for the preparation": (
        lambda s: s.cast.preparation.mandates.all().delete(),
        lambda s, _: name_preparation(
            departement=s.cast.structure.departement, email="chargee@exemple.fr",
            ends_on=clock.today() + timedelta(days=30), side=Side.CAF, by=s.cast.copil,
        ),
        {"copil_federation"},
    ),
    "sign a release": (
        Stage.release,
        lambda s, release: sign_release(release=release, side=Side.CAF, by=s.cast.national, seal=release.seal),
        {"national_federation"},
    ),
}  # fmt: skip


@pytest.fixture
def people(cast: Cast) -> dict[str, str]:
    """The cast by address, with the federation's half of the Copil and of the national team."""
    copil, national = factories.make_user("copil.fede@exemple.fr"), factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(copil, Role.COPIL, departement=cast.structure.departement, side=Side.FEDERATION)
    factories.make_mandate(national, Role.NATIONAL, side=Side.FEDERATION)
    found = cast.users() | {"copil_federation": copil, "national_federation": national}
    return {person.email: name for name, person in found.items()}


@pytest.mark.parametrize("act", ACTS)
def test_act_is_told_to_those_named_and_nobody_else(
    act: str, cast: Cast, campaign: Campaign, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("senacs.observatory.services.refuse_altered", lambda release: None)
    monkeypatch.setattr("senacs.observatory.services.refuse_implausible", lambda release: None)
    monkeypatch.setattr("senacs.observatory.services.refuse_leaking", lambda release: None)
    before, done, told = ACTS[act]
    stage = Stage(cast, campaign)
    prepared = before(stage)
    Notice.objects.all().delete()
    done(stage, prepared)
    assert {people[notice.user.email] for notice in Notice.objects.select_related("user")} == told
    assert all(notice.page.startswith("/") and notice.subject for notice in Notice.objects.all())
