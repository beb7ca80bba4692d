"""What a specification is made of, and how it reads as a page of Markdown."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]


def filled(words: str) -> str:
    """A paragraph at the width of a page of documentation; no-break spaces hold."""
    return textwrap.fill(" ".join(words.split("\n")), 118, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that the reader sees: what is given, or what comes out."""

    headers: Row
    rows: tuple[Row, ...]

    def lines(self) -> Iterator[str]:
        yield "| " + " | ".join(self.headers) + " |"
        yield "|---" * len(self.headers) + "|"
        for row in self.rows:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


@dataclass(frozen=True, slots=True)
class Specification:
    """One rule: its words, what the examples start from, and what is expected of the product.

    `expected` is written by hand; `found` asks the product. The page shows `expected`, and the tests hold them equal.
    """

    title: str
    words: str
    expected: Grid
    found: Callable[[], Sequence[Row]]
    given: Grid | None = None

    def lines(self) -> Iterator[str]:
        yield f"### {self.title}"
        yield ""
        yield filled(self.words)
        yield ""
        if self.given:
            yield from self.given.lines()
            yield ""
            yield "donne :"
            yield ""
        yield from self.expected.lines()
        yield ""


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    specifications: tuple[Specification, ...]


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    words: str
    chapters: tuple[Chapter, ...]

    @property
    def specifications(self) -> list[Specification]:
        return [one for chapter in self.chapters for one in chapter.specifications]

    def text(self) -> str:
        lines = [
            f"# {self.title}",
            "",
            filled(self.words),
            "",
            filled(
                f"Page écrite par `python -m tests.specifications` depuis `tests/specifications/{self.name}.py` : "
                "chaque ligne est un test, que le logiciel doit rendre telle quelle."
            ),
            "",
        ]
        for chapter in self.chapters:
            lines += [f"## {chapter.title}", ""]
            for one in chapter.specifications:
                lines += one.lines()
        return "\n".join(lines).rstrip() + "\n"
