"""A list given back repaired: its rows as they were understood, what was done of each, ready to be sent again."""

import io
from collections.abc import Sequence
from datetime import date

from senacs.lib import xlsx_files
from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import LABELS, ListRow, StructureList
from senacs.structures.imports.report import RowOutcome
from senacs.structures.imports.rows import read_row
from senacs.territories.places import CommuneIndex

DONE = "ce qui a été fait"
# Beside the columns of the list: what makes each row sure when it is sent again.
_ADDED = ("code", "commune_code")
# Written as the register keeps them; other cells are given back as typed, which the import reads again.
_MENDED = (
    "name", "kind", "siret", "email", "phone", "website", "first_agrement_on", "catchment_population", "closed_on",
)  # fmt: skip
_WIDTH, _WIDE = 22, 70


def repaired_workbook(
    listed: StructureList, outcomes: Sequence[RowOutcome], communes: CommuneIndex, kind: StructureKind | None
) -> bytes:
    """XLSX, one line a row of the list, under headings that the import reads; the last column says what was done."""
    fields = [*listed.fields, *(name for name in _ADDED if name not in listed.fields)]
    by_line = {outcome.line: outcome for outcome in outcomes}
    buffer = io.BytesIO()
    book = xlsx_files.workbook(buffer)
    sheet, bold = book.add_worksheet("Liste"), book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, heading in enumerate([*(LABELS[name] for name in fields), DONE]):
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(fields) - 1, _WIDTH)
    sheet.set_column(len(fields), len(fields), _WIDE)
    for number, row in enumerate(listed.rows, start=1):
        outcome = by_line.get(row.line)
        understood = _understood(row, communes, kind)
        if outcome is not None and outcome.code:
            understood["code"] = outcome.code
        for column, name in enumerate(fields):
            # As text: a postcode keeps its zero, a SIRET its fourteen digits.
            xlsx_files.put(sheet, number, column, _written(understood.get(name, "")), None)
        xlsx_files.put(sheet, number, len(fields), _done(row, outcome), wrapped)
    book.close()
    return buffer.getvalue()


def _understood(row: ListRow, communes: CommuneIndex, kind: StructureKind | None) -> dict[str, object]:
    """The cells of a row, each replaced by what the import makes of it where it makes something."""
    draft = read_row(row, communes, kind)
    found: dict[str, object] = dict(row.cells)
    if draft.refusal or draft.place is None:
        return found
    found |= {name: draft.values[name] for name in _MENDED if name in row.cells and name in draft.values}
    found["postal_code"] = draft.values["postal_code"]
    found["commune"], found["commune_code"] = draft.place.name, draft.place.code
    if draft.agrement is not None:
        found["agrement_starts_on"], found["agrement_ends_on"] = draft.agrement
    return found


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _done(row: ListRow, outcome: RowOutcome | None) -> str:
    if outcome is None:
        return " ; ".join(row.notes)
    told = [f"ligne {row.line} : {outcome.outcome.value}", outcome.reason, *outcome.warnings]
    told += [f"{label} : {before or 'vide'} → {after}" for label, before, after in outcome.changes]
    return " ; ".join(part for part in told if part)
