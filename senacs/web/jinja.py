"""The Jinja engine, for the markup that repeats too often on one page for Django's templates."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import Truncator
from jinja2 import Environment, StrictUndefined

from senacs.exchange.models import ComprehensionQuestion


def environment(**options: Any) -> Environment:
    """As Django's backend asks: escaping on (its default), no name left undefined, no blank lines of tags."""
    made = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    made.filters["shortened"] = shortened
    made.globals["asked_markup"] = asked_markup
    return made


def shortened(text: str, length: int) -> str:
    """As Django's truncatechars, which costs something even on a text that is short enough."""
    return text if len(text) <= length else Truncator(text).chars(length)


def asked_markup(asked: Sequence[ComprehensionQuestion]) -> str:
    """What was asked and answered at a question, as the page of the question itself shows it; safe HTML."""
    return render_to_string("structure/asked.html", {"asked": asked})
