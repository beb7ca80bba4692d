"""Reads of the control: what waits for a correspondent, the flags at each field, the story of a response."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Case,
    Count,
    Exists,
    FloatField,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.collection.documents import context_of, read_document
from senacs.collection.enums import EVENT_LABELS, ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, responses_followed_by
from senacs.lib import clock
from senacs.questionnaire.engine.values import Value as Answer
from senacs.review.editing.edits import number
from senacs.review.enums import FlagSeverity, FlagState, QueryState, RecheckState
from senacs.review.models import DoubtfulCell, Flag, Query, QueryMessage, Recheck, Waiver
from senacs.review.settings import parameters_for

# Twice in the same days is no reminder.
QUERY_REMINDED_AFTER = timedelta(days=3)

_URGENCY = {
    ResponseState.SUBMITTED: 0,
    ResponseState.RETURNED: 0,
    ResponseState.DRAFT: 1,
    ResponseState.VALIDATED: 2,
}
_WEIGHT = {FlagSeverity.BLOCKING: 0, FlagSeverity.TO_JUSTIFY: 1, FlagSeverity.INFORMATION: 2}


def review_list(user: User, campaign: Campaign, *, state: str = "") -> QuerySet[Response]:
    """The responses that a correspondent follows, what asks for attention first; one query, whatever their number.

    Each carries `blocking`, `to_justify` (open), `justified` (explained, to be judged) and `information`: counts of
    flags; `score`, the largest share of a key total that a doubtful cell could move; `queries_open`, those
    not closed. What can be reviewed comes first, by score, then by severity and number of flags, then by name, what was
    validated and is doubted since among it (see `to_look_at_again`); the rest of what is validated comes last.
    """
    responses = responses_followed_by(user).filter(campaign=campaign)
    if state:
        responses = responses.filter(state=state)
    is_open = Q(flags__state=FlagState.OPEN)
    here = OuterRef("pk")
    worst = DoubtfulCell.objects.unsettled().filter(response=here).order_by("-score").values("score")[:1]
    waiting = Query.objects.standing().filter(response=here).order_by().values("response")
    return (
        responses.annotate(
            score=Coalesce(Subquery(worst), Value(0.0), output_field=FloatField()),
            queries_open=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), Value(0)),
            blocking=Count("flags", filter=is_open & Q(flags__severity=FlagSeverity.BLOCKING)),
            to_justify=Count("flags", filter=is_open & Q(flags__severity=FlagSeverity.TO_JUSTIFY)),
            justified=Count("flags", filter=Q(flags__state=FlagState.JUSTIFIED)),
            information=Count("flags", filter=is_open & Q(flags__severity=FlagSeverity.INFORMATION)),
        )
        .annotate(
            urgency=Case(
                # Validated, and a later check doubts a value: it weighs as much as another.
                When(state=ResponseState.VALIDATED, score__gt=0, then=Value(_URGENCY[ResponseState.SUBMITTED])),
                *(When(state=name, then=Value(rank)) for name, rank in _URGENCY.items()),
                output_field=IntegerField(),
            ),
        )
        .order_by(
            "urgency",
            "-score",
            "-blocking",
            "-to_justify",
            "-justified",
            "-information",
            "structure__search_name",
            "pk",
        )
    )


def to_look_at_again(listed: QuerySet[Response]) -> QuerySet[Response]:
    """Of a `review_list`, the validated responses of which a later check doubts a value, in the same order."""
    doubted = DoubtfulCell.objects.unsettled().filter(response=OuterRef("pk"), score__gt=0)
    return listed.filter(Exists(doubted), state=ResponseState.VALIDATED)


def standing_flags(response: Response) -> list[Flag]:
    """What the response still shows, the most serious first."""
    flags = response.flags.standing().select_related("justified_by", "response__structure")
    return sorted(flags, key=lambda flag: (_WEIGHT[FlagSeverity(flag.severity)], flag.rule_code))


# A figure that both institutions, or one of them, said to be right is no error to place.
_SETTLED = frozenset({FlagState.ACCEPTED, FlagState.WAIVED})


def settled_messages(flags: Iterable[Flag]) -> dict[str, str]:
    """By rule, the message that the control has settled: what `suggest` leaves aside, for whoever looks."""
    return {flag.rule_code: flag.message for flag in flags if flag.state in _SETTLED}


def flags_by_field(response: Response) -> dict[str, list[Flag]]:
    """The standing flags at each field that they concern."""
    by_field: dict[str, list[Flag]] = defaultdict(list)
    for flag in standing_flags(response):
        for code in flag.fields:
            by_field[code].append(flag)
    return dict(by_field)


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a response, as people read it."""

    at: datetime
    label: str
    by: User | None
    reason: str


def story(response: Response) -> list[Moment]:
    """The events of a response, newest first."""
    events = response.events.select_related("by").order_by("-at", "-id")
    return [Moment(event.at, EVENT_LABELS[event.transition], event.by, event.reason) for event in events]


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """One granted waiver, as the method of a release tells it: no structure is named."""

    rule_code: str
    reason: str
    granted_on: date


def waivers_of(campaign: Campaign) -> list[WaiverNote]:
    """The waivers granted on validated responses of a campaign, for the methodology of its release."""
    waivers = Waiver.objects.filter(
        response__campaign=campaign,
        response__state=ResponseState.VALIDATED,
        caf_at__isnull=False,
        federation_at__isnull=False,
    ).order_by("rule_code", "pk")
    return [
        WaiverNote(waiver.rule_code, waiver.reason, max(waiver.caf_at, waiver.federation_at).date())
        for waiver in waivers
        if waiver.caf_at is not None and waiver.federation_at is not None
    ]


@dataclass(frozen=True, slots=True)
class Thread:
    """One query with its messages, oldest first, and the value that waits for the structure's yes."""

    query: Query
    messages: list[QueryMessage]
    proposal: str

    @property
    def is_standing(self) -> bool:
        return self.query.state != QueryState.CLOSED

    @property
    def may_be_reminded(self) -> bool:
        """Whether the structure has had the time to answer the last letter (`demandes.remind_query`)."""
        return self.query.state == QueryState.OPEN and clock.now() - self.last_told >= QUERY_REMINDED_AFTER

    @property
    def last_told(self) -> datetime:
        return self.query.reminded_at or self.messages[-1].at


def threads_by_field(response: Response) -> dict[str, list[Thread]]:
    """The queries of a response at each cell, the standing one first; two SQL queries."""
    queries = response.queries.select_related("opened_by", "closed_by").prefetch_related(
        Prefetch("messages", QueryMessage.objects.select_related("by").order_by("at", "id"))
    )
    by_field: dict[str, list[Thread]] = defaultdict(list)
    for query in sorted(queries, key=lambda q: (q.state == QueryState.CLOSED, -q.opened_at.timestamp())):
        messages = list(query.messages.all())
        proposed = [message for message in messages if message.proposal]
        is_waiting = bool(proposed) and not proposed[-1].is_acceptance and query.state == QueryState.OPEN
        by_field[query.field_code].append(Thread(query, messages, proposed[-1].proposal if is_waiting else ""))
    return dict(by_field)


def queries_waiting_for(user: User, campaign: Campaign) -> QuerySet[Query]:
    """Queries not closed on the structures whose answers the user reads by right, the oldest first."""
    return (
        Query.objects.visible_to(user)
        .standing()
        .filter(response__campaign=campaign)
        .select_related("response__structure", "response__invited", "opened_by")
        .order_by("opened_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Residual:
    """What doubts left could still move, over the structures that somebody follows: the worst key total.

    `percent` of its total; `cells` are those left, `needed` how many of them, from the top of the list, bring each
    total within `stop_at`.
    """

    key: str
    percent: float
    cells: int
    needed: int
    stop_at: float

    @property
    def is_enough(self) -> bool:
        return self.percent <= self.stop_at


def was_rechecked(campaign: Campaign) -> bool:
    """Whether doubtful cells were looked for at least once: without it, none on record means nothing."""
    return (
        Recheck.objects.filter(campaign=campaign, state=RecheckState.DONE).exists()
        or DoubtfulCell.objects.filter(response__campaign=campaign).exists()
    )


def residual_of(user: User, campaign: Campaign) -> Residual:
    """How much the doubts left on the user's structures could move the totals of their départements, at worst."""
    stop_at = parameters_for(campaign).stop_at
    cells = list(
        DoubtfulCell.objects.unsettled()
        .filter(response__campaign=campaign, response__in=Response.objects.followed_by(user))
        .order_by("-score", "response_id", "code")
        .values_list("response_id", "response__invited__departement_code", "moves")
    )
    # As the list is read: the response of the heaviest cell first, with all its cells.
    first: dict[int, int] = {}
    for place, (response, _, _) in enumerate(cells):
        first.setdefault(response, place)
    cells.sort(key=lambda cell: first[cell[0]])
    # The larger of a total and its part counts, not their sum (see editing.scores.residuals).
    largest: dict[tuple[str, str], dict[int, tuple[float, int]]] = defaultdict(dict)
    for place, (response, territory, moves) in enumerate(cells, start=1):
        for key, share in moves.items():
            before, last = largest[territory, key].get(response, (0.0, 0))
            largest[territory, key][response] = (max(before, share), max(last, place))
    worst_key, worst, needed = "", 0.0, 0
    for (_, key), responses in largest.items():
        total = sum(share for share, _ in responses.values())
        if total > worst:
            worst_key, worst = key, total
        left = 0.0
        for share, place in sorted(responses.values(), key=lambda pair: -pair[1]):
            left += share
            if left > stop_at:
                needed = max(needed, place)
                break
    return Residual(worst_key, worst, len(cells), needed, stop_at)


def worst_cells(responses: Iterable[Response]) -> dict[int, DoubtfulCell]:
    """The unsettled cell of each response that could move a total most; one SQL query."""
    cells = DoubtfulCell.objects.unsettled().filter(response__in=[r.pk for r in responses], score__gt=0)
    found: dict[int, DoubtfulCell] = {}
    for cell in cells.order_by("-score", "code"):
        found.setdefault(cell.response_id, cell)
    return found


def own_series(response: Response, codes: Iterable[str], at: Environment) -> dict[str, list[tuple[int, float | None]]]:
    """The structure's own values over its campaigns, by data year up to this one; totals included.

    Codes are this year's, and hold as long as the field keeps its code.
    """
    wanted = list(codes)
    past = (
        Response.objects.filter(
            structure=response.structure_id,
            campaign__year__lt=response.campaign.year,
            state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
        )
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("campaign__year")
    )
    series: dict[str, list[tuple[int, float | None]]] = {code: [] for code in wanted}
    for last in past if wanted else ():
        compiled = compiled_of(last)
        answers = read_document(compiled.questionnaire.fields, last.values)
        env = compiled.complete(answers, context_of(last.invited), {})
        for code in wanted:
            series[code].append((last.campaign.data_year, _figure(env.get(code))))
    for code in wanted:
        series[code].append((response.campaign.data_year, _figure(at.env.get(code))))
    return series


def _figure(value: Answer | None) -> float | None:
    return None if value is None else number(value)
