"""The words of slides: the finding that a drawing is shown for, and what a room is told of a card."""

from collections.abc import Mapping, Sequence
from typing import Any

from senacs.lib import french

LONGEST_TITLE = 96  # characters: two lines of a slide


def finding_of(visual: Mapping[str, Any], chapter: str) -> str:
    """The sentence that a drawing is read by, as the title of its slide; its own title where that is too long."""
    reading: str = visual["reading"]
    if 0 < len(reading) <= LONGEST_TITLE:
        return reading
    title: str = visual["title"]
    return f"{chapter} : {french.inside(title)}" if len(chapter) + len(title) < LONGEST_TITLE else title


def compared_lines(card: Mapping[str, Any]) -> Sequence[str]:
    """« Nord : 57,4 (CS), 23,8 (EVS) », a line a territory."""
    compared = card["compared"]
    return [f"{row['place']} : {_figures(row['figures'], compared['headers'])}" for row in compared["rows"]]


def said_of_card(card: Mapping[str, Any]) -> str:
    """A card as a sentence: « Bénévoles : 4 186 personnes ; en moyenne par structure, Nord : 57,4 (CS), … »."""
    figure = french.NBSP.join(part for part in (card["value"], card["unit"]) if part)
    title = card["compared"]["title"]
    beside = " ; ".join(compared_lines(card))
    told = f"{title}, {beside}" if title and beside else beside
    return f"{card['label']} : {figure}{f' ; {told}' if told else ''}."


def _figures(figures: Sequence[str], headers: Sequence[str]) -> str:
    if not headers:
        return ", ".join(figures)
    return ", ".join(f"{figure} ({kind})" for figure, kind in zip(figures, headers, strict=True))
