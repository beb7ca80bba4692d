"""The outcome of an import, row by row, and its report file."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from io import StringIO

from senacs.lib.french import joined, plural

HEADER = ("ligne", "nom", "resultat", "code", "motif", "avertissements")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class Outcome(Enum):
    CREATED = "créée"
    UPDATED = "mise à jour"
    UNCHANGED = "inchangée"
    REFUSED = "refusée"


@dataclass(frozen=True)
class RowOutcome:
    """`code` is empty for a refused row and for a creation that was not written."""

    line: int
    name: str
    outcome: Outcome
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """`is_written`: whether the register has received the rows; not for a trial, nor when a refusal blocks the file."""

    rows: tuple[RowOutcome, ...]
    is_written: bool
    is_blocked: bool = False

    def counts(self) -> dict[Outcome, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    def summary(self) -> str:
        """« 12 créées, 3 mises à jour, 2 inchangées et 1 refusée »."""
        plurals = {Outcome.UPDATED: "mises à jour"}
        return joined([plural(count, kind.value, plurals.get(kind)) for kind, count in self.counts().items() if count])


def to_csv(rows: Sequence[RowOutcome]) -> str:
    """The report, one line a row, `;` between columns; the caller writes it in UTF-8 with a byte order mark."""
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in rows:
        texts = (row.name, row.outcome.value, row.code, row.reason, " | ".join(row.warnings))
        writer.writerow([row.line, *map(harmless, texts)])
    return buffer.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: names come from files that anyone may have made."""
    return f"'{text}" if text.startswith(_FORMULA) else text
