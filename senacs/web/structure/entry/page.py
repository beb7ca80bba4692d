"""What the page of a section shows: one pass over its fields, no query."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from senacs.collection.documents import Stored, read_entry
from senacs.collection.enums import Provenance
from senacs.exchange.models import ComprehensionQuestion
from senacs.questionnaire.engine.evaluation import is_expected
from senacs.questionnaire.engine.schema import CLOCK, Field, Kind, Question, Section
from senacs.questionnaire.engine.values import Env, format_value
from senacs.web.structure.entry.checks import Check
from senacs.web.structure.entry.conditions import shown_when
from senacs.web.structure.entry.inputs import NC, Raw, control_text

NO_BREAK = "\u00a0"
# Longer lists of options become a drop-down list.
MOST_RADIOS = 8
CONTROLS = {
    Kind.YES_NO: "radios",
    Kind.MULTIPLE: "checkboxes",
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "textarea",
    Kind.DATE: "date",
}
# Said of a flow, whose number was asked about on its own.
CONFIRMED = "comme l’an dernier, confirmé"
# Said of what the register answers and the structure has not corrected.
KNOWN = "d’après votre fiche"
# Shown beside the value, so that nobody takes another's entry for their own (charte 2.2).
MARKED_PROVENANCES = {
    Provenance.ON_BEHALF_CAF: "saisi par la Caf",
    Provenance.ON_BEHALF_FEDERATION: "saisi par la fédération",
    Provenance.CARRIED_OVER: "repris de l’an dernier",
    Provenance.IMPORTED: "importé",
    Provenance.REGISTER: "connu du registre, confirmé",
}


def marked(field: Field, provenance: str) -> str:
    """Where a value comes from, in the words shown beside it; nothing for the structure's own."""
    if provenance == Provenance.CARRIED_OVER and field.is_flow:
        return CONFIRMED
    return MARKED_PROVENANCES.get(Provenance(provenance), "") if provenance else ""


@dataclass(slots=True)
class FieldView:
    """One control: its definition, what it holds, what last year held, what was refused."""

    field: Field
    code: str
    control: str  # number, text, date, radios, select, checkboxes, textarea, output
    raw: Raw
    text: str  # the value in French, for totals and for reading
    unit: str
    previous_raw: Raw
    previous_text: str
    is_hidden: bool
    is_flagged: bool
    revision: int
    provenance: str
    error: str
    when: tuple[str, str]  # `conditions.shown_when`
    is_known: bool = False  # the register answers it

    @property
    def is_not_concerned(self) -> bool:
        return self.raw in (NC, [NC])

    @property
    def typed(self) -> Raw:
        """What a text control shows: nothing when its « non concerné » box is ticked."""
        return "" if self.is_not_concerned else self.raw

    @property
    def has_previous(self) -> bool:
        return bool(self.previous_text) and self.control != "output"

    @property
    def is_open(self) -> bool:
        """Asked, without an answer, and answered last year."""
        return self.has_previous and self.raw in ("", []) and not self.is_hidden

    @property
    def may_be_taken_over(self) -> bool:
        """By « Tout reprendre »: what lasts, and only that."""
        return self.is_open and not self.field.is_flow

    @property
    def repeats(self) -> bool:
        """Whether it says the same as last year: nothing to take over."""
        return self.raw == self.previous_raw

    @property
    def bare_text(self) -> str:
        """In a grid, whose column says the unit: the number alone, but for euros and percent."""
        return _without_unit(self.text, self.unit)

    @property
    def previous_bare(self) -> str:
        return _without_unit(self.previous_text, self.unit)

    @property
    def inputmode(self) -> str:
        return "decimal" if self.field.kind in {Kind.DECIMAL, Kind.PERCENT} else "numeric"

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(code, label, chosen); « non concerné » is an option like the others where it is allowed."""
        pairs = [(option.code, option.label) for option in self.field.options]
        if self.field.kind is Kind.YES_NO:
            pairs = [("oui", "Oui"), ("non", "Non")]
        if self.field.allows_not_concerned:
            pairs.append((NC, "Non concerné"))
        chosen = {self.raw} if isinstance(self.raw, str) else set(self.raw)
        return [(code, label, code in chosen) for code, label in pairs]

    @property
    def has_nc_box(self) -> bool:
        return self.field.allows_not_concerned and self.control in {"number", "text", "date", "textarea"}

    @property
    def is_choice(self) -> bool:
        return self.control in {"radios", "checkboxes"}

    @property
    def previous_attribute(self) -> str:
        """The raw value of last year for the « reprendre » button; several options apart by a space."""
        return self.previous_raw if isinstance(self.previous_raw, str) else " ".join(self.previous_raw)


@dataclass(slots=True)
class RowView:
    label: str
    cells: list[tuple[str, FieldView | None]]  # column label, control
    views: list[FieldView]

    @property
    def is_hidden(self) -> bool:
        return all(view.is_hidden for view in self.views)

    @property
    def is_total(self) -> bool:
        return all(view.control == "output" for view in self.views)

    @property
    def nc_codes(self) -> str:
        """The codes that the row's « non concernée » box stands for."""
        return " ".join(view.code for view in self.views if view.has_nc_box)

    @property
    def is_not_concerned(self) -> bool:
        boxes = [view for view in self.views if view.has_nc_box]
        return bool(boxes) and all(view.is_not_concerned for view in boxes)


@dataclass(slots=True)
class QuestionView:
    question: Question
    views: list[FieldView]
    rows: list[RowView]  # empty for a single field
    columns: tuple[str, ...]
    checks: list[Check]
    asked: list[ComprehensionQuestion]

    @property
    def code(self) -> str:
        return self.question.code

    @property
    def single(self) -> FieldView | None:
        return None if self.rows else self.views[0]

    @property
    def is_hidden(self) -> bool:
        return all(view.is_hidden for view in self.views)

    @property
    def known(self) -> list[tuple[str, str]]:
        """What the register answers, (row, text), when nothing else of the question is waited for; else nothing."""
        asked = [view for view in self.views if not view.is_hidden and view.control != "output"]
        if self.errors or any(is_expected(view.field) and not view.is_known for view in asked):
            return []
        if not self.rows:
            return [("", view.text) for view in asked if view.is_known]
        return [(row.label, view.text) for row in self.rows for view in row.views if view in asked and view.is_known]

    @property
    def has_previous(self) -> bool:
        return any(view.has_previous for view in self.views)

    @property
    def has_history(self) -> bool:
        return any(view.revision for view in self.views)

    @property
    def has_nc_rows(self) -> bool:
        return any(row.nc_codes for row in self.rows)

    @property
    def errors(self) -> list[FieldView]:
        return [view for view in self.views if view.error]


def build_questions(
    section: Section,
    *,
    stored: Mapping[str, Stored],
    env: Env,
    previous: Env,
    visible: Collection[str],
    context: Mapping[str, object],
    checks: Mapping[str, list[Check]],
    known: Collection[str] = frozenset(),
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, Raw] | None = None,
    asked: Mapping[str, list[ComprehensionQuestion]] | None = None,
) -> list[QuestionView]:
    """The questions of `section` ready to be shown.

    `context`: what the register says of the structure (`documents.context_of`).
    `stored` is `Response.values`; `previous` holds last year's values under this year's codes; `errors` and `typed`
    give back what was refused and what had been typed; `asked` what was asked and answered at each
    question; `known` are the codes that the register answers.
    """
    here = {field.code for field in section.fields if not field.is_computed}
    flagged = {code for found in checks.values() for check in found for code in check.fields}

    def view(field: Field) -> FieldView:
        code = field.code
        entry = stored.get(code)
        # A hidden field counts as unanswered, but shows what it holds if its condition comes true again.
        value = env.get(code) if code in visible or not entry else read_entry(field, entry)
        before = previous.get(code)
        return FieldView(
            field=field,
            code=code,
            control=control_of(field),
            raw=typed[code] if typed and code in typed else control_text(field, value),
            text="" if value is None else format_value(field, value),
            unit=field.unit or {Kind.PERCENT: "%", Kind.AMOUNT: "€"}.get(field.kind, ""),
            previous_raw=control_text(field, before),
            previous_text="" if before is None else format_value(field, before),
            is_hidden=code not in visible,
            is_flagged=code in flagged,
            revision=entry["revision"] if entry else 0,
            provenance=KNOWN if code in known else marked(field, entry["provenance"] if entry else ""),
            is_known=code in known and not (typed and code in typed),
            error=(errors or {}).get(code, ""),
            when=shown_when(field, here, context),
        )

    questions = []
    for question in section.questions:
        views = {field.code: view(field) for field in question.fields}
        questions.append(
            QuestionView(
                question=question,
                views=list(views.values()),
                rows=_rows(question, views),
                columns=question.grid.column_labels if question.grid else (),
                checks=checks.get(question.code, []),
                asked=(asked or {}).get(question.code, []),
            )
        )
    return questions


def _without_unit(text: str, unit: str) -> str:
    number, _, word = text.rpartition(NO_BREAK)
    # The word agrees with the number: « 1 heure », « 2 heures ».
    return number if number and unit not in {"", "€", "%", CLOCK} and word and word[0].isalpha() else text


def control_of(field: Field) -> str:
    if field.is_computed:
        return "output"
    if field.kind is Kind.CHOICE:
        return "radios" if len(field.options) <= MOST_RADIOS else "select"
    return CONTROLS.get(field.kind, "number")


def _rows(question: Question, views: Mapping[str, FieldView]) -> list[RowView]:
    if question.grid is None:
        return []
    rows = []
    for label, codes in zip(question.grid.row_labels, question.grid.cells, strict=True):
        cells = [
            (column, views[code] if code else None)
            for column, code in zip(question.grid.column_labels, codes, strict=True)
        ]
        rows.append(RowView(label=label, cells=cells, views=[cell for _, cell in cells if cell]))
    return rows
