"""Reads on responses: what formulas work on, last year's answers, progress, the lists of correspondents."""

from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.collection.documents import Stored, context_of, read_document, replay
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, Revision
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.values import Env, Value
from senacs.questionnaire.queries import get_compiled
from senacs.structures.models import Structure


class Environment(NamedTuple):
    """What the rules of one response are evaluated on. All three map codes to engine values.

    `env` holds the answers and the computed fields; `context` describes the structure; `previous` gives last year's
    answers and computed fields under this year's codes.
    """

    env: Env
    context: Env
    previous: Env


def compiled_of(response: Response) -> Compiled:
    """The compiled questionnaire of a response's campaign."""
    return get_compiled(response.campaign.version)


def responses_visible_to(user: User | AnonymousUser) -> QuerySet[Response]:
    """Every response that the user may see, with its campaign, structure and snapshot."""
    return (
        Response.objects.visible_to(user)
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document")
    )


def previous_response(response: Response) -> Response | None:
    """The same structure's last response, sent or validated, of the year before."""
    return (
        Response.objects.filter(
            structure=response.structure_id,
            campaign__version__data_year=response.campaign.version.data_year - 1,
            state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
        )
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("-campaign__year")
        .first()
    )


def previous_values(response: Response) -> dict[str, Value]:
    """Last year's answers and computed fields by this year's codes; a field without a predecessor has none."""
    last = previous_response(response)
    if last is None:
        return {}
    last_year = compiled_of(last)
    answers = read_document(last_year.questionnaire.fields, last.values)
    completed = last_year.complete(answers, context_of(last.invited), {})
    return compiled_of(response).previous_env(completed)


def environment(response: Response) -> Environment:
    """The answers of a response with its computed totals, the structure's context and last year's values."""
    compiled = compiled_of(response)
    context, previous = context_of(response.invited), previous_values(response)
    answers = read_document(compiled.questionnaire.fields, response.values)
    return Environment(compiled.complete(answers, context, previous), context, previous)


def replay_history(response: Response) -> dict[str, Stored]:
    """The document that the history gives, from nothing; always equal to `response.values`."""
    return replay(response.revisions.order_by("number"))


def history_of(response: Response, code: str) -> list[Revision]:
    """The saves that changed one field, newest first, with their authors."""
    return list(response.revisions.filter(changes__has_key=code).select_related("by").order_by("-number"))


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far one section is: fields answered, of those that this structure is asked."""

    code: str
    letter: str
    title: str
    answered: int
    expected: int

    @property
    def is_complete(self) -> bool:
        return self.answered >= self.expected

    @property
    def is_started(self) -> bool:
        return self.answered > 0


def section_progress(response: Response, at: Environment | None = None) -> list[SectionProgress]:
    """The progress of each section that the structure sees, in the questionnaire's order."""
    compiled = compiled_of(response)
    at = at or environment(response)
    counts = compiled.progress(at.env, at.context, at.previous)
    return [
        SectionProgress(section.code, section.letter, section.title, *counts[section.code])
        for section in compiled.questionnaire.sections
        if counts.get(section.code, (0, 0))[1]
    ]


def entries_on_behalf(response: Response) -> dict[str, Stored]:
    """What the Caf or the federation entered, by code: the structure has a right to see it (charte 2.2)."""
    return {code: stored for code, stored in response.values.items() if stored["provenance"].startswith("saisie_")}


@dataclass(frozen=True, slots=True)
class Follow:
    """Counts of one territory's responses by state, out of the structures invited."""

    invited: int
    started: int
    submitted: int
    returned: int
    validated: int

    @property
    def answered(self) -> int:
        """Sent at least once and not back at the structure's."""
        return self.submitted + self.validated

    @property
    def rate(self) -> float:
        """Response rate in percent."""
        return 100 * self.answered / self.invited if self.invited else 0.0


_COUNTS = {
    "invited": Count("pk"),
    "started": Count("pk", filter=Q(state=ResponseState.DRAFT, revision__gt=0)),
    "submitted": Count("pk", filter=Q(state=ResponseState.SUBMITTED)),
    "returned": Count("pk", filter=Q(state=ResponseState.RETURNED)),
    "validated": Count("pk", filter=Q(state=ResponseState.VALIDATED)),
}


def follow(user: User, campaign: Campaign) -> Follow:
    """The state of the entry over the structures that the user follows, in one query."""
    return Follow(**Response.objects.visible_to(user).filter(campaign=campaign).aggregate(**_COUNTS))


def follow_by_departement(campaign: Campaign) -> dict[str, Follow]:
    """The state of the entry by département code: counts only, nothing of any structure. In one query."""
    rows = (
        Response.objects.filter(campaign=campaign)
        .values("invited__departement_code")
        .annotate(**_COUNTS)
        .order_by("invited__departement_code")
        .values_list("invited__departement_code", *_COUNTS)
    )
    return {code: Follow(*counts) for code, *counts in rows}


def current_response(structure: Structure, campaign: Campaign) -> Response | None:
    """The response of one structure to one campaign, if it was invited."""
    return (
        Response.objects.filter(structure=structure, campaign=campaign)
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document")
        .first()
    )
