"""The exercises of the training ground, read from data/formation, and the fictitious structures that they speak of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from senacs.training.enums import ExerciseStage

SOURCE: Path = Path(settings.DATA_DIR) / "formation" / "exercices.yaml"


@dataclass(frozen=True, slots=True)
class FictitiousStructure:
    code: str
    name: str
    kind: str
    standing: ExerciseStage


@dataclass(frozen=True, slots=True)
class Exercise:
    """`expected`: what is to be typed, by field code, for an entry; `decisions` and `right` for a control.

    `values` and `previous` are what the fictitious structure declares and declared, by field code of the questionnaire.
    """

    code: str
    title: str
    structure: FictitiousStructure
    story: str
    explanation: str
    expected: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str | int] = field(default_factory=dict)
    previous: Mapping[str, str | int] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    right: str = ""
    becomes: ExerciseStage | None = None

    @property
    def is_entry(self) -> bool:
        return bool(self.expected)

    @property
    def codes(self) -> frozenset[str]:
        """The fields of the questionnaire that it stands on."""
        return frozenset(self.expected) | frozenset(self.values) | frozenset(self.previous)


@dataclass(frozen=True, slots=True)
class Course:
    territories: tuple[str, ...]
    structures: tuple[FictitiousStructure, ...]
    entries: tuple[Exercise, ...]
    controls: tuple[Exercise, ...]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return (*self.entries, *self.controls)


@cache
def course() -> Course:
    return read_course(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def read_course(source: Mapping[str, Any]) -> Course:
    """KeyError or ValueError for a source that speaks of a structure or of a state that does not exist."""
    known = {
        code: FictitiousStructure(code, row["nom"], row["type"], ExerciseStage(row["etat"]))
        for code, row in source["structures"].items()
    }
    return Course(
        territories=tuple(source["territoires"]),
        structures=tuple(known.values()),
        entries=tuple(_exercise(row, known) for row in source["saisies"]),
        controls=tuple(_exercise(row, known) for row in source["controles"]),
    )


def _exercise(row: Mapping[str, Any], known: Mapping[str, FictitiousStructure]) -> Exercise:
    exercise = Exercise(
        code=row["code"],
        title=row["titre"],
        structure=known[row["structure"]],
        story=row["recit"],
        explanation=row["explication"],
        expected=row.get("attendu", {}),
        values=row.get("valeurs", {}),
        previous=row.get("avant", {}),
        decisions=row.get("decisions", {}),
        right=row.get("bon", ""),
        becomes=ExerciseStage(row["devient"]) if "devient" in row else None,
    )
    if not exercise.is_entry and exercise.right not in exercise.decisions:
        raise ValueError(f"{exercise.code}: the right decision is none of those offered")
    return exercise
