"""Search in the guide: every word, in any order, accents aside; headings first."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from senacs.lib.text import search_key
from senacs.web.guide.chapters import CHAPTERS, Chapter
from senacs.web.guide.frequent import AnsweredQuestion

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    where: str
    url: str
    excerpt: str


@cache
def _parts() -> tuple[tuple[Chapter, str, str, str], ...]:
    """(chapter, anchor, title, words) of every part; the texts are those of this version."""
    return tuple(
        (chapter, section.anchor if i else "", section.title, section.words)
        for chapter in CHAPTERS
        for i, section in enumerate(chapter.sections)
    )


def search(text: str, answered: Iterable[AnsweredQuestion], mine: frozenset[str]) -> list[Found]:
    """`mine` are the names of the chapters of the reader's roles: theirs come first among equals."""
    words = search_key(text).split()
    if not words:
        return []
    scored: list[tuple[int, int, Found]] = []
    for order, (chapter, anchor, title, said) in enumerate(_parts()):
        score = _score(words, title, said)
        if score:
            url = f"/guide/{chapter.name}/" + (f"#{anchor}" if anchor else "")
            found = Found(title, chapter.title, url, _excerpt(said, words))
            scored.append((-score - (chapter.name in mine), order, found))
    for order, one in enumerate(answered):
        if score := _score(words, one.place, f"{one.text} {one.answer}"):
            found = Found(one.place, "Réponses du comité technique", "/guide/#comite", _excerpt(one.answer, words))
            scored.append((-score, len(_parts()) + order, found))
    return [found for _, _, found in sorted(scored, key=lambda row: row[:2])[:MOST_FOUND]]


def _score(words: list[str], title: str, said: str) -> int:
    """Nothing unless each word is there; a word of the heading weighs as four of the text."""
    heading, text = search_key(title), search_key(said)
    if not all(word in heading or word in text for word in words):
        return 0
    return sum(4 if word in heading else 1 for word in words)


def _excerpt(said: str, words: list[str]) -> str:
    """Some words around the first that matches."""
    spoken = said.split(" ")
    first = next((i for i, one in enumerate(spoken) if any(word in search_key(one) for word in words)), 0)
    start = max(first - 8, 0)
    cut = " ".join(spoken[start : start + 24])
    return ("… " if start else "") + cut + (" …" if start + 24 < len(spoken) else "")
