"""Indicators as data (data/indicators/*.yaml): read and checked against a questionnaire, refused with file and line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from senacs.lib.french import joined
from senacs.observatory.definitions.not_concerned import (
    ALL_ZERO,
    FILE,
    OUT_TOLD,
    ZERO_TOLD,
    NotConcernedDecision,
    load_not_concerned,
)
from senacs.observatory.definitions.statistics import STATISTICS
from senacs.questionnaire.comparability import codes_elsewhere
from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.errors import DefinitionError, DefinitionErrors, close_match
from senacs.questionnaire.engine.language import Expression, parse
from senacs.questionnaire.engine.schema import Field, Kind, Questionnaire
from senacs.questionnaire.engine.typecheck import Base, Type
from senacs.questionnaire.engine.vocabulary import CONTEXT, types_of
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import indicators_of

THEMES = {
    "identite": "Structures et territoires",
    "gouvernance": "Gouvernance",
    "emplois": "Emplois et bénévolat",
    "finances": "Finances",
    "publics": "Publics accueillis",
    "activites": "Activités et services",
    "participation": "Participation des habitants",
    "partenariats": "Partenariats",
    "modules": "Thèmes de l’année",
}
Entry = dict[str, Any]  # as it is written
_FORMULAS = ("formula", "denominator", "population")
# A code, or what lies between two of them.
_WORD = re.compile(r"([a-z0-9_]+)")
_REQUIRED = {"code", "label", "definition", "theme", "kind", "formula"}
_OPTIONAL = {"unit", "decimals", "denominator", "population", "since", "until", "key", "sensitive"}
# Type of the formula for each kind; a distribution names a field instead.
_FORMULA_BASE = {"share": Base.BOOLEAN, "total": Base.NUMBER, "mean": Base.NUMBER, "median": Base.NUMBER}
_FORMULA_BASE |= {"ratio": Base.NUMBER, "density": Base.NUMBER}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One published measure. `formula` is checked; `population`, when given, restricts who is concerned."""

    code: str
    label: str
    definition: str
    theme: str
    kind: str
    formula: Expression
    unit: str = ""
    decimals: int = 0
    denominator: Expression | None = None
    population: Expression | None = None
    is_key: bool = False
    is_sensitive: bool = False
    # Codes and labels of what a distribution counts; empty otherwise.
    modalities: Mapping[str, str] = field(default_factory=dict)
    # Typed fields whose « non concerné » counts as zero.
    zeros: frozenset[str] = frozenset()

    @property
    def is_of_register(self) -> bool:
        """Whether the register alone tells it: of every structure asked then, whoever answered."""
        read = [one for one in (self.formula, self.denominator, self.population) if one is not None]
        return all(one.codes <= CONTEXT.keys() for one in read)


def load(
    directory: Path, questionnaire: Questionnaire, codes: Mapping[str, str] = MappingProxyType({})
) -> tuple[Indicator, ...]:
    """The indicators of every YAML file of `directory` that hold for the questionnaire's year.

    `codes`: those that the questionnaire calls otherwise (see `codes_elsewhere`). In order of file name, then as
    written. Raises DefinitionErrors with everything that is wrong.
    """
    errors: list[DefinitionError] = []
    entries = [
        (as_asked(entry, codes), path.name, line)
        for path in sorted(directory.glob("*.yaml"))
        for entry, line in _entries(path, errors)
    ]
    return read_entries(entries, questionnaire, errors, load_not_concerned(directory.parent / FILE))


def read_entries(
    entries: Iterable[tuple[Entry, str, int]],
    questionnaire: Questionnaire,
    errors: list[DefinitionError] | None = None,
    not_concerned: NotConcernedDecision = ALL_ZERO,
) -> tuple[Indicator, ...]:
    """The indicators of raw entries (entry, file, line) that hold for the questionnaire's year, in their order.

    `errors` are those found while reading them. Raises DefinitionErrors.
    """
    types = types_of(questionnaire.fields.values())
    errors = errors if errors is not None else []
    found: list[Indicator] = []
    lines: dict[str, tuple[str, int]] = {}
    for entry, file, line in entries:
        reader = _EntryReader(entry, file, line, questionnaire, types)
        code = str(entry.get("code", ""))
        if code in lines:
            reader.refuse(f"l’indicateur « {code} » est déjà défini ({lines[code][0]}:{lines[code][1]}).")
        lines.setdefault(code, (file, line))
        if reader.applies():
            indicator = reader.read()
            if indicator is not None:
                found.append(_decided(indicator, questionnaire, not_concerned))
        errors += reader.errors
    if errors:
        raise DefinitionErrors(errors)
    return tuple(found)


def entries_for(
    version: QuestionnaireVersion, questionnaire: Questionnaire, directory: Path
) -> list[dict[str, object]]:
    """The raw entries that a version carries; without any, those of the files that read its questions.

    Raises DefinitionErrors for files that cannot be read.
    """
    if own := indicators_of(version):
        return own
    types = types_of(questionnaire.fields.values())
    codes = codes_elsewhere(version)
    found = []
    for entry in (as_asked(one, codes) for one in entries_of(directory)):
        reader = _EntryReader(entry, "", 0, questionnaire, types)
        if reader.applies():
            reader.read()
        if not reader.errors:
            found.append(entry)
    return found


def load_for(version: QuestionnaireVersion, questionnaire: Questionnaire, directory: Path) -> tuple[Indicator, ...]:
    """The indicators of a version, or of the files, that hold for its year. Raises DefinitionErrors."""
    own = indicators_of(version)
    if not own:
        return load(directory, questionnaire, codes_elsewhere(version))
    entries = [(entry, "indicators", row) for row, entry in enumerate(own, 2)]
    return read_entries(entries, questionnaire, not_concerned=load_not_concerned(directory.parent / FILE))


def as_asked(entry: Entry, codes: Mapping[str, str]) -> Entry:
    """A raw entry that reads a questionnaire of another year, by the codes of that year."""
    if not codes:
        return entry
    read = {key: in_codes(str(entry[key]), codes) for key in _FORMULAS if entry.get(key)}
    return {**entry, **read}


def in_codes(formula: str, codes: Mapping[str, str]) -> str:
    """A formula with some codes in place of others."""
    return "".join(codes.get(word, word) for word in _WORD.split(formula))


REGISTER_TOLD = "Selon le registre des agréments, pour toutes les structures interrogées."
# What is per inhabitant speaks of everybody: those who answered alone over all inhabitants would be no density.
DENSITY_TOLD = "Estimation pour toutes les structures, sur tous les habitants des départements qui en ont."


def _decided(indicator: Indicator, questionnaire: Questionnaire, decision: NotConcernedDecision) -> Indicator:
    """The indicator with what « non concerné » counts for in it, told by its definition."""
    read = [one for one in (indicator.formula, indicator.denominator, indicator.population) if one is not None]
    if indicator.kind == "distribution":
        return indicator
    zeros = frozenset().union(*(decision.zeros(one, questionnaire) for one in read))
    told = [indicator.definition]
    if indicator.is_of_register:
        return replace(indicator, definition=" ".join([*told, REGISTER_TOLD]))
    told += [DENSITY_TOLD] if indicator.kind == "density" else []
    told += [ZERO_TOLD] if zeros else []
    told += [OUT_TOLD] if any(decision.leaves_out(one, questionnaire) for one in read) else []
    return replace(indicator, zeros=zeros, definition=" ".join(told))


def entries_of(directory: Path) -> list[Entry]:
    """The raw entries of every YAML file of `directory`, whatever their years. Raises DefinitionErrors."""
    errors: list[DefinitionError] = []
    found = [entry for path in sorted(directory.glob("*.yaml")) for entry, _ in _entries(path, errors)]
    if errors:
        raise DefinitionErrors(errors)
    return found


def _entries(path: Path, errors: list[DefinitionError]) -> Iterator[tuple[Entry, int]]:
    """Each entry of a file with its 1-based line."""
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        if root is None:
            return
        if not isinstance(root, yaml.SequenceNode):
            errors.append(DefinitionError("le fichier doit être une liste d’indicateurs.", file=path.name, line=1))
            return
        for node in root.value:
            line = node.start_mark.line + 1
            if isinstance(node, yaml.MappingNode):
                yield {str(k): v for k, v in loader.construct_mapping(node, deep=True).items()}, line
            else:
                errors.append(DefinitionError("un indicateur est un ensemble de clés.", file=path.name, line=line))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        errors.append(DefinitionError(f"YAML illisible : {error.problem}.", file=path.name, line=line))
    finally:
        loader.dispose()


class _EntryReader:
    """One entry of a file, and the mistakes found in it."""

    def __init__(
        self, entry: Entry, file: str, line: int, questionnaire: Questionnaire, types: Mapping[str, Type]
    ) -> None:
        self.entry = entry
        self.file = file
        self.line = line
        self.questionnaire = questionnaire
        self.types = types
        self.errors: list[DefinitionError] = []

    def refuse(self, message: str, suggestion: str = "") -> None:
        self.errors.append(DefinitionError(message, suggestion=suggestion, file=self.file, line=self.line))

    def applies(self) -> bool:
        since, until = self.entry.get("since"), self.entry.get("until")
        for name, year in (("since", since), ("until", until)):
            if year is not None and not isinstance(year, int):
                self.refuse(f"« {name} » est une année.")
                return False
        return (since is None or self.questionnaire.year >= since) and (
            until is None or self.questionnaire.year <= until
        )

    def read(self) -> Indicator | None:
        self._keys()
        if self.errors:
            return None
        entry, kind = self.entry, str(self.entry["kind"])
        counted = self._counted_field() if kind == "distribution" else None
        formula = self._formula("formula", _FORMULA_BASE.get(kind))
        denominator = self._formula("denominator", Base.NUMBER) if kind == "ratio" else None
        population = self._formula("population", Base.BOOLEAN) if entry.get("population") else None
        if self.errors or formula is None:
            return None
        return Indicator(
            code=str(entry["code"]),
            label=str(entry["label"]),
            definition=str(entry["definition"]).strip(),
            theme=str(entry["theme"]),
            kind=kind,
            formula=formula,
            unit=str(entry.get("unit") or ""),
            decimals=int(entry.get("decimals") or 0),
            denominator=denominator,
            population=population,
            is_key=bool(entry.get("key", False)),
            is_sensitive=bool(entry.get("sensitive", False)),
            modalities={option.code: option.label for option in counted.options} if counted else {},
        )

    def _keys(self) -> None:
        entry = self.entry
        missing = sorted(key for key in _REQUIRED if entry.get(key) in (None, ""))
        if missing:
            self.refuse(f"il manque {joined([f'« {key} »' for key in missing])}.")
        for key in sorted(set(map(str, entry)) - _REQUIRED - _OPTIONAL):
            self.refuse(f"clé « {key} » inconnue.", close_match(key, _REQUIRED | _OPTIONAL))
        if entry.get("kind") and entry["kind"] not in STATISTICS:
            self.refuse(f"nature « {entry['kind']} » inconnue.", f"Natures possibles : {', '.join(STATISTICS)}.")
        if entry.get("theme") and entry["theme"] not in THEMES:
            self.refuse(f"thème « {entry['theme']} » inconnu.", f"Thèmes possibles : {', '.join(THEMES)}.")
        if entry.get("kind") == "ratio" and not entry.get("denominator"):
            self.refuse("un ratio demande un « denominator ».")
        if entry.get("kind") != "ratio" and entry.get("denominator"):
            self.refuse("seul un ratio a un « denominator ».")
        decimals = entry.get("decimals") or 0
        if not isinstance(decimals, int) or not 0 <= decimals <= 6:
            self.refuse("« decimals » est un entier de 0 à 6.")

    def _formula(self, key: str, base: Base | None) -> Expression | None:
        try:
            return parse(str(self.entry[key])).check(self.types, expect=base)
        except DefinitionError as error:
            self.errors.append(error.located(self.file, self.line, f"{key} de « {self.entry['code']} » : "))
            return None

    def _counted_field(self) -> Field | None:
        code = str(self.entry["formula"]).strip()
        counted = self.questionnaire.fields.get(code)
        if counted is None or counted.kind not in {Kind.CHOICE, Kind.MULTIPLE}:
            self.refuse(
                f"une distribution compte un champ à choix, pas « {code} ».",
                close_match(code, self.questionnaire.fields),
            )
            return None
        return counted


def fields_behind(expressions: Iterable[Expression], questionnaire: Questionnaire) -> frozenset[str]:
    """The fields that formulas read, those behind computed ones among them."""
    waiting, found = {code for e in expressions for code in e.codes}, set[str]()
    while waiting:
        field = questionnaire.fields.get(waiting.pop())
        if field is None or field.code in found:
            continue
        found.add(field.code)
        if field.computed is not None:
            waiting |= field.computed.codes - found
    return frozenset(found)


def terms(expression: Expression, questionnaire: Questionnaire) -> frozenset[str]:
    """The typed fields whose plain sum the formula is (« a », « a + b », a computed total); empty otherwise."""
    codes = _summed(expression)
    found: set[str] = set()
    for code in codes:
        field = questionnaire.fields.get(code)
        if field is None:
            return frozenset()
        inner = terms(field.computed, questionnaire) if field.computed is not None else frozenset({code})
        if not inner or inner & found:
            return frozenset()
        found |= inner
    return frozenset(found)


def _summed(expression: Expression) -> list[str]:
    match expression.tree:
        case tree.Ref(previous=False):
            nodes: tuple[tree.Node, ...] = (expression.tree,)
        case tree.Sum(items):
            nodes = items
        case tree.Call("SOMME", arguments):
            nodes = arguments
        case _:
            return []
    codes = [node.name for node in nodes if isinstance(node, tree.Ref) and not node.previous]
    return codes if len(codes) == len(nodes) == len(set(codes)) else []
