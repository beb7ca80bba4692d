"""A workbook written for Kobo or ODK, without any of our columns, as the rows that our reader takes.

What SENACS cannot carry is refused, or told in `notes`, with its sheet and row: nothing is lost silently.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from senacs.lib.french import plural
from senacs.lib.incoming import whole_number
from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.xlsform.columns import CHOICES, NONE, PREFIX, RULES, SETTINGS, SURVEY, Element, Row
from senacs.questionnaire.xlsform.from_xpath import Answer, Untranslatable, translate
from senacs.questionnaire.xlsform.sheets import Sheets

# Technical data of Kobo, which a declaration by hand does not need.
_METADATA = frozenset({"start", "end", "today", "deviceid", "username", "phonenumber", "subscriberid", "simserial",
                       "audit", "start-geopoint", "background-audio"})  # fmt: skip
_KINDS = {"integer": "entier", "int": "entier", "decimal": "decimal", "text": "texte", "string": "texte",
          "date": "date", "acknowledge": "oui_non", "trigger": "oui_non"}  # fmt: skip
_SELECTS = {"select_one": "choix", "select_multiple": "choix_multiple"}
_TRANSLATED = ("label", "hint", "constraint_message")
_READ = frozenset({"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message",
                   "calculation", "appearance"})  # fmt: skip
_YES = frozenset({"yes", "true", "true()", "1", "oui", "vrai"})
_NO = frozenset({"", "no", "false", "false()", "0", "non", "faux"})
_BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?[0-9]{1,18})")
_OTHER = "autre"


def is_foreign(sheets: Sheets) -> bool:
    """Whether nothing in the sheet of questions is ours."""
    return not any(key.startswith(PREFIX) for row in sheets[SURVEY] for key in row.cells)


@dataclass(slots=True)
class Adapted:
    """Rows for our reader, what was not taken over, and what is refused."""

    sheets: Sheets
    notes: list[DefinitionError] = field(default_factory=list)
    errors: list[DefinitionError] = field(default_factory=list)


def adapt(sheets: Sheets, *, year: int) -> Adapted:
    """Our rows from theirs. `year` is the survey's when the sheet of settings does not say it."""
    return _Adapter(sheets, year).adapted()


@dataclass(slots=True)
class _Group:
    name: str
    condition: str
    is_section: bool


class _Adapter:
    def __init__(self, sheets: Sheets, year: int) -> None:
        self.year = year
        self.result = Adapted({name: list(rows) for name, rows in sheets.items()})
        self.survey = [self.in_french(row) for row in sheets[SURVEY]]
        self.choices = [self.in_french(row) for row in sheets[CHOICES]]
        self.options = self.read_options()
        self.answers = self.read_answers()
        self.groups: list[_Group] = []
        self.rows: list[Row] = []
        self.lists: list[Row] = []
        self.rules: list[Row] = []

    def note(self, row: Row, message: str, sheet: str = SURVEY) -> None:
        self.result.notes.append(DefinitionError(message, file=sheet, line=row.number))

    def refuse(self, row: Row, message: str) -> None:
        self.result.errors.append(DefinitionError(message, file=SURVEY, line=row.number))

    def adapted(self) -> Adapted:
        for row in self.survey:
            self.take(row)
        if self.groups:
            if self.groups[-1].name:
                last = self.survey[-1] if self.survey else Row({}, 1)
                self.refuse(last, f"le groupe « {self.groups[-1].name} » n’est pas fermé (end_group).")
            self.rows.append(self.row(Element.END, Row({}, 0)))
        self.tell_columns()
        used = {self.list_of(row) for row in self.survey}
        for name in dict.fromkeys(row.get("list_name").strip() for row in self.choices):
            if name and name not in used:
                first = next(row for row in self.choices if row.get("list_name").strip() == name)
                self.note(first, f"la liste « {name} » n’est utilisée par aucune question : non reprise.", CHOICES)
        sheets = self.result.sheets
        sheets[SURVEY], sheets[CHOICES], sheets[RULES] = self.rows, self.lists, [*sheets[RULES], *self.rules]
        sheets[SETTINGS] = [self.settings()]
        return self.result

    # --- the sheets of texts ---

    def in_french(self, row: Row) -> Row:
        """« label::Français (fr) » as « label »; the first language when there is no French."""
        cells = {key: text for key, text in row.cells.items() if "::" not in key}
        for column in _TRANSLATED:
            found = {key: text for key, text in row.cells.items() if key.split("::")[0].strip() == column}
            french = [
                key for key in found if "::" in key and re.search(r"\(fr\b|fran[cç]ais|french", key, re.IGNORECASE)
            ]
            if column not in cells and found:
                cells[column] = found[(french or list(found))[0]]
        return Row(cells, row.number)

    def settings(self) -> Row:
        rows = self.result.sheets[SETTINGS]
        row = rows[0] if rows else Row({}, 1)
        title = row.get("form_title").strip() or row.get("form_id").strip() or "Questionnaire importé"
        told = " ".join(row.get(key) for key in ("version", "form_title", "form_id"))
        found = re.search(r"(?<!\d)20\d\d(?!\d)", told)
        year = row.get(f"{PREFIX}year").strip() or (found.group() if found else str(self.year))
        if not row.get(f"{PREFIX}year"):
            self.note(row, f"l’année d’enquête n’est pas dite : {year} (colonne « {PREFIX}year »).", SETTINGS)
        data_year = row.get(f"{PREFIX}data_year").strip() or (str(asked - 1) if (asked := whole_number(year)) else "")
        code = _code(row.get("form_id") or title).replace("_", "-")[:40].strip("-") or "questionnaire-importe"
        return Row(
            {"form_title": title, "form_id": code, f"{PREFIX}year": year, f"{PREFIX}data_year": data_year},
            row.number,
        )

    def read_options(self) -> dict[str, list[tuple[Row, str, str]]]:
        """By list: row, their code, ours."""
        found: dict[str, list[tuple[Row, str, str]]] = {}
        for row in self.choices:
            theirs = row.get("name").strip() or row.get("value").strip()
            ours = theirs if re.fullmatch(r"[A-Za-z0-9_]+", theirs) else _code(theirs)
            found.setdefault(row.get("list_name").strip(), []).append((row, theirs, ours))
        return found

    # --- the questions ---

    def read_answers(self) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for row in self.survey:
            kind = self.kind_of(row)
            if kind:
                name = row.get("name").strip()
                codes = {theirs: ours for _, theirs, ours in self.options.get(self.list_of(row), [])}
                answers[name] = Answer(_code(name), kind, codes)
        return answers

    def kind_of(self, row: Row) -> str:
        word, _, rest = _type(row).partition(" ")
        if word == "calculate":
            return "decimal"
        if word == "range":
            return "decimal" if "." in row.get("parameters") else "entier"
        if word in _SELECTS:
            codes = {ours for _, _, ours in self.options.get(rest.split(" ")[0], [])}
            return "oui_non" if word == "select_one" and codes == {"oui", "non"} else _SELECTS[word]
        if word == "text" and "multiline" in row.get("appearance"):
            return "texte_long"
        return _KINDS.get(word, "")

    def list_of(self, row: Row) -> str:
        word, _, rest = _type(row).partition(" ")
        return rest.split(" ")[0] if word in _SELECTS else ""

    def take(self, row: Row) -> None:
        word = _type(row).split(" ")[0]
        if word in {"begin_group", "begin"}:
            self.open_group(row)
        elif word in {"end_group", "end"} and (word == "end_group" or _type(row) == "end group"):
            self.close_group(row)
        elif word in {"begin_repeat", "end_repeat"}:
            if word == "begin_repeat":
                self.refuse(row, "une répétition (begin_repeat) ne se reprend pas : décrivez un tableau dans la "
                                 "feuille « grilles », ou une question par ligne.")  # fmt: skip
        elif word in _METADATA:
            self.note(row, f"« {word} » est une donnée technique de Kobo : non reprise.")
        elif word == "note":
            self.take_note(row)
        elif self.kind_of(row):
            self.take_question(row)
        elif word:
            self.note(row, f"« {row.get('name')} », de type « {row.get('type')[:40]} », que SENACS ne recueille pas : "
                           "non reprise.")  # fmt: skip
        else:
            self.refuse(row, "cette ligne n’a pas de type (colonne « type »).")

    def open_group(self, row: Row) -> None:
        name, title = row.get("name").strip(), row.get("label").strip() or row.get("name").strip()
        if not name:
            self.refuse(row, "un groupe a un nom (colonne « name »).")
        condition = self.translated(row, row.get("relevant"))
        if self.groups and not self.groups[0].name:  # questions before any group end where a group begins
            self.groups.pop()
            self.rows.append(self.row(Element.END, row))
        if self.groups:
            self.note(row, f"le groupe « {title} » est fondu dans la rubrique « {self.groups[0].name} ».")
        else:
            self.section(row, _code(name), title, condition)
        self.groups.append(_Group(name, "" if not self.groups else condition, not self.groups))

    def section(self, row: Row, code: str, title: str, condition: str) -> None:
        number = sum(r.get(f"{PREFIX}element") == Element.SECTION for r in self.rows)
        letter = chr(65 + number) if number < 26 else f"S{number + 1}"
        own = {"name": code, "label": title, f"{PREFIX}letter": letter, f"{PREFIX}condition": condition}
        self.rows.append(self.row(Element.SECTION, row, **own))

    def close_group(self, row: Row) -> None:
        if not self.groups or not self.groups[-1].name:
            self.refuse(row, "aucun groupe n’est ouvert ici.")
            return
        if self.groups.pop().is_section:
            self.rows.append(self.row(Element.END, row))

    def take_note(self, row: Row) -> None:
        """Text before the first question of a section introduces it; elsewhere it has no place of its own."""
        last = self.rows[-1] if self.rows else None
        if last is not None and last.get(f"{PREFIX}element") == Element.SECTION and row.get("label").strip():
            intro = "\n".join(text for text in (last.get(f"{PREFIX}intro"), row.get("label").strip()) if text)
            self.rows[-1] = Row({**last.cells, f"{PREFIX}intro": intro}, last.number)
            return
        self.note(
            row,
            f"la note « {row.get('label').strip()[:60]} » n’est pas reprise : écrivez-la dans l’aide d’une question.",
        )

    def take_question(self, row: Row) -> None:
        if not self.groups:
            self.section(row, "questions", "Questions", "")
            self.groups.append(_Group("", "", True))
            self.note(row, "les questions hors de tout groupe forment une rubrique « Questions ».")
        name = row.get("name").strip()
        if not name:
            self.refuse(row, "cette question n’a pas de nom (colonne « name »).")
            return
        answer = self.answers.get(name, Answer(_code(name), self.kind_of(row)))
        if answer.code != name:
            self.note(row, f"« {name} » devient « {answer.code} ».")
        cells = {
            "name": answer.code,
            "label": row.get("label").strip() or (name if _type(row) == "calculate" else ""),
            "hint": row.get("hint").strip(),
            f"{PREFIX}kind": answer.kind,
        }
        conditions = [*(group.condition for group in self.groups), self.translated(row, row.get("relevant"))]
        own = [condition for condition in conditions if condition]
        cells[f"{PREFIX}condition"] = " et ".join(f"({part})" for part in own) if len(own) > 1 else "".join(own)
        if _type(row) == "calculate":
            computed = self.attempt(row, row.get("calculation"), "ce calcul n’est pas repris")
            if not computed:
                return
            cells |= {f"{PREFIX}computed": computed, f"{PREFIX}decimals": "2"}
        else:
            cells |= self.asked(row, answer)
        self.rows.append(self.row(Element.QUESTION, row, **cells))

    def asked(self, row: Row, answer: Answer) -> dict[str, str]:
        """What a question that is typed has besides: options, bounds, whether an answer is required."""
        cells: dict[str, str] = {}
        required = row.get("required").strip().lower()
        if required in _YES:
            cells[f"{PREFIX}required"] = "oui"
        elif required not in _NO:
            self.note(
                row, f"« required » dépend d’une formule (« {required[:40]} ») : la question devient facultative."
            )
        if answer.kind == "decimal":
            cells[f"{PREFIX}decimals"] = "2"
        if answer.kind in {"entier", "decimal"}:
            # A number of theirs may be negative.
            cells |= {f"{PREFIX}minimum": NONE} | _bounds_of_range(row.get("parameters"))
        if row.get("constraint").strip():
            cells |= self.bounds(row, answer)
        if answer.kind in _SELECTS.values():
            self.copy_options(row, answer)
        return cells

    def bounds(self, row: Row, answer: Answer) -> dict[str, str]:
        """Plain bounds as such; anything else as a blocking rule."""
        text = row.get("constraint").strip()
        found = [_BOUND.fullmatch(part.strip()) for part in re.split(r"\band\b", text)]
        if answer.kind in {"entier", "decimal"} and all(found):
            cells = {}
            for match in (match for match in found if match):
                sign, bound = match[1], int(match[2])
                if answer.kind == "entier":
                    bound += {">": 1, "<": -1}.get(sign, 0)
                elif sign in {"<", ">"}:
                    break
                cells[f"{PREFIX}{'minimum' if sign[0] == '>' else 'maximum'}"] = str(bound)
            else:
                return cells
        rule = self.attempt(row, text, "cette contrainte n’est pas reprise", answer)
        if rule:
            message = row.get("constraint_message").strip() or f"« {row.get('label').strip()} » : {text}."
            code = f"CONTRAINTE_{answer.code.upper()}"
            cells = {"code": code, "rule": rule, "severity": "blocking", "message": message.replace("{", "(")}
            self.rules.append(Row(cells | {"message": cells["message"].replace("}", ")")}, row.number))
        return {}

    def copy_options(self, row: Row, answer: Answer) -> None:
        name = self.list_of(row)
        if name not in self.options:
            self.refuse(row, f"la liste « {name} » n’est pas dans la feuille « {CHOICES} ».")
            return
        for source, _, ours in self.options[name]:
            label = source.get("label").strip()
            self.lists.append(Row({"list_name": answer.code, "name": ours, "label": label}, source.number))
        if "or_other" in _type(row).split(" ") and _OTHER not in answer.options.values():
            self.lists.append(Row({"list_name": answer.code, "name": _OTHER, "label": "Autre"}, row.number))
            self.note(row, "« or_other » devient une option « Autre », sans la précision en toutes lettres.")

    # --- formulas ---

    def translated(self, row: Row, formula: str) -> str:
        """A condition in our language; one that cannot be said is refused: the question would be asked of all."""
        if not formula.strip():
            return ""
        try:
            return translate(formula, self.answers)
        except Untranslatable as error:
            self.refuse(row, f"la condition « {formula.strip()[:80]} » ne se traduit pas : {error}.")
            return ""

    def attempt(self, row: Row, formula: str, lost: str, itself: Answer | None = None) -> str:
        try:
            return translate(formula, self.answers, itself)
        except Untranslatable as error:
            self.note(row, f"{lost}, « {formula.strip()[:60]} » : {error}.")
            return ""

    def tell_columns(self) -> None:
        """Columns that say how Kobo shows or fills a question, once each."""
        known = _READ | {"parameters"}
        for key in dict.fromkeys(key for row in self.result.sheets[SURVEY] for key in row.cells):
            base = key.split("::")[0].strip()
            rows = [row for row in self.result.sheets[SURVEY] if row.get(key).strip()]
            if base in _TRANSLATED and "::" in key and not re.search(r"\(fr\b|fran[cç]ais|french", key, re.IGNORECASE):
                self.note(rows[0], f"colonne « {key} » : une seule langue est reprise.")
            elif base not in known and base not in _TRANSLATED:
                self.note(rows[0], f"colonne « {key} » : non reprise ({plural(len(rows), 'ligne')}).")

    def row(self, element: Element, source: Row, **cells: str) -> Row:
        return Row({**{key: text for key, text in cells.items() if text}, f"{PREFIX}element": element}, source.number)


def _type(row: Row) -> str:
    """« begin group », « Begin_Group » and « select one list » in the one spelling of the standard."""
    words = row.get("type").strip().split()
    text = " ".join(words)
    for spelled in ("begin group", "end group", "begin repeat", "end repeat", "select one", "select multiple"):
        if text.lower().startswith(spelled):
            text = spelled.replace(" ", "_") + text[len(spelled) :]
    head, _, rest = text.partition(" ")
    return f"{head.lower()} {rest}".strip()


def _code(name: str) -> str:
    """Our code for a name of theirs: lower case, without accents, « _ » for the rest."""
    plain = unicodedata.normalize("NFD", name.strip()).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:78]
    return f"q_{code}" if code[:1].isdigit() else code


def _bounds_of_range(parameters: str) -> dict[str, str]:
    """« start=0 end=10 step=1 »."""
    found = dict(re.findall(r"(start|end)\s*=\s*(-?\d+)", parameters))
    named = {f"{PREFIX}minimum": found.get("start", ""), f"{PREFIX}maximum": found.get("end", "")}
    return {key: text for key, text in named.items() if text}
