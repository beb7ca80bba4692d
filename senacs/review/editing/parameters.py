"""Parameters of the control as data (data/controls/<year>.yaml): what is atypical, which totals must not move."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from senacs.questionnaire.engine.schema import Field

METHODS = ("ratio", "fence", "vanished")


class ParametersError(ValueError):
    """What is wrong in a file of parameters, in French, one line each in `errors`."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Method:
    """How one indicator is looked at.

    `exponent`, `centre` and `width` are U, A and C of Hidiroglou and Berthelot: the weight of large values, the least
    half-width as a share of the median, and how many half-widths are ordinary. `fence` counts interquartile ranges of
    the logarithms, `floor` is the least such range. A change smaller than `smallest` (in the field's unit) is ordinary.
    """

    methods: tuple[str, ...] = METHODS
    exponent: float = 0.4
    centre: float = 0.05
    width: float = 12.0
    fence: float = 2.5
    floor: float = 0.25
    smallest: float = 20.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """`sizes` classes of size, from the median rank over `size_from`; a group of peers has at least `minimum` values.

    `key_totals` are the codes whose published totals the ranking protects; review may stop when what remains moves
    none of them by more than `stop_at` percent.
    """

    default: Method = field(default_factory=Method)
    by_kind: Mapping[str, Method] = field(default_factory=dict)
    by_code: Mapping[str, Method] = field(default_factory=dict)
    size_from: tuple[str, ...] = ()
    sizes: int = 3
    minimum: int = 12
    key_totals: tuple[str, ...] = ()
    stop_at: float = 1.0
    silence_days: int = 15

    def of(self, definition: Field) -> Method:
        """The method of one field: its own, else that of its kind, else the default."""
        return self.by_code.get(definition.code) or self.by_kind.get(definition.kind.value) or self.default


def load_parameters(path: Path, definitions: Mapping[str, Field]) -> Parameters:
    """Reads a file against the fields of a questionnaire; raises ParametersError with every error found."""
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return parameters_of(document, definitions, name=path.name)


def parameters_of(document: Mapping[str, Any], definitions: Mapping[str, Field], *, name: str = "") -> Parameters:
    """The parameters that a document describes; the same errors as `load_parameters`."""
    errors: list[str] = []
    known = {"default", "kinds", "indicators", "peers", "key_totals", "stop_at", "silence_days"}
    errors += [f"{name} : « {key} » n’est pas un réglage." for key in document.keys() - known]
    default = _method(Method(), document.get("default", {}), f"{name}, default", errors)
    peers = document.get("peers", {})
    named = dict.fromkeys(document.get("indicators", {}), f"{name}, indicators")
    named |= dict.fromkeys(peers.get("size_from", []), f"{name}, peers")
    named |= dict.fromkeys(document.get("key_totals", []), f"{name}, key_totals")
    for code, where in named.items():
        if code not in definitions:
            errors.append(f"{where} : le questionnaire n’a pas de champ « {code} ».")
        elif not definitions[code].kind.is_numeric:
            errors.append(f"{where} : « {code} » n’est pas un nombre.")
    by_kind = {
        kind: _method(default, given, f"{name}, kinds, {kind}", errors)
        for kind, given in document.get("kinds", {}).items()
    }
    by_code = {}
    for code, given in document.get("indicators", {}).items():
        base = by_kind.get(definitions[code].kind.value, default) if code in definitions else default
        by_code[code] = _method(base, given, f"{name}, indicators, {code}", errors)
    if errors:
        raise ParametersError(errors)
    return Parameters(
        default=default,
        by_kind=by_kind,
        by_code=by_code,
        size_from=tuple(peers.get("size_from", ())),
        sizes=int(peers.get("sizes", 3)),
        minimum=int(peers.get("minimum", 12)),
        key_totals=tuple(document.get("key_totals", ())),
        stop_at=float(document.get("stop_at", 1.0)),
        silence_days=int(document.get("silence_days", 15)),
    )


def _method(base: Method, given: Mapping[str, Any], where: str, errors: list[str]) -> Method:
    known = {f.name for f in fields(Method)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            errors.append(f"{where} : « {key} » n’est pas un réglage.")
        elif key == "methods":
            values[key] = tuple(value)
            errors += [f"{where} : « {m} » n’est pas une méthode." for m in values[key] if m not in METHODS]
        elif not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            errors.append(f"{where} : « {key} » doit être un nombre positif.")
        else:
            values[key] = float(value)
    return replace(base, **values)
