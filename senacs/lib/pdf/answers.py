"""The « questions and answers » document: a tagged PDF of what somebody declared, for whoever keeps a copy."""

from collections.abc import Sequence
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
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True, slots=True)
class AnswerSection:
    title: str
    blocks: Sequence[AnswerList | AnswerGrid] = field(default_factory=tuple)


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
        for block in section.blocks:
            if isinstance(block, AnswerGrid) and any(len(row) != len(block.headers) for row in block.rows):
                raise ValueError(f"grid « {block.title} »: a row is not as long as the headers")
    data = {
        "title": title,
        "kicker": kicker,
        "header": [list(line) for line in header],
        "notice": notice,
        "footer": footer or title,
        "sections": [asdict(section) for section in sections],
    }
    return rendering.render("lib/typst/answers.typ", data, title=title, at=at)
