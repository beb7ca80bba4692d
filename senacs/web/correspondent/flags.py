"""The findings of one response as its page shows them: fields to see, own series, waiver, thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.lib import french
from senacs.questionnaire.engine.schema import Field
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import Flag, Waiver
from senacs.review.permissions import sides_of
from senacs.review.queries import Thread, own_series, standing_flags, threads_by_field
from senacs.review.suggestions import Suggestion
from senacs.review.waivers import asked_waivers, may_sign
from senacs.web.causes import by_cause
from senacs.web.sparkline import sparkline

# More drawings than this at one finding would hide the others.
MOST_DRAWINGS = 3


@dataclass(frozen=True, slots=True)
class FlagView:
    flag: Flag
    fields: list[tuple[str, str]]  # code, label
    drawings: list[tuple[str, SafeString]]  # label, SVG
    waiver: Waiver | None
    can_be_waived: bool  # by the person who looks

    @property
    def is_information(self) -> bool:
        return self.flag.severity == FlagSeverity.INFORMATION

    @property
    def can_be_passed(self) -> bool:
        return self.flag.severity != FlagSeverity.BLOCKING and self.flag.state == FlagState.OPEN


@dataclass(frozen=True, slots=True)
class FlagBox:
    """One cause and the findings that follow from it."""

    cause: Suggestion
    views: list[FlagView]

    @property
    def consequences(self) -> str:
        return french.plural(len(self.views), "signalement en découle", "signalements en découlent")


def boxes_of(views: Sequence[FlagView], causes: Sequence[Suggestion]) -> tuple[list[FlagBox], list[FlagView]]:
    """A box for each cause, with what follows from it; then the findings that no cause explains."""
    explained, alone = by_cause([cause.rules for cause in causes], {view.flag.rule_code: view for view in views})
    return [FlagBox(cause, found) for cause, found in zip(causes, explained, strict=True)], alone


def flag_views(response: Response, at: Environment, *, by: User) -> list[FlagView]:
    """The standing flags as `by` sees them, the most serious first; a fixed number of queries."""
    fields = compiled_of(response).questionnaire.fields
    flags = standing_flags(response)
    drawn = {c for flag in flags for c in flag.fields[:MOST_DRAWINGS] if c in fields and fields[c].kind.is_numeric}
    series = own_series(response, sorted(drawn), at)
    waivers, sides = asked_waivers(response), sides_of(by, response)
    views = []
    for flag in flags:
        known = [(code, fields[code].label) for code in flag.fields if code in fields]
        drawings = [(label, sparkline(label, series[code])) for code, label in known[:MOST_DRAWINGS] if code in series]
        waiver = waivers.get(flag.rule_code)
        is_mine = (
            flag.severity == FlagSeverity.BLOCKING and flag.state == FlagState.OPEN and may_sign(waiver, sides, by)
        )
        views.append(FlagView(flag, known, [d for d in drawings if d[1]], waiver, is_mine))
    return views


def own_drawing(response: Response, field: Field, at: Environment) -> SafeString:
    """The structure's own years of one numeric cell, nobody else's; empty where there is nothing to draw."""
    if not field.kind.is_numeric:
        return SafeString("")
    return sparkline(field.label, own_series(response, [field.code], at)[field.code])


def threads_of(response: Response) -> list[tuple[str, str, Thread]]:
    """(code, label, thread) of every query, those that stand first."""
    fields = compiled_of(response).questionnaire.fields
    found = [
        (code, fields[code].label, thread)
        for code, threads in threads_by_field(response).items()
        if code in fields
        for thread in threads
    ]
    return sorted(found, key=lambda item: (not item[2].is_standing, item[2].query.opened_at))
