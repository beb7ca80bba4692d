"""Every table of states of the product, for docs/states.md and for the tests that hold them."""

from dataclasses import dataclass

from django.db import models

from senacs.accounts.enums import Role
from senacs.campaigns import states as campaigns
from senacs.campaigns.enums import Phase
from senacs.collection import states as collection
from senacs.collection.enums import Participation, ProposalState, RequestState, ResponseState
from senacs.jobs import states as jobs
from senacs.jobs.enums import JobState
from senacs.letters import states as letters
from senacs.letters.enums import LetterState
from senacs.lib.states import Transition, describe
from senacs.observatory import states as observatory
from senacs.observatory.enums import ReleaseState
from senacs.publication.editions import agreements
from senacs.publication.editions import states as publication
from senacs.publication.enums import AgreementState, EditionState
from senacs.questionnaire import states as questionnaire
from senacs.questionnaire.enums import VersionState
from senacs.register import states as register
from senacs.register.enums import RegisterProposalState
from senacs.review import states as review
from senacs.review.enums import FlagState, QueryState, RecheckState


@dataclass(frozen=True, slots=True)
class StateTable:
    """The states of one kind of object: where they begin, and what leads from one to another."""

    title: str
    states: type[models.TextChoices]
    start: str
    transitions: tuple[Transition, ...]


TABLES = (
    StateTable(
        "Questionnaire version (`questionnaire.states`)", VersionState, VersionState.DRAFT, questionnaire.TRANSITIONS
    ),
    StateTable("Letter (`letters.states`)", LetterState, LetterState.WAITING, letters.TRANSITIONS),
    StateTable("Job (`jobs.states`)", JobState, JobState.WAITING, jobs.TRANSITIONS),
    StateTable(
        "Register proposal (`register.states`)",
        RegisterProposalState,
        RegisterProposalState.PENDING,
        register.PROPOSAL_TRANSITIONS,
    ),
    StateTable("Campaign (`campaigns.states`)", Phase, Phase.PREPARATION, campaigns.TRANSITIONS),
    StateTable("Response (`collection.states`)", ResponseState, ResponseState.DRAFT, collection.TRANSITIONS),
    StateTable("Proposal (`collection.states`)", ProposalState, ProposalState.PENDING, collection.PROPOSAL_TRANSITIONS),
    StateTable(
        "Participation (`collection.states`)",
        Participation,
        Participation.TAKES_PART,
        collection.PARTICIPATION_TRANSITIONS,
    ),
    StateTable(
        "Request for more time (`collection.states`)",
        RequestState,
        RequestState.PENDING,
        collection.EXTENSION_TRANSITIONS,
    ),
    StateTable("Flag (`review.states`)", FlagState, FlagState.OPEN, review.TRANSITIONS),
    StateTable("Query (`review.states`)", QueryState, QueryState.OPEN, review.QUERY_TRANSITIONS),
    StateTable("Recheck (`review.states`)", RecheckState, RecheckState.WAITING, review.RECHECK_TRANSITIONS),
    StateTable("Release (`observatory.states`)", ReleaseState, ReleaseState.BUILDING, observatory.TRANSITIONS),
    StateTable("Edition (`publication.editions.states`)", EditionState, EditionState.DRAFT, publication.TRANSITIONS),
    StateTable(
        "Agreement (`publication.editions.agreements`)", AgreementState, AgreementState.ASKED, agreements.TRANSITIONS
    ),
)

_HEADING = """# States

Written by `senacs write_states` from the `TRANSITIONS` of the code; a test fails when it is stale.
Nothing but the `apply` of each table changes a state.
"""


def document() -> str:
    """The whole of docs/states.md."""
    tables = [
        describe(table.title, table.transitions, dict(table.states.choices), dict(Role.choices)) for table in TABLES
    ]
    return "\n".join([_HEADING, *tables])
