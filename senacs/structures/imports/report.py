"""The outcome of an import, row by row, and its report file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from senacs.lib.csv_files import csv_text
from senacs.lib.french import joined, plural

HEADER = ("ligne", "nom", "resultat", "code", "motif", "avertissements")


class ImportOutcome(Enum):
    CREATED = "créée"
    UPDATED = "mise à jour"
    UNCHANGED = "inchangée"
    REFUSED = "refusée"


@dataclass(frozen=True)
class RowOutcome:
    """`code` is empty for a refused row and for a creation that was not written.

    `changes`: label, value before and value after of each field that an update changes.
    """

    line: int
    name: str
    outcome: ImportOutcome
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """`is_written`: whether the register has received the rows; not for a trial, nor when a refusal blocks the file."""

    rows: tuple[RowOutcome, ...]
    is_written: bool
    is_blocked: bool = False

    def counts(self) -> dict[ImportOutcome, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in ImportOutcome}

    def summary(self) -> str:
        """« 12 créées, 3 mises à jour, 2 inchangées et 1 refusée »."""
        plurals = {ImportOutcome.UPDATED: "mises à jour"}
        return joined([plural(count, kind.value, plurals.get(kind)) for kind, count in self.counts().items() if count])


def to_csv(rows: Sequence[RowOutcome]) -> str:
    """The report, one line a row, `;` between columns; the caller writes it in UTF-8 with a byte order mark."""
    lines = [(r.line, r.name, r.outcome.value, r.code, r.reason, " | ".join(r.warnings)) for r in rows]
    return csv_text([HEADER, *lines], delimiter=";", line_end="\r\n")
