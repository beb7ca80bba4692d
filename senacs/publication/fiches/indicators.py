"""The indicators of a fiche (data/fiche.yaml) and what one response says of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from senacs.collection.queries import Environment
from senacs.observatory.definitions.indicators import Indicator, as_asked, entries_of, fields_behind, read_entries
from senacs.questionnaire.comparability import codes_elsewhere
from senacs.questionnaire.engine.compile_python import Closure, compile_tree
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class FicheIndicator:
    """One line of the fiche, with the label that the fiche gives it."""

    code: str
    label: str
    definition: str
    unit: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Formula:
    """An indicator ready to be evaluated on one response; `fields` are the typed fields that it rests on."""

    indicator: Indicator
    numerator: Closure
    denominator: Closure | None
    population: Closure | None
    fields: frozenset[str]

    def value(self, at: Environment) -> Number | None:
        """The structure's own figure; None where it did not answer or is not concerned."""
        values = {**at.context, **at.env}
        if self.population is not None and self.population(values, at.previous) is not True:
            return None
        above = self.numerator(values, at.previous)
        if not isinstance(above, int | Decimal) or isinstance(above, bool):
            return None
        if self.denominator is None:
            return above
        below = self.denominator(values, at.previous)
        if not isinstance(below, int | Decimal) or not below:
            return None
        scale = 100 if self.indicator.unit == "%" else 1
        return scale * Decimal(above) / Decimal(below)


def fiche_indicators() -> tuple[FicheIndicator, ...]:
    """In order. Raises DefinitionErrors when data/fiche.yaml names an indicator that nobody defined."""
    return _fiche_indicators(Path(settings.DATA_DIR))


@lru_cache(maxsize=4)
def _fiche_indicators(directory: Path) -> tuple[FicheIndicator, ...]:
    return tuple(
        FicheIndicator(
            code=entry["code"],
            label=label,
            definition=str(entry["definition"]).strip(),
            unit=str(entry.get("unit") or ""),
            decimals=int(entry.get("decimals") or 0),
        )
        for entry, label in _entries(directory)
    )


def formulas(version: QuestionnaireVersion) -> Mapping[str, Formula]:
    """Those that the questionnaire can answer, by code, whatever it calls what they read."""
    directory, compiled = Path(settings.DATA_DIR), get_compiled(version)
    known = _as_written(directory, compiled)
    if len(known) == len(_entries(directory)):
        return known
    return _formulas(directory, compiled, tuple(sorted(codes_elsewhere(version).items())))


@lru_cache(maxsize=16)
def _as_written(directory: Path, compiled: Compiled) -> Mapping[str, Formula]:
    return _formulas(directory, compiled, ())


@lru_cache(maxsize=32)
def _formulas(directory: Path, compiled: Compiled, codes: tuple[tuple[str, str], ...]) -> Mapping[str, Formula]:
    found = {}
    for entry, _ in _entries(directory):
        try:
            read = read_entries([(as_asked(entry, dict(codes)), "fiche.yaml", 0)], compiled.questionnaire)
        except DefinitionErrors:
            # That year did not ask what the formula needs: the fiche has a gap there, and says so.
            continue
        for indicator in read:
            found[indicator.code] = _formula(indicator, compiled.questionnaire)
    return found


def _formula(indicator: Indicator, questionnaire: Questionnaire) -> Formula:
    expressions = [e for e in (indicator.formula, indicator.denominator, indicator.population) if e is not None]
    return Formula(
        indicator=indicator,
        numerator=compile_tree(indicator.formula.tree),
        denominator=compile_tree(indicator.denominator.tree) if indicator.denominator else None,
        population=compile_tree(indicator.population.tree) if indicator.population else None,
        fields=fields_behind(expressions, questionnaire),
    )


@lru_cache(maxsize=4)
def _entries(directory: Path) -> tuple[tuple[dict[str, Any], str], ...]:
    wanted = yaml.safe_load((directory / "fiche.yaml").read_text(encoding="utf-8"))["indicators"]
    defined = {entry["code"]: entry for entry in entries_of(directory / "indicators")}
    unknown = sorted(set(wanted) - set(defined))
    if unknown:
        raise ValueError(f"fiche.yaml: no such indicator: {', '.join(unknown)}")
    return tuple((defined[code], str(label)) for code, label in wanted.items())
