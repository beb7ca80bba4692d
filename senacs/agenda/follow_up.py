"""How far a campaign is, the same at each scale: funnel, where drafts stop, pace, forecast, whom to call first."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Substr

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import current_mandates, structures_followed_by
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, Revision
from senacs.collection.queries import FOLLOW_COUNTS, Follow
from senacs.lib import clock
from senacs.questionnaire.queries import get_compiled
from senacs.territories.models import Departement, Region

SENT = (ResponseState.SUBMITTED, ResponseState.VALIDATED)
# Under these, earlier years say nothing of how this one ends.
FEWEST_SENT, LOWEST_SHARE = 10, 0.1
MOST_CALLS = 10
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FollowScope:
    """A scale: `key` in addresses; `where` over responses; structures are named to those who follow them."""

    key: str
    label: str
    where: Q
    is_named: bool

    @property
    def is_own(self) -> bool:
        """One person's own structures: nobody else's page is the same."""
        return self.key == "territoire"


def scopes_of(user: User) -> list[FollowScope]:
    """What the person follows, the widest last: own structures, département of a Copil, région, France."""
    found: dict[str, FollowScope] = {}
    roles = {Role(mandate.role) for mandate in current_mandates(user)}
    if roles & CORRESPONDENT_ROLES:
        own = Q(structure__in=structures_followed_by(user))
        found["territoire"] = FollowScope("territoire", _institutions(user), own, is_named=True)
    for mandate in current_mandates(user):
        if mandate.role in {Role.COPIL, Role.PREPARATION} and mandate.departement:
            scope = _departement(mandate.departement, is_named=False)
            found[scope.key] = scope
        if mandate.role == Role.REGIONAL and mandate.region:
            found[f"region-{mandate.region_id}"] = _region(mandate.region, is_named=False)
    if roles & {Role.NATIONAL, Role.COMITE_TECHNIQUE}:
        found["france"] = FollowScope("france", "France", Q(), is_named=Role.NATIONAL in roles)
    return list(found.values())


def _institutions(user: User) -> str:
    """Whose structures a correspondent follows: « Caf de l’Ain », the federations of who works for several."""
    held = [m for m in current_mandates(user) if m.role in CORRESPONDENT_ROLES]
    return ", ".join(dict.fromkeys(str(m.caf or m.federation) for m in held))


def scope_of(user: User, key: str) -> FollowScope | None:
    """One of the person's scopes, the first for ""; a région or a département for those who follow France."""
    own = scopes_of(user)
    if not key:
        return own[0] if own else None
    for scope in own:
        if scope.key == key:
            return scope
    national = next((scope for scope in own if scope.key == "france"), None)
    kind, _, code = key.partition("-")
    if national is None or kind not in {"region", "departement"}:
        return None
    if kind == "region":
        region = Region.objects.filter(pk=code).first()
        return _region(region, is_named=national.is_named) if region else None
    departement = Departement.objects.filter(pk=code).first()
    return _departement(departement, is_named=national.is_named) if departement else None


def _departement(place: Departement, *, is_named: bool) -> FollowScope:
    return FollowScope(f"departement-{place.pk}", place.name, Q(invited__departement_code=place.pk), is_named)


def _region(place: Region, *, is_named: bool) -> FollowScope:
    return FollowScope(f"region-{place.pk}", place.name, Q(invited__region_code=place.pk), is_named)


@dataclass(frozen=True, slots=True)
class PastPace:
    """An earlier year at the same part of its entry: of those that answered in the end, the share that had come; of
    those that had not come, the share that came in the end. Both from 0 to 1."""

    come: float
    late: float


@dataclass(frozen=True, slots=True)
class FinalForecast:
    """The rate at the end of the entry, in percent, with the band that earlier years give."""

    rate: float
    low: float
    high: float
    years: int


@dataclass(frozen=True, slots=True)
class SentCurve:
    """Of one campaign: the percentage sent at the end of each week since the opening."""

    year: int
    percents: list[float]


@dataclass(frozen=True, slots=True)
class ToCall:
    """One structure to call: its chance to answer, in percent."""

    response: Response
    chance: int
    answered_before: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Everything of the page; `places` by département code; `stops` by section title, most frequent first."""

    scope: FollowScope
    total: Follow
    untouched: int
    places: list[tuple[Departement, Follow]]
    stops: list[tuple[str, int]]
    curves: list[SentCurve]
    forecast: FinalForecast | None
    calls: list[ToCall]

    @property
    def declined_or_out(self) -> int:
        return self.total.declined + self.total.out_of_scope


def follow_up(scope: FollowScope, campaign: Campaign) -> FollowUp:
    """In a constant number of queries, whatever the scale."""
    responses = Response.objects.filter(scope.where, campaign=campaign).defer("values")
    rows = (
        responses.values("invited__departement_code")
        .annotate(**FOLLOW_COUNTS)
        .order_by("invited__departement_code")
        .values_list("invited__departement_code", *FOLLOW_COUNTS)
    )
    by_place = {code: Follow(*counts) for code, *counts in rows}
    names = Departement.objects.in_bulk(list(by_place))
    total = Follow(*(sum(getattr(one, name) for one in by_place.values()) for name in FOLLOW_COUNTS))
    begun = total.started + total.submitted + total.returned + total.validated + total.declined + total.out_of_scope
    places = [(names[code], one) for code, one in by_place.items() if code in names]
    curves, forecast = _pace(scope, campaign, total)
    return FollowUp(
        scope=scope,
        total=total,
        untouched=max(total.invited - begun, 0),
        places=sorted(places, key=lambda pair: (pair[1].rate, pair[0].pk)),
        stops=_stops(responses, campaign),
        curves=curves,
        forecast=forecast,
        calls=_calls(responses, campaign, by_place) if scope.is_named else [],
    )


def _stops(responses: QuerySet[Response], campaign: Campaign) -> list[tuple[str, int]]:
    """The section of the last value saved in each draft: which questions, never which answers."""
    drafts = responses.filter(state=ResponseState.DRAFT, revision__gt=0, absence__isnull=True)
    last = Revision.objects.filter(response__in=drafts.values("pk"), number=F("response__revision")).order_by("pk")
    questionnaire = get_compiled(campaign.version).questionnaire
    places = {field.code: (i, s.title) for i, s in enumerate(questionnaire.sections) for field in s.fields}
    found: Counter[str] = Counter()
    for changes in last.values_list("changes", flat=True):
        known = [places[code] for code in changes if code in places]
        if known:
            found[max(known)[1]] += 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _pace(scope: FollowScope, campaign: Campaign, now: Follow) -> tuple[list[SentCurve], FinalForecast | None]:
    """Curves by week of this year and the earlier ones, and what they say of the end."""
    campaigns = list(Campaign.objects.filter(year__lte=campaign.year).order_by("-year")[:5])
    day = Substr(Cast("submitted_at", CharField()), 1, 10)
    counted = Response.objects.filter(scope.where, campaign__in=campaigns).annotate(
        day=Case(When(state__in=SENT, submitted_at__isnull=False, then=day), default=Value(""))
    )
    days: dict[int, dict[str, int]] = {}
    for key, sent_on, count in counted.values_list("campaign", "day").annotate(Count("pk")).order_by("campaign", "day"):
        days.setdefault(key, {})[sent_on] = count
    curves, paces = [], []
    elapsed = (clock.today() - campaign.opens_on) / (campaign.closes_on - campaign.opens_on)
    for one in campaigns:
        counts = days.get(one.pk, {})
        asked, sent = sum(counts.values()), sum(count for on, count in counts.items() if on)
        if not asked:
            continue
        curves.append(SentCurve(one.year, _by_week(one, counts, asked)))
        if one.pk != campaign.pk and sent >= FEWEST_SENT:
            until = one.opens_on + (one.closes_on - one.opens_on) * min(max(elapsed, 0.0), 1.0)
            by_now = sum(c for on, c in counts.items() if on and date.fromisoformat(on) <= until)
            paces.append(PastPace(by_now / sent, (sent - by_now) / (asked - by_now) if asked > by_now else 0.0))
    return curves, _forecast(now, paces)


def _by_week(campaign: Campaign, counts: Mapping[str, int], asked: int) -> list[float]:
    last = min(clock.today(), campaign.closes_on)
    weeks = max((last - campaign.opens_on).days // 7 + 1, 1)
    ends = [campaign.opens_on + _WEEK * (week + 1) for week in range(weeks)]
    sent = [(date.fromisoformat(on), count) for on, count in counts.items() if on]
    return [100 * sum(count for on, count in sent if on < end) / asked for end in ends]


def _forecast(now: Follow, paces: Sequence[PastPace]) -> FinalForecast | None:
    """This year's rate, led to the end as each earlier year was, in two ways: the mean of all, from the least to the
    most, widened by the chance of so many structures (95 %).

    Either the answers keep their pace (rate over the share that had come), or those who wait do as those who waited
    (a part of them comes). The first leads a year that is ahead beyond what any year reached, the second forgets that
    a year is late: together they bound what can be said.
    """
    concerned = now.invited - now.out_of_scope
    useful = [pace for pace in paces if pace.come >= LOWEST_SHARE]
    if not useful or not concerned or not now.answered:
        return None
    ends = [min(now.rate / pace.come, 100.0) for pace in useful]
    ends += [now.rate + (100 - now.rate) * pace.late for pace in useful]
    middle = sum(ends) / len(ends)
    chance = 196 * math.sqrt(middle / 100 * (1 - middle / 100) / concerned)
    return FinalForecast(middle, max(min(ends) - chance, now.rate), min(max(ends) + chance, 100.0), len(useful))


def _calls(responses: QuerySet[Response], campaign: Campaign, places: Mapping[str, Follow]) -> list[ToCall]:
    """Chance to answer × weight on what is published of its département, the largest first.

    The chance is what last year's structures did, by whether they had answered the year before; begun, it is half-way
    to certain. The weight of one answer is the share missing there over the square root of those asked.
    """
    before = Response.objects.filter(structure=OuterRef("structure"), state__in=SENT)
    last = before.filter(campaign__year=campaign.year - 1)
    waiting = responses.filter(state=ResponseState.DRAFT, absence__isnull=True).annotate(answered=Exists(last))
    chances = _chances(campaign.year - 1)
    scored = []
    rows = waiting.order_by("pk").values_list("pk", "revision", "answered", "invited__departement_code")
    for key, revision, answered, code in rows:
        chance = chances[bool(answered)]
        chance = 1 - (1 - chance) / 2 if revision else chance
        weight = (1 - places[code].rate / 100) / math.sqrt(max(places[code].invited, 1))
        scored.append((-chance * weight, key, chance, bool(answered)))
    first = sorted(scored)[:MOST_CALLS]
    shown = responses.filter(pk__in=[key for _, key, _, _ in first]).select_related("invited", "structure__commune")
    known = {one.pk: one for one in shown.order_by("pk")}
    return [ToCall(known[key], round(100 * chance), answered) for _, key, chance, answered in first]


def _chances(year: int) -> dict[bool, float]:
    """Of the structures asked in `year`, the share that answered, by whether they had the year before."""
    earlier = Response.objects.filter(structure=OuterRef("structure"), campaign__year=year - 1, state__in=SENT)
    rows = (
        Response.objects.filter(campaign__year=year)
        .annotate(had=Exists(earlier))
        .values_list("had")
        .annotate(asked=Count("pk"), sent=Count("pk", filter=Q(state__in=SENT)))
        .order_by("had")
    )
    # Where nothing is known of the past, as likely as not.
    return {False: 0.5, True: 0.5} | {bool(had): sent / asked for had, asked, sent in rows if asked}
