"""How files arrive that nobody wrote so: cut, flipped, grown by a byte, or whole with a word that nobody expects."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# What people type, paste or forge where a word or a number was.
WORDS = (
    "", " ", "²", "½", "\u0661\u0662", "9" * 5000, "9" * 19, "-1", "1e999", "nan", "inf", "0x10", "1_000", "12\x00",
    "\x1b[31m", "\u202efdp.exe", "=1+1", "@SUM(A1)", "\t=1", "javascript:alert(1)", "{{7*7}}", "%s%n", "é" * 3000,
    "(" * 600, "not " * 600, "((1)", "${", "${a", "a" * 500, "[" * 600, "2026-99-99", "00/00/0000", "true", "~",
    "null", "S-000001", "26", "../../etc/passwd", "\ufeff", "\r\n", '"', ";", "|", "'",
)  # fmt: skip


def bounded(examples: int) -> settings:
    """So many examples, the same in continuous integration, anew on a developer's machine."""
    return settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def cut(content: bytes, at: int, byte: int) -> bytes:
    return content[:at]


def flipped(content: bytes, at: int, byte: int) -> bytes:
    return content[:at] + bytes([content[at] ^ (byte or 0xFF)]) + content[at + 1 :]


def grown(content: bytes, at: int, byte: int) -> bytes:
    return content[:at] + bytes([byte]) + content[at:]


WAYS = (cut, flipped, grown)


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The file, damaged at one byte."""
    return st.builds(
        lambda way, at, byte: way(content, at, byte),
        st.sampled_from(WAYS),
        st.integers(0, len(content) - 1),
        st.integers(0, 255),
    )


def everywhere(content: bytes, *, step: int) -> Iterator[bytes]:
    """Each damage at one byte in `step`, and at each of the last 200, where archives keep their list of members."""
    places = sorted({*range(0, len(content), step), *range(max(0, len(content) - 200), len(content))})
    for at in places:
        yield from (way(content, at, 0xFF if at % 2 else 1) for way in WAYS)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def repacked(content: bytes) -> st.SearchStrategy[bytes]:
    """A sound archive with one member damaged: what the sum of control does not catch."""
    files = members(content)

    @st.composite
    def damaging(draw: Any) -> bytes:
        name = draw(st.sampled_from(sorted(files)))
        return packed(files | {name: draw(damaged(files[name] or b"x"))})

    return damaging()


# A cell chosen by chance in a table, and what stands there instead.
Edits = list[tuple[int, int, str]]
EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 40), st.sampled_from(WORDS) | st.text(max_size=30)),
    min_size=1,
    max_size=4,
)


def edited(rows: tuple[tuple[str, ...], ...], edits: Edits) -> tuple[tuple[str, ...], ...]:
    """The rows with some cells rewritten; the last cell of an empty row is a new one."""
    table = [list(row) for row in rows] or [[]]
    for row, column, word in edits:
        line = table[row % len(table)]
        if line:
            line[column % len(line)] = word
        else:
            line.append(word)
    return tuple(tuple(row) for row in table)


def retyped(text: str, edits: Edits) -> str:
    """A text in which some words are replaced."""
    lines = [line.split(" ") for line in text.split("\n")]
    return "\n".join(" ".join(row) for row in edited(tuple(map(tuple, lines)), edits))
