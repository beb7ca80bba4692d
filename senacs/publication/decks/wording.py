"""The words of slides: the finding that a drawing is shown for, and what a room is told of a card."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from senacs.lib import french

MOST_WORDS = 600  # characters that a room reads on one slide
LONGEST_TITLE = 96  # characters: two lines of a slide


def finding_of(visual: Mapping[str, Any], chapter: str) -> str:
    """The sentence that a drawing is read by, as the title of its slide; its own title where that is too long."""
    reading: str = visual["reading"]
    if 0 < len(reading) <= LONGEST_TITLE:
        return reading
    title: str = visual["title"]
    return f"{chapter} : {french.inside(title)}" if len(chapter) + len(title) < LONGEST_TITLE else title


def words_of(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The paragraphs and entries of a composed text (`richtext.parse`), without their marks."""
    return ["".join(span["text"] for span in item) for block in blocks for item in block["items"]]


def parted(words: Sequence[str]) -> list[list[str]]:
    """Paragraphs in parts that a slide holds; a longer one is cut between two words."""
    parts: list[list[str]] = []
    room = 0
    for piece in (piece for paragraph in words for piece in textwrap.wrap(paragraph, MOST_WORDS)):
        if len(piece) > room:
            parts.append([])
            room = MOST_WORDS
        parts[-1].append(piece)
        room -= len(piece)
    return parts


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
