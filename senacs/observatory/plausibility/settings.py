"""What is watched before a signature, and from which gap on: data/plausibility.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LEVELS = ("france", "region", "departement")


class SettingsError(ValueError):
    """data/plausibility.yaml cannot be used; the message, in French, says what is wrong."""


@dataclass(frozen=True, slots=True)
class PlausibilitySettings:
    """`watched`: codes of indicators; `scales`: fields that tell how large a structure is; `companions`: fields that go
    together; `funders`: amounts that add up to `budget`.

    `together` maps a level to the move, in percent of a figure, above which its doubtful responses together stop a
    signature; `alone` is that of one doubtful response at any level. `moved` is the gap to the last release, in
    percent, from which a figure stands first in the list.
    """

    watched: tuple[str, ...]
    scales: tuple[str, ...]
    companions: tuple[tuple[str, str], ...]
    funders: tuple[str, ...]
    budget: str
    together: dict[str, float]
    alone: float
    moved: float

    @property
    def size_pair(self) -> tuple[str, str]:
        """The two scales that move together when a whole gestionnaire was declared instead of one structure."""
        return self.scales[0], self.scales[1]


@cache
def load_plausibility(path: Path) -> PlausibilitySettings:
    """Reads and checks the file. Raises SettingsError."""
    return plausibility_of(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)


def plausibility_of(document: Any, name: str) -> PlausibilitySettings:
    """The settings that a document holds. Raises SettingsError, naming what is missing."""
    if not isinstance(document, dict):
        raise SettingsError(f"{name} : des réglages sont attendus.")
    gates = document.get("gates") or {}
    levels = gates.get("together") or {}
    missing = [key for key in ("watched", "scales", "budget", "moved") if not document.get(key)]
    missing += [f"gates.together.{level}" for level in _LEVELS if not levels.get(level)]
    missing += [] if gates.get("alone") else ["gates.alone"]
    if missing:
        raise SettingsError(f"{name} : il manque {', '.join(missing)}.")
    if len(document["scales"]) < 2:
        raise SettingsError(f"{name} : deux échelles au moins disent la taille d’une structure.")
    pairs = [tuple(pair) for pair in document.get("companions", ())]
    if any(len(pair) != 2 for pair in pairs):
        raise SettingsError(f"{name} : des champs compagnons vont par deux.")
    return PlausibilitySettings(
        watched=tuple(document["watched"]),
        scales=tuple(document["scales"]),
        companions=tuple((first, second) for first, second in pairs),
        funders=tuple(document.get("funders", ())),
        budget=document["budget"],
        together={level: float(levels[level]) for level in _LEVELS},
        alone=float(gates["alone"]),
        moved=float(document["moved"]),
    )
