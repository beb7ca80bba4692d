"""The sheets of a questionnaire as a workbook: their columns, and which of them hold our definition.

`survey`, `choices` and `settings` are read by Kobo and ODK. A column `senacs_<key>` holds the key of our definition as
it is; the columns without that prefix that are not listed in `OWN` are deduced from it for Kobo and ODK.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from senacs.lib.incoming import whole_number

SURVEY, CHOICES, SETTINGS, GRIDS, RULES, INDICATORS = (
    "survey", "choices", "settings", "grilles", "rules", "indicators",
)  # fmt: skip
PREFIX = "senacs_"
# Names that Kobo gives to groups must not meet those of questions.
SECTION_PREFIX, GRID_PREFIX, RULE_PREFIX = "rubrique_", "grille_", "regle_"
EMPTY = "(vide)"  # a text given as empty
NONE = "aucun"  # a bound lifted: `minimum: null`
YES_NO_LIST = "oui_non"


class Element(StrEnum):
    """What a row of `survey` is. The last three are deduced, and ignored when the sheet is read."""

    SECTION = "rubrique"
    QUESTION = "question"
    GRID = "grille"
    END = "fin"
    CELL = "case"
    RULE = "regle"
    CONTEXT = "contexte"


DEDUCED = frozenset({Element.CELL, Element.RULE, Element.CONTEXT})
INTEGERS = frozenset({"minimum", "maximum", "decimals", "max_length", "minutes", "since", "until", "year", "data_year"})
BOOLEANS = frozenset({"required", "not_concerned", "public", "new", "module", "total", "key", "sensitive"})
LISTS = frozenset({"preparation", "skip", "fields"})

# Keys written as they are under `senacs_<key>`; code, label and help have the columns of XLSForm.
SECTION_KEYS = ("letter", "minutes", "intro", "preparation", "module", "until", "condition")
QUESTION_KEYS = (
    "full_name", "kind", "unit", "source", "warning", "minimum", "maximum", "decimals", "max_length", "required",
    "not_concerned", "nature", "register", "public", "previous", "new", "condition", "computed", "cell", "skip",
)  # fmt: skip
GRID_SHEET = (
    "grille", "axe", "code", "label", "full_name", "kind", "unit", "help", "warning", "minimum", "maximum", "decimals",
    "max_length", "required", "not_concerned", "nature", "register", "public", "previous", "new", "condition",
    "computed", "total", "cell",
)  # fmt: skip
GRID_AXES = {"colonne": "columns", "ligne": "rows", "total": "total_column"}
RULE_SHEET = ("code", "severity", "rule", "message", "origin", "fields", "since", "until")
INDICATOR_SHEET = (
    "code", "label", "definition", "theme", "kind", "formula", "denominator", "population", "unit", "decimals", "since",
    "until", "key", "sensitive",
)  # fmt: skip
# For Kobo and ODK, deduced from the definition: a cell may be left blank, never say otherwise.
DEDUCED_COLUMNS = (
    "type", "required", "relevant", "constraint", "constraint_message", "calculation", "appearance",
)  # fmt: skip
SURVEY_SHEET = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation",
    "appearance", f"{PREFIX}element",
    *(PREFIX + key for key in dict.fromkeys((*QUESTION_KEYS, *SECTION_KEYS))),
)  # fmt: skip
CHOICES_SHEET = ("list_name", "name", "label")
SETTINGS_SHEET = ("form_title", "form_id", "version", "default_language", f"{PREFIX}year", f"{PREFIX}data_year")
SHEETS = {
    SURVEY: SURVEY_SHEET,
    CHOICES: CHOICES_SHEET,
    SETTINGS: SETTINGS_SHEET,
    GRIDS: GRID_SHEET,
    RULES: RULE_SHEET,
    INDICATORS: INDICATOR_SHEET,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: texts by column; absent columns are blank. `number` is its place in the sheet, from 1."""

    cells: dict[str, str]
    number: int = 0

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def to_cell(key: str, value: Any) -> str:
    """The text of a cell that `from_cell` reads back as `value`."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value) if value != "" else EMPTY


class BadCell(ValueError):
    """A cell that cannot hold its key; the message is French."""


def from_cell(key: str, text: str) -> Any:
    """The value of a key from a cell that is not blank. Raises BadCell."""
    if key in LISTS:
        return [line for line in text.split("\n") if line.strip()]
    word = text.strip().lower()
    if key in INTEGERS:
        if word == NONE:
            return None
        number = whole_number(word.removeprefix("-"))
        if number is None:
            raise BadCell(f"« {text.strip()[:40]} » n’est pas un nombre entier.")
        return -number if word.startswith("-") else number
    if key in BOOLEANS:
        if word in {"oui", "yes", "true", "vrai", "1"}:
            return True
        if word in {"non", "no", "false", "faux", "0"}:
            return False
        raise BadCell(f"« {text.strip()[:40]} » : répondez par « oui » ou « non ».")
    return "" if text == EMPTY else text
