"""Unusual values asked about, each with the structure's own series: its figures only, never those of others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of
from senacs.questionnaire.engine.schema import Field
from senacs.review.enums import FlagOrigin, FlagState
from senacs.review.models import Flag
from senacs.review.queries import own_series
from senacs.web.sparkline import sparkline


@dataclass(frozen=True, slots=True)
class DoubtToSettle:
    """A value to confirm or correct; `drawing` is "" where there is nothing to draw."""

    flag: Flag
    field: Field
    drawing: SafeString


def open_doubts(response: Response, at: Environment, flags: Iterable[Flag]) -> list[DoubtToSettle]:
    """Those of `flags` that ask about a value and wait for the structure; past responses are read if there are any."""
    fields = compiled_of(response).questionnaire.fields
    asked = [
        (flag, fields[flag.fields[0]])
        for flag in flags
        if flag.origin == FlagOrigin.ATYPICAL and flag.state == FlagState.OPEN and flag.fields[0] in fields
    ]
    series = own_series(response, [field.code for _, field in asked], at) if asked else {}
    return [DoubtToSettle(flag, field, sparkline(field.label, series[field.code])) for flag, field in asked]
