"""Reads on responses: what formulas work on, last year's answers, progress, the lists of correspondents."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Q, QuerySet

from senacs.accounts.models import User
from senacs.accounts.permissions import structures_followed_by, structures_visible_to
from senacs.campaigns.models import Campaign
from senacs.collection.documents import Stored, context_of, known_of, read_document, read_entry, replay
from senacs.collection.enums import AbsenceKind, ResponseState
from senacs.collection.lineage import as_one, everyone, joined_since
from senacs.collection.models import Response, Revision
from senacs.lib.prepared_reads import Prepared
from senacs.questionnaire.engine import effort
from senacs.questionnaire.engine.evaluation import Compiled, Progress
from senacs.questionnaire.engine.local import Consequences, Local
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import Env, Value
from senacs.questionnaire.queries import get_compiled, get_local
from senacs.register.enums import SuccessionLink
from senacs.register.models import Succession


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


def responses_followed_by(user: User | AnonymousUser) -> QuerySet[Response]:
    """Those of `responses_known_to` that the user follows: correspondents and national team."""
    return (
        Response.objects.followed_by(user)
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document", "values")
    )


def responses_known_to(user: User | AnonymousUser) -> QuerySet[Response]:
    """Every response that the user enters or follows, with its campaign, structure and snapshot, without its answers.

    Answers come through `collection.readings` alone.
    """
    known = Q(structure__in=structures_visible_to(user)) | Q(structure__in=structures_followed_by(user))
    return (
        Response.objects.filter(known)
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document", "values")
    )


def read_by_right(user: User, responses: Sequence[Response]) -> list[Response]:
    """Of these responses, those whose answers the user reads without a purpose, in their order."""
    mine = Response.objects.visible_to(user).filter(pk__in=[response.pk for response in responses])
    kept = set(mine.values_list("pk", flat=True))
    return [response for response in responses if response.pk in kept]


def earlier_responses(response: Response) -> list[Response]:
    """What the structure sent in former campaigns, newest first, without the answers."""
    return list(
        Response.objects.filter(structure=response.structure_id, campaign__year__lt=response.campaign.year)
        .exclude(state=ResponseState.DRAFT)
        .select_related("campaign__version")
        .defer("campaign__version__document", "values")
        .order_by("-campaign__year")
    )


def previous_response(response: Response) -> Response | None:
    """The same structure's last response, sent or validated, of the year before."""
    return (
        _sent_for(response.structure_id, response.campaign.version.data_year - 1)
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .first()
    )


def _sent_for(structure_id: int, data_year: int) -> QuerySet[Response]:
    return _sent_in(data_year).filter(structure=structure_id)


def _sent_in(data_year: int) -> QuerySet[Response]:
    return Response.objects.filter(
        campaign__version__data_year=data_year,
        state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
    ).order_by("-campaign__year", "-pk")


def _reference(structure: int, data_year: int) -> QuerySet[Response]:
    """Last year's response of a structure or of a double of its entry, and whether others have joined it."""
    origins = Succession.objects.filter(successor=structure).exclude(link=SuccessionLink.SPLIT)
    doubles = origins.filter(link=SuccessionLink.DUPLICATE)
    known = _sent_in(data_year).filter(Q(structure=structure) | Q(structure__in=doubles.values("predecessor")))
    return known.annotate(is_joined=Exists(origins)).only("revision", "submitted_at")[:1]


_previous_reference = Prepared(_reference)
_previous: OrderedDict[tuple[object, ...], Env] = OrderedDict()
_previous_lock = Lock()
PREVIOUS_KEPT = 512


EDITED = frozenset({ResponseState.DRAFT, ResponseState.RETURNED})


def known_answers(response: Response) -> dict[str, Value]:
    """What the register answers in the place of the structure, until it says otherwise or confirms it by sending."""
    if response.state not in EDITED:
        return {}
    known = known_of(compiled_of(response).questionnaire.known_by_register, response.invited)
    return {code: value for code, value in known.items() if code not in response.values}


def answers_of(response: Response) -> dict[str, Value]:
    """The answers given, and those that the register gives."""
    return known_answers(response) | read_document(compiled_of(response).questionnaire.fields, response.values)


def previous_values(response: Response) -> Env:
    """Last year's answers and computed fields by this year's codes; a field without a predecessor has none.

    Kept by revision and date of sending of last year's response, so that every process sees a change of it at once.
    """
    version = response.campaign.version
    reference = _previous_reference.first(response.structure_id, version.data_year - 1)
    if reference is None:
        return {}
    if reference.is_joined:  # type: ignore[attr-defined]  # an annotation
        return _previous_of_joined(response)
    key = (reference.pk, reference.revision, reference.submitted_at, version.checksum)
    with _previous_lock:
        known = _previous.get(key)
        if known is not None:
            _previous.move_to_end(key)
            return known
    last = previous_response(response)
    if last is None:
        return {}
    read = MappingProxyType(_read_previous(response, last))
    with _previous_lock:
        _previous[last.pk, last.revision, last.submitted_at, version.checksum] = read
        if len(_previous) > PREVIOUS_KEPT:
            _previous.popitem(last=False)
    return read


def _previous_of_joined(response: Response) -> Env:
    last = _last_responses([response]).get(response.structure_id)
    return _read_previous(response, last) if last is not None else {}


def _last_responses(responses: Sequence[Response]) -> dict[int, Response]:
    """By structure, last year's response of several of one campaign; of those that others joined, all as one."""
    structures = [response.structure_id for response in responses]
    data_year = responses[0].campaign.version.data_year - 1
    joined = joined_since(structures, data_year)
    lasts = (
        _sent_in(data_year)
        .filter(structure__in={*structures, *everyone(joined)})
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
    )
    sent = {last.structure_id: last for last in reversed(list(lasts))}
    found = {}
    for structure in structures:
        own = sent.get(structure)
        one = as_one(structure, joined[structure], sent, _fields_of(sent)) if structure in joined else own
        if one is not None:
            found[structure] = one
    return found


def _fields_of(sent: dict[int, Response]) -> Mapping[str, Field]:
    one = next(iter(sent.values()), None)
    return compiled_of(one).questionnaire.fields if one is not None else {}


def _read_previous(response: Response, last: Response) -> dict[str, Value]:
    last_year = compiled_of(last)
    answers = read_document(last_year.questionnaire.fields, last.values)
    return compiled_of(response).previous_env(last_year.complete(answers, context_of(last.invited), {}))


def consequences(response: Response, codes: Collection[str]) -> Consequences:
    """What follows from answers just saved; reads no more of the response than that."""
    local = get_local(response.campaign.version)
    previous = previous_values(response) if local.reads_previous(codes) else {}
    return local.consequences(codes, _reader(response, local), context_of(response.invited), previous)


def progress_counts(response: Response) -> dict[str, Progress]:
    """Fields answered and expected by section."""
    local = get_local(response.campaign.version)
    previous = previous_values(response) if local.conditions.reads_previous else {}
    answered = {**known_answers(response), **response.values}
    return local.progress(answered, _reader(response, local), context_of(response.invited), previous)


def _reader(response: Response, local: Local) -> Callable[[Iterable[str]], dict[str, Value]]:
    fields, document, known = local.compiled.questionnaire.fields, response.values, known_answers(response)

    def read(codes: Iterable[str]) -> dict[str, Value]:
        found = {code: read_entry(fields[code], document[code]) for code in codes if code in document}
        return found | {code: known[code] for code in codes if code in known}

    return read


def environment(response: Response) -> Environment:
    """The answers of a response with its computed totals, the structure's context and last year's values."""
    compiled = compiled_of(response)
    context, previous = context_of(response.invited), previous_values(response)
    return Environment(compiled.complete(answers_of(response), context, previous), context, previous)


def environments(responses: Sequence[Response]) -> list[Environment]:
    """The same for several responses of one campaign, in their order; last year's come in one query."""
    if not responses:
        return []
    last_of = _last_responses(responses)
    found = []
    for response in responses:
        last = last_of.get(response.structure_id)
        compiled, context = compiled_of(response), context_of(response.invited)
        previous = _read_previous(response, last) if last is not None else {}
        found.append(Environment(compiled.complete(answers_of(response), context, previous), context, previous))
    return found


def replay_history(response: Response) -> dict[str, Stored]:
    """The document that the history gives, from nothing; always equal to `response.values`."""
    return replay(response.revisions.order_by("number"))


def history_of(response: Response, code: str) -> list[Revision]:
    """The saves that changed one field, newest first, with their authors."""
    return list(response.revisions.filter(changes__has_key=code).select_related("by").order_by("-number"))


def history_of_fields(response: Response, codes: Collection[str]) -> list[Revision]:
    """The saves that changed any of these fields, newest first, with their authors."""
    changed = response.revisions.filter(changes__has_any_keys=list(codes))
    return list(changed.select_related("by").order_by("-number"))


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far one section is: fields answered, of those that this structure is asked."""

    code: str
    letter: str
    title: str
    answered: int
    expected: int
    minutes: int  # that this structure's questions take
    minutes_left: int  # of those, what the unanswered ones take

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
    found = compiled.asked(at.env, at.context, at.previous)
    return [
        SectionProgress(
            section.code, section.letter, section.title, *asked.progress,
            minutes=effort.minutes(section, set(asked.expected)),
            minutes_left=effort.minutes(section, set(asked.waiting)),
        )
        for section in compiled.questionnaire.sections
        if (asked := found[section.code]).expected
    ]  # fmt: skip


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
    declined: int = 0
    out_of_scope: int = 0

    @property
    def answered(self) -> int:
        """Sent at least once and not back at the structure's."""
        return self.submitted + self.validated

    @property
    def rate(self) -> float:
        """Response rate in percent, of the structures that are in the scope of the survey."""
        concerned = self.invited - self.out_of_scope
        return 100 * self.answered / concerned if concerned else 0.0


# One aggregate a count of `Follow`, in the order of its fields.
FOLLOW_COUNTS = {
    "invited": Count("pk"),
    "started": Count("pk", filter=Q(state=ResponseState.DRAFT, revision__gt=0)),
    "submitted": Count("pk", filter=Q(state=ResponseState.SUBMITTED)),
    "returned": Count("pk", filter=Q(state=ResponseState.RETURNED)),
    "validated": Count("pk", filter=Q(state=ResponseState.VALIDATED)),
    "declined": Count("pk", filter=Q(absence__kind=AbsenceKind.DECLINED)),
    "out_of_scope": Count("pk", filter=Q(absence__kind=AbsenceKind.OUT_OF_SCOPE)),
}


def follow(user: User, campaign: Campaign) -> Follow:
    """The state of the entry over the structures that the user follows, in one query."""
    return Follow(**Response.objects.followed_by(user).filter(campaign=campaign).aggregate(**FOLLOW_COUNTS))


def follow_by_departement(campaign: Campaign) -> dict[str, Follow]:
    """The state of the entry by département code: counts only, nothing of any structure. In one query."""
    rows = (
        Response.objects.filter(campaign=campaign)
        .values("invited__departement_code")
        .annotate(**FOLLOW_COUNTS)
        .order_by("invited__departement_code")
        .values_list("invited__departement_code", *FOLLOW_COUNTS)
    )
    return {code: Follow(*counts) for code, *counts in rows}
