"""Reads of the control: what waits for a correspondent, the flags at each field, the story of a response."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import responses_visible_to
from senacs.review.enums import FlagState, Severity
from senacs.review.models import Flag

_URGENCY = {
    ResponseState.SUBMITTED: 0,
    ResponseState.RETURNED: 1,
    ResponseState.DRAFT: 2,
    ResponseState.VALIDATED: 3,
}
_WEIGHT = {Severity.BLOCKING: 0, Severity.TO_JUSTIFY: 1, Severity.INFORMATION: 2}


def review_list(user: User, campaign: Campaign, *, state: str = "") -> QuerySet[Response]:
    """The responses that a correspondent follows, what asks for attention first; one query, whatever their number.

    Each carries `blocking`, `to_justify` (open), `justified` (explained, to be judged) and `information`: counts of
    flags. Sent ones come first, then by severity and number of flags, then by name.
    """
    responses = responses_visible_to(user).filter(campaign=campaign)
    if state:
        responses = responses.filter(state=state)
    is_open = Q(flags__state=FlagState.OPEN)
    return responses.annotate(
        blocking=Count("flags", filter=is_open & Q(flags__severity=Severity.BLOCKING)),
        to_justify=Count("flags", filter=is_open & Q(flags__severity=Severity.TO_JUSTIFY)),
        justified=Count("flags", filter=Q(flags__state=FlagState.JUSTIFIED)),
        information=Count("flags", filter=is_open & Q(flags__severity=Severity.INFORMATION)),
        urgency=Case(
            *(When(state=name, then=Value(rank)) for name, rank in _URGENCY.items()), output_field=IntegerField()
        ),
    ).order_by("urgency", "-blocking", "-to_justify", "-justified", "-information", "structure__search_name", "pk")


def standing_flags(response: Response) -> list[Flag]:
    """What the response still shows, the most serious first."""
    flags = response.flags.standing().select_related("justified_by")
    return sorted(flags, key=lambda flag: (_WEIGHT[Severity(flag.severity)], flag.rule_code))


def flags_by_field(response: Response) -> dict[str, list[Flag]]:
    """The standing flags at each field that they concern."""
    by_field: dict[str, list[Flag]] = defaultdict(list)
    for flag in standing_flags(response):
        for code in flag.fields:
            by_field[code].append(flag)
    return dict(by_field)


EVENT_LABELS = {
    "submit": "Envoyée",
    "return": "Retournée",
    "validate": "Validée",
    "reopen": "Rouverte",
    "contest": "Contestée",
    "withdraw_contest": "Contestation retirée",
    "approve": "Accord donné",
    "on_behalf": "Saisie pour le compte de la structure",
    "declined": "Ne participe pas",
    "out_of_scope": "Hors du champ de l’enquête",
    "take_part": "Participe de nouveau",
    "extension_granted": "Délai accordé",
    "extension_refused": "Délai refusé",
}


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
