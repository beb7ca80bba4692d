"""From the raw definition (YAML or stored JSON) to the questionnaire's objects; collects every error on the way.

The definition is read twice: first to learn the codes and their types, then to check the formulas against them.
"""

import re
from collections.abc import Mapping
from typing import Any

from senacs.questionnaire.engine.errors import DefinitionError, close_match
from senacs.questionnaire.engine.grids import CellPlace, Cells, read_grid
from senacs.questionnaire.engine.keys import Keys
from senacs.questionnaire.engine.language import Expression, joined, parse
from senacs.questionnaire.engine.schema import Field, Kind, Nature, Option, Origin, Question, Rule, Section, Severity
from senacs.questionnaire.engine.tokens import RESERVED
from senacs.questionnaire.engine.typecheck import Base, Type
from senacs.questionnaire.engine.vocabulary import CONTEXT, REGISTER, base_of

CODE = re.compile(r"[a-z][a-z0-9_]*")
RULE_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
MAX_CODE = 80
QUESTIONNAIRE_KEYS = ("code", "year", "data_year", "title", "sections", "rules")
SECTION_KEYS = (
    "code", "letter", "title", "minutes", "intro", "preparation", "module", "until", "condition", "questions",
)  # fmt: skip
FIELD_KEYS = (
    "code", "label", "full_name", "kind", "unit", "help", "source", "warning", "options", "minimum", "maximum",
    "decimals", "max_length", "required", "not_concerned", "nature", "register", "public", "previous", "new",
    "condition", "computed", "grid",
)  # fmt: skip
RULE_KEYS = ("code", "rule", "severity", "message", "origin", "fields", "since", "until")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_DEFAULT_UNITS = {Kind.AMOUNT: "€", Kind.PERCENT: "%"}
_DEFAULT_DECIMALS = {Kind.DECIMAL: 2, Kind.PERCENT: 1}
_DEFAULT_LENGTHS = {Kind.LONG_TEXT: 4000}
_NOT_CONCERNED_BY_DEFAULT = frozenset(
    {Kind.INTEGER, Kind.AMOUNT, Kind.DECIMAL, Kind.PERCENT, Kind.CHOICE, Kind.MULTIPLE}
)


class Builder:
    """One reading. `types` is None in the first: formulas are then left aside."""

    def __init__(self, name: str, types: Mapping[str, Type] | None) -> None:
        self.name = name
        self.types = types
        self.errors: list[DefinitionError] = []
        self.fields: dict[str, Field] = {}
        self.question_places: dict[str, tuple[str, int]] = {}
        self.section_codes: set[str] = set()
        self.rule_codes: set[str] = set()
        self.formulas: dict[tuple[str, Base | None], Expression | None] = {}

    def keys(self, source: Any, allowed: tuple[str, ...], where: str) -> Keys:
        return Keys(source, allowed, self.errors, where=where, at=(self.name, 0))

    def section(self, source: Any) -> Section:
        code = str(source.get("code", "?")) if isinstance(source, dict) else "?"
        keys = self.keys(source, SECTION_KEYS, f"rubrique « {code} »")
        code = self.code(keys, self.section_codes, "une rubrique")
        condition = self.formula(keys, "condition", Base.BOOLEAN)
        is_module = keys.flag("module")
        until = keys.whole("until", 0) or None
        if until and not is_module:
            keys.refuse("until", f"rubrique « {code} » : seul un module a une fin prévue.")
        questions = tuple(self.question(q, code, not is_module, condition) for q in keys.items("questions"))
        if not questions:
            keys.refuse("questions", f"rubrique « {code} » : aucune question.")
        return Section(
            code=code, letter=keys.text("letter"), title=keys.text("title"), questions=questions,
            intro=keys.text("intro", ""), preparation=keys.texts("preparation"), minutes=keys.whole("minutes", 15),
            is_module=is_module, until=until, condition=condition,
        )  # fmt: skip

    def question(self, source: Any, section: str, is_core: bool, outer: Expression | None) -> Question:
        code = str(source.get("code", "?")) if isinstance(source, dict) else "?"
        keys = self.keys(source, FIELD_KEYS, f"question « {code} »")
        code = self.code(keys, set(), "une question")
        if code in self.question_places:
            file, line = self.question_places[code]
            keys.refuse("code", f"question « {code} » définie deux fois.", f"Déjà définie : {file}:{line}.")
        self.question_places[code] = keys.place("code")
        own = self.formula(keys, "condition", Base.BOOLEAN)
        cells = Cells(section, code, is_core, joined([outer, own]))
        if "grid" in keys:
            grid, fields = read_grid(self, keys, cells)
        else:
            grid, fields = None, (self.field(keys, cells),)
        return Question(
            code=code, label=keys.text("label"), section=section, fields=fields, help=keys.text("help", ""),
            source=keys.text("source", ""), warning=keys.text("warning", ""), grid=grid, condition=own,
        )  # fmt: skip

    def field(self, keys: Keys, cells: Cells, place: CellPlace | None = None) -> Field:
        """The field that `keys` describe; `place` is what a grid's cell adds to its column."""
        code = keys.text("code", "") if place is None else place.code
        caption = place.caption if place else keys.text("label")
        computed, whole = (place.computed, place.whole) if place else (None, None)
        label, former = (place.label, place.former) if place else ("", "")
        kind_name = keys.one_of("kind", [k.value for k in Kind])
        kind = Kind(kind_name) if kind_name else Kind.INTEGER
        expression = self.formula(keys, "computed", base_of(kind), text=computed)
        is_computed = computed is not None or "computed" in keys
        new = bool(place and place.is_new) or keys.flag("new")
        if keys.flag("new") and "previous" in keys:
            keys.refuse("previous", f"{keys.where} : « previous » et « new » s’excluent.")
        options = self.options(keys, kind)
        concerned = kind in _NOT_CONCERNED_BY_DEFAULT
        if whole is not None:
            concerned = whole.flag("not_concerned", concerned)
        nature = self.nature(keys, whole, is_computed)
        minimum = keys.integer("minimum", 0 if kind.is_numeric else None)
        maximum = keys.integer("maximum", 100 if kind is Kind.PERCENT else None)
        if minimum is not None and maximum is not None and minimum > maximum:
            keys.refuse("maximum", f"{keys.where} : le maximum ({maximum}) est sous le minimum ({minimum}).")
        field = Field(
            code=code, label=label or keys.text("full_name", "") or caption, caption=caption, kind=kind,
            section=cells.section, question=cells.question, unit=keys.text("unit", _DEFAULT_UNITS.get(kind, "")),
            help=keys.text("help", ""), source=keys.text("source", ""), warning=keys.text("warning", ""),
            options=options, minimum=minimum, maximum=maximum,
            decimals=keys.whole("decimals", _DEFAULT_DECIMALS.get(kind, 0)),
            max_length=keys.whole("max_length", _DEFAULT_LENGTHS.get(kind, 500)), is_core=cells.is_core,
            is_required=keys.flag("required", bool(whole and whole.flag("required"))) and not is_computed,
            allows_not_concerned=keys.flag("not_concerned", concerned) and not is_computed,
            computed=expression, condition=joined([cells.condition, place.condition if place else None]),
            previous_code=None if new else former or keys.text("previous", code), nature=nature,
            register=self.fact(keys, kind, is_computed), is_public=keys.flag("public"),
            origin=Origin(*keys.place("code")),
        )  # fmt: skip
        self.check_field(keys, field)
        if whole is None and is_computed and keys.flag("required"):
            keys.refuse("required", f"{keys.where} : un champ calculé ne peut pas être obligatoire.")
        if code in self.fields:
            first = self.fields[code].origin
            first_seen = f"Déjà défini : {first.file}:{first.line}." if first else ""
            keys.refuse("code", f"code « {code} » défini deux fois.", first_seen)
        self.fields[code] = field
        return field

    def nature(self, keys: Keys, whole: Keys | None, is_computed: bool) -> Nature | None:
        """What the cell's row or column says, else its question; a total follows what it adds up."""
        if is_computed:
            if whole is None and "nature" in keys:
                keys.refuse("nature", f"{keys.where} : un champ calculé n’est ni repris ni demandé.")
            return None
        said = next((own for own in (keys, whole) if own is not None and "nature" in own), None)
        name = said.one_of("nature", [n.value for n in Nature]) if said is not None else ""
        return Nature(name) if name else None

    def fact(self, keys: Keys, kind: Kind, is_computed: bool) -> str:
        """The fact of the register that answers the field."""
        name = keys.one_of("register", list(REGISTER)) if "register" in keys else ""
        if name and (is_computed or REGISTER[name] is not base_of(kind)):
            keys.refuse("register", f"{keys.where} : le registre ne connaît pas « {name} » sous ce type.")
        return name

    def check_field(self, keys: Keys, field: Field) -> None:
        kind = field.kind
        if "options" in keys and kind not in {Kind.CHOICE, Kind.MULTIPLE}:
            keys.refuse("options", f"{keys.where} : « options » ne convient pas au type « {kind.value} ».")
        for key in ("minimum", "maximum"):
            if key in keys and not kind.is_numeric:
                keys.refuse(key, f"{keys.where} : « {key} » ne convient pas au type « {kind.value} ».")
        if "decimals" in keys and kind not in {Kind.DECIMAL, Kind.PERCENT}:
            keys.refuse("decimals", f"{keys.where} : « decimals » ne convient pas au type « {kind.value} ».")
        if not 0 <= field.decimals <= 6:
            keys.refuse("decimals", f"{keys.where} : de 0 à 6 décimales.")
        if field.max_length < 1:
            keys.refuse("max_length", f"{keys.where} : « max_length » doit être positif.")

    def options(self, keys: Keys, kind: Kind) -> tuple[Option, ...]:
        raw = keys.source.get("options")
        if raw is None:
            if kind in {Kind.CHOICE, Kind.MULTIPLE}:
                keys.refuse("kind", f"{keys.where} : un {kind.value} a besoin d’« options ».")
            return ()
        found: list[Option] = []
        for code, label in option_pairs(raw):
            if not re.fullmatch(r"[A-Za-z0-9_]+", code):
                keys.refuse("options", f"{keys.where} : code d’option « {code} » invalide (lettres, chiffres, « _ »).")
            if not label:
                keys.refuse("options", f"{keys.where} : l’option « {code} » n’a pas de libellé.")
            if code in {o.code for o in found}:
                keys.refuse("options", f"{keys.where} : option « {code} » définie deux fois.")
            found.append(Option(code, label))
        if len(found) < 2 and kind is Kind.CHOICE:
            keys.refuse("options", f"{keys.where} : il faut au moins deux options, écrites « code: libellé ».")
        return tuple(found)

    def code(self, keys: Keys, taken: set[str], what: str) -> str:
        code = keys.text("code")
        if code:
            self.check_code(keys, code, taken, what)
        taken.add(code)
        return code

    def check_code(self, keys: Keys, code: str, taken: set[str], what: str) -> None:
        if not CODE.fullmatch(code) or len(code) > MAX_CODE:
            keys.refuse("code", f"code « {code} » invalide.", "Minuscules sans accent, chiffres et « _ », 80 au plus.")
        elif code in RESERVED or code in CONTEXT:
            keys.refuse("code", f"« {code} » est un mot des formules, il ne peut pas nommer {what}.")
        elif code in taken:
            keys.refuse("code", f"code « {code} » défini deux fois.")

    def formula(self, keys: Keys, key: str, expect: Base, *, text: str | None = None) -> Expression | None:
        """The checked formula of `key` (or `text`); None when absent, wrong, or in the first reading."""
        if self.types is None or (text is None and key not in keys):
            return None
        source = keys.text(key, "") if text is None else text
        if (source, expect) in self.formulas and self.formulas[source, expect] is not None:
            return self.formulas[source, expect]
        file, line = keys.place(key)
        prefix = f"{keys.where}, {key} : "
        try:
            expression = parse(source)
            errors = expression.errors(self.types)
            self.errors.extend(error.located(file, line, prefix) for error in errors)
            checked = None if errors else expression.check(self.types, expect=expect)
        except DefinitionError as error:
            self.errors.append(error.located(file, line, prefix))
            checked = None
        self.formulas[source, expect] = checked
        return checked

    def rule(self, source: Any) -> Rule | None:
        code = str(source.get("code", "?")) if isinstance(source, dict) else "?"
        keys = self.keys(source, RULE_KEYS, f"règle « {code} »")
        code = keys.text("code")
        if code and (not RULE_CODE.fullmatch(code) or len(code) > MAX_CODE):
            keys.refuse("code", f"code de règle « {code} » invalide.", "Majuscules, chiffres et « _ ».")
        if code in self.rule_codes:
            keys.refuse("code", f"règle « {code} » définie deux fois.")
        self.rule_codes.add(code)
        severity = keys.one_of("severity", [s.value for s in Severity])
        message = keys.text("message")
        self.check_message(keys, message)
        since, until = keys.integer("since", None), keys.integer("until", None)
        if since is not None and until is not None and since > until:
            keys.refuse("until", f"{keys.where} : « until » ({until}) précède « since » ({since}).")
        keys.text("rule")
        expression = self.formula(keys, "rule", Base.BOOLEAN)
        fields = self.rule_fields(keys, expression)
        if expression is None or not severity:
            return None
        return Rule(
            code=code, expression=expression, severity=Severity(severity), message=message, fields=fields,
            origin_text=keys.text("origin", ""), since=since, until=until, origin=Origin(*keys.place("code")),
        )  # fmt: skip

    def rule_fields(self, keys: Keys, expression: Expression | None) -> tuple[str, ...]:
        if "fields" in keys:
            explicit = keys.texts("fields")
            for code in explicit:
                if code not in self.fields:
                    keys.refuse("fields", f"{keys.where} : champ « {code} » inconnu.", close_match(code, self.fields))
            return explicit
        if expression is None:
            return ()
        named = {name for name, _ in expression.names}
        fields = tuple(code for code in self.fields if code in named)
        if not fields:
            keys.refuse("rule", f"{keys.where} : la règle ne porte sur aucun champ.")
        return fields

    def check_message(self, keys: Keys, message: str) -> None:
        for name in _PLACEHOLDER.findall(message):
            code = name.removesuffix("[N-1]").strip()
            known = CONTEXT if code in CONTEXT and code == name else self.fields
            if code not in known:
                hint = close_match(code, [*self.fields, *CONTEXT])
                keys.refuse("message", f"{keys.where} : le message nomme « {code} », champ inconnu.", hint)
        if _PLACEHOLDER.sub("", message).count("{") or _PLACEHOLDER.sub("", message).count("}"):
            keys.refuse("message", f"{keys.where} : accolade sans sa pareille dans le message.")


def option_pairs(raw: object) -> list[tuple[str, str]]:
    """Options as authored (`code: label`) or as stored (a list, since JSONB does not keep the order of keys)."""
    if isinstance(raw, dict):
        return [(str(code), str(label or "").strip()) for code, label in raw.items()]
    if isinstance(raw, list):
        return [
            (str(item.get("code", "")), str(item.get("label") or "").strip())
            if isinstance(item, dict)
            else (str(item), "")
            for item in raw
        ]
    return [(str(raw), "")]
