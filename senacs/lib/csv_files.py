"""The door by which every CSV leaves: numbers as they are, no text that a spreadsheet takes for a formula."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

# CWE-1236; OWASP, « CSV Injection »; signs by which older spreadsheets call a program; wide signs, read alike.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
QUOTE = "'"
_NUMBER = re.compile(r"[-+]?[0-9]{1,40}(?:[.,][0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?")


def inert(value: Any) -> Any:
    """The cell as it leaves: a text that begins like a formula gets a quote before it, unless it is a plain number."""
    if not isinstance(value, str) or not value.lstrip(" \u00a0\u202f").startswith(FORMULA_STARTS):
        return value
    return value if _NUMBER.fullmatch(value) else QUOTE + value


def csv_text(rows: Iterable[Iterable[Any]], *, delimiter: str = ",", line_end: str = "\n") -> str:
    """Lines of cells as CSV, every text inert."""
    return as_given(([inert(cell) for cell in row] for row in rows), delimiter=delimiter, line_end=line_end)


def as_given(rows: Iterable[Iterable[Any]], *, delimiter: str = ",", line_end: str = "\n") -> str:
    """Lines of cells as CSV, untouched: for whoever gives a person's own table back, to be read by their program."""
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return output.getvalue()
