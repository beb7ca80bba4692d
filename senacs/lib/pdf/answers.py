"""The « questions and answers » document: a tagged PDF of what somebody declared, for whoever keeps a copy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

from senacs.lib.pdf import rendering


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question, its answer as text (« Sans réponse » is said by the caller), and a remark under the answer."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerList:
    rows: Sequence[AnswerRow]
    kind: Literal["answers"] = "answers"


@dataclass(frozen=True, slots=True)
class AnswerGrid:
    """A table of answers; the first column holds row labels, the others are aligned as figures."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Narrow tables in two columns, read down the left one first."""

    left: Sequence[AnswerGrid]
    right: Sequence[AnswerGrid]
    kind: Literal["columns"] = "columns"


Block = AnswerList | AnswerGrid | AnswerColumns
# Lines that a table takes beside its rows: its title, its headers, the space around.
_AROUND = 3


def beside(grids: Sequence[AnswerGrid]) -> AnswerColumns | AnswerGrid:
    """The tables in their order, in two columns as even as can be; one alone takes the width of the page."""
    if len(grids) == 1:
        return grids[0]
    heights = [len(grid.rows) + _AROUND for grid in grids]
    cut = min(range(1, len(grids) + 1), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))
    return AnswerColumns(grids[:cut], grids[cut:])


@dataclass(frozen=True, slots=True)
class AnswerSection:
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


def render_answers(
    *,
    title: str,
    sections: Sequence[AnswerSection],
    kicker: str = "",
    header: Sequence[tuple[str, str]] = (),
    notice: str = "",
    footer: str = "",
    at: datetime | None = None,
) -> bytes:
    """PDF/UA-1 bytes: a kicker, the title, `header` as (label, value) lines, `notice` in a ribbon, the sections.

    Raises ValueError when a grid's row is not as long as its headers.
    """
    for section in sections:
        for grid in _grids(section.blocks):
            if any(len(row) != len(grid.headers) for row in grid.rows):
                raise ValueError(f"grid {grid.title!r}: a row is not as long as the headers")
    data = {
        "title": title,
        "kicker": kicker,
        "header": [list(line) for line in header],
        "notice": notice,
        "footer": footer or title,
        "sections": [asdict(section) for section in sections],
    }
    return rendering.render("lib/typst/answers.typ", data, title=title, at=at)


def _grids(blocks: Iterable[Block]) -> Iterator[AnswerGrid]:
    for block in blocks:
        if isinstance(block, AnswerColumns):
            yield from (*block.left, *block.right)
        elif isinstance(block, AnswerGrid):
            yield block
