"""The true answers that the attack from outside is compared with: one column a published variable."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from senacs.disclosure.attacker.outside.files import read_frame
from senacs.disclosure.tables import SpecificationError
from senacs.observatory.answers.microdata import RESPONSES
from senacs.observatory.definitions import indicators
from senacs.observatory.definitions.publication_plan import Classes, Dimension, Plan, Rules
from senacs.observatory.figures import measures
from senacs.observatory.frozen_files import METHODOLOGY
from senacs.questionnaire.engine.loader import from_document, load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.models import QuestionnaireVersion

# What an entry of indicators may say, as the method note tells it.
_ENTRY = ("code", "label", "definition", "theme", "kind", "formula", "unit", "decimals", "denominator", "population")


def truth_of(release: Path, path: Path, questionnaire: Path | None = None) -> pl.DataFrame:
    """One row a structure that answered, one column a variable; raw answers are measured by the note's formulas.

    Without `questionnaire`, it is the one that the database knows under the checksum of the note.
    """
    frame = read_frame(path, release.name, RESPONSES)
    note = json.loads((release / METHODOLOGY).read_text(encoding="utf-8"))
    if "kind" not in frame.columns:
        # Not answers as declared: what they add up to already, one column a variable.
        return frame
    known = load_directory(questionnaire) if questionnaire else _from_database(note["questionnaire"]["checksum"])
    entries = [
        {key: entry[key] for key in _ENTRY if entry.get(key) not in (None, "")}
        | {"key": entry["key"], "sensitive": entry["sensitive"]}
        for entry in note["indicators"]
    ]
    read = indicators.read_entries([(entry, METHODOLOGY, row) for row, entry in enumerate(entries)], known)
    units, _ = measures.evaluate(frame, read, known)
    return measures.with_classes(units, _classed(note))


def _classed(note: dict[str, Any]) -> Plan:
    """The dimensions of the note that follow from what was declared."""
    dimensions = note["plan"]["dimensions"]
    found = {
        code: Dimension(
            code,
            entry["label"],
            {name: entry["modalities"][name] for name in entry.get("order", entry["modalities"])},
            Classes(entry["classes"]["indicator"], tuple(entry["classes"]["starts"])),
        )
        for code, entry in dimensions.items()
        if entry.get("classes")
    }
    return Plan(found, (), Rules())


def _from_database(checksum: str) -> Questionnaire:
    version = QuestionnaireVersion.objects.filter(checksum=checksum).first()
    if version is None:
        raise SpecificationError("Le questionnaire de la publication est inconnu ici : donnez « --questionnaire ».")
    return from_document(version.document)
