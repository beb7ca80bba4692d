"""The questionnaire as immutable objects: sections, questions, fields, rules. No Django, no I/O.

A *field* is one cell that holds one value under one stable indicator code. A *question* is what the
reader sees: one field, or a grid of fields. Codes never change meaning; a redefined field gets a new code.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from senacs.questionnaire.engine.language import Expression


class Kind(StrEnum):
    """Type of a field. The value's Python type is in brackets."""

    INTEGER = "entier"  # count [int]
    AMOUNT = "montant"  # whole euros [int]
    DECIMAL = "decimal"  # ETP, hours; `decimals` digits [Decimal]
    PERCENT = "pourcentage"  # 0–100 [Decimal]
    YES_NO = "oui_non"  # [bool]
    CHOICE = "choix"  # option code [str]
    MULTIPLE = "choix_multiple"  # option codes in the questionnaire's order [tuple[str, ...]]
    TEXT = "texte"  # one line [str]
    LONG_TEXT = "texte_long"  # several lines [str]
    DATE = "date"  # [datetime.date]

    @property
    def is_numeric(self) -> bool:
        return self in NUMERIC_KINDS


class Nature(StrEnum):
    """What last year's answer is worth this year."""

    STATE = "etat"  # it lasts until something happens: address, status, instances
    FLOW = "flux"  # it is counted anew each year: participants, hours, amounts


CLOCK = "h"
HOURS = frozenset({CLOCK, "heure", "heures"})
NUMERIC_KINDS = frozenset({Kind.INTEGER, Kind.AMOUNT, Kind.DECIMAL, Kind.PERCENT})


class Severity(StrEnum):
    BLOCKING = "blocking"
    TO_JUSTIFY = "to_justify"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a definition stands: file (as given to the loader) and line, 1-based."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    code: str
    label: str  # complete on its own, unlike any other: « Salariés et ETP par fonction, animation, ETP »
    kind: Kind
    section: str  # section code
    question: str  # question code
    caption: str = ""  # within its question, whose wording is read already: « ETP, animation »
    unit: str = ""  # « € », « heures »…, shown after the input
    help: str = ""
    source: str = ""  # the document where the answer is found (guide §7.1): « le compte de résultat 2025 »
    warning: str = ""  # the frequent error that concerns this field (guide §7.3)
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    decimals: int = 0
    max_length: int = 500
    is_core: bool = True  # False: yearly module
    is_required: bool = False  # must have an answer (value or « non concerné ») before submission
    allows_not_concerned: bool = True
    computed: Expression | None = None  # never typed by hand
    condition: Expression | None = None  # shown when true; own, question's and section's joined
    previous_code: str | None = None  # code in last year's version; None: new this year
    nature: Nature | None = None  # as the definition says it; None: by its kind
    register: str = ""  # the fact of the public register that answers it: `vocabulary.REGISTER`
    is_public: bool = False  # says something of the public register: an address or a telephone has its place there
    origin: Origin | None = field(default=None, compare=False)

    @property
    def is_flow(self) -> bool:
        """Whether it moves each year, so that last year's answer is asked about and never taken over with others.

        A number counts something of the year unless the definition says that it lasts; anything else describes the
        structure. So a number that nobody thought of is asked again, which costs a key, rather than copied, which
        costs the survey its figure.
        """
        return self.nature is Nature.FLOW if self.nature else self.kind.is_numeric

    @property
    def guidance(self) -> tuple[str, ...]:
        """What to count, where to find it, the frequent error: those that are given, each a sentence."""
        where = f"Où le trouver\u00a0: {self.source}." if self.source else ""
        return tuple(text for text in (self.help, where, self.warning) if text)

    @property
    def is_computed(self) -> bool:
        return self.computed is not None

    @property
    def is_hours(self) -> bool:
        """A length of time: « 7h30 » is understood, and the quarter of an hour is kept."""
        return self.kind.is_numeric and self.unit.lower() in HOURS

    @property
    def is_clock(self) -> bool:
        """A time of the day, printed « 9 h 30 »: its unit is « h », where a length counts « heures »."""
        return self.is_hours and self.unit == CLOCK

    @property
    def is_money(self) -> bool:
        return self.kind is Kind.AMOUNT or (self.kind.is_numeric and self.unit == "€")


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows × columns of fields; `cells[row][column]` is a field code, or None where the cell does not exist."""

    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cells: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    label: str
    section: str
    fields: tuple[Field, ...]
    help: str = ""  # what to count
    source: str = ""
    warning: str = ""
    grid: Grid | None = None
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    letter: str  # « A » … « H », « M1 », « M2 »
    title: str
    questions: tuple[Question, ...]
    intro: str = ""
    preparation: tuple[str, ...] = ()  # documents to have at hand (guide §7.1)
    minutes: int = 15
    is_module: bool = False
    until: int | None = None  # the last survey year of a module
    condition: Expression | None = None  # already joined to every field's condition

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(f for question in self.questions for f in question.fields)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of coherence: data; its verdict on a response is kept apart (see `evaluation`)."""

    code: str
    expression: Expression
    severity: Severity
    message: str  # French; {code} is replaced by the field's formatted value
    fields: tuple[str, ...]  # codes shown with the flag, from the expression unless narrowed
    origin_text: str = ""  # « guide 5.2 », « annexe 6 »…
    since: int | None = None
    until: int | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Questionnaire:
    code: str
    year: int
    data_year: int
    title: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    checksum: str
    document: dict[str, object] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """All fields by code, in the questionnaire's order."""
        return {f.code: f for section in self.sections for f in section.fields}

    @cached_property
    def known_by_register(self) -> dict[str, Field]:
        """The fields that a fact of the public register answers."""
        return {code: field for code, field in self.fields.items() if field.register}

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {q.code: q for section in self.sections for q in section.questions}

    def section(self, code: str) -> Section:
        """The section of that code; KeyError if there is none."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)
