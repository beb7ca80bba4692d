"""A questionnaire written as a workbook that Kobo and ODK read, and that gives the same questionnaire back."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from senacs.lib import xlsx_files
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.xlsform.columns import PREFIX, SHEETS
from senacs.questionnaire.xlsform.sheets import sheets_of

_WIDTHS = {"label": 60, "hint": 40, "message": 70, "rule": 60, "formula": 40, "definition": 60, "name": 28, "code": 28}


def write_workbook(
    questionnaire: Questionnaire, target: Path | Any, *, indicators: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Writes the sheets to a path or a binary file; every cell is a text, so that nothing is evaluated or rounded."""
    with xlsx_files.workbook(target if hasattr(target, "write") else str(target)) as book:
        ours = book.add_format({"bold": True, "bg_color": "#E3F0F1", "text_wrap": True, "valign": "top"})
        kobo = book.add_format({"bold": True, "bg_color": "#EEEEEE", "text_wrap": True, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for name, rows in sheets_of(questionnaire, indicators).items():
            sheet = book.add_worksheet(name)
            columns = SHEETS[name]
            for index, column in enumerate(columns):
                sheet.set_column(index, index, _WIDTHS.get(column, 16), body)
                sheet.write_string(0, index, column, ours if column.startswith(PREFIX) else kobo)
            sheet.freeze_panes(1, 2)
            for number, row in enumerate(rows, 1):
                for index, column in enumerate(columns):
                    if text := row.get(column):
                        sheet.write_string(number, index, text, body)
