"""The real questionnaire of 2026, asked of a plausible structure that answered last year.

The sheets are those of `tests/data`: what a centre social and an EVS would write down before they begin.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.demo.services import past_document
from senacs.lib import clock
from senacs.questionnaire.engine.loader import from_document, load_directory, to_document
from senacs.questionnaire.engine.schema import Field, Questionnaire
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, parse_input, to_json
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.enums import Gestion, StructureKind
from senacs.structures.facts import facts_of
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

SHEETS = Path(__file__).parent / "data"
SHEET_OF = {StructureKind.EVS: "typical_evs", StructureKind.CENTRE_SOCIAL: "typical_centre_social"}


@cache
def questionnaire() -> Questionnaire:
    return load_directory(Path(settings.DATA_DIR) / "questionnaires" / "2026")


@cache
def last_questionnaire() -> Questionnaire:
    return from_document(past_document(questionnaire(), 1))


@cache
def document(kind: StructureKind) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((SHEETS / f"{SHEET_OF[kind]}.yaml").read_text(encoding="utf-8"))
    return loaded


def flat(written: Mapping[str, Any]) -> dict[str, Any]:
    """`salaries: {direction: 1}` names the field salaries_direction."""
    found: dict[str, Any] = {}
    for code, value in written.items():
        found |= {f"{code}_{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {code: value}
    return found


def sheet_of(kind: StructureKind) -> dict[str, Value]:
    """The written sheet of this year: a value by field code."""
    return _read(questionnaire().fields, flat(document(kind)["values"]))


def _read(fields: Mapping[str, Field], written: Mapping[str, Any]) -> dict[str, Value]:
    found = {}
    for code, raw in written.items():
        value = parse_input(fields[code], raw if isinstance(raw, list) else str(raw))
        if value is not None:
            found[code] = value
    return found


def as_stored(field: Field, value: Value) -> Any:
    return None if value is NOT_CONCERNED else to_json(field, value)


def make_version(source: Questionnaire) -> QuestionnaireVersion:
    version, _ = QuestionnaireVersion.objects.get_or_create(
        code=source.code,
        defaults={
            "year": source.year,
            "data_year": source.data_year,
            "title": source.title,
            "document": to_document(source),
            "checksum": source.checksum,
            "loaded_at": clock.now(),
        },
    )
    return version


@dataclass(frozen=True)
class RealYear:
    """A structure in the middle of the survey: its people, this year's empty response, last year's validated one."""

    cast: Cast
    kind: StructureKind
    response: Response
    last: Response

    @property
    def fields(self) -> Mapping[str, Field]:
        return questionnaire().fields


def describe(structure: Structure, sheet: Mapping[str, Any]) -> None:
    """The register says what the sheet says of the structure."""
    structure.catchment_population = sheet["population_zone"]
    structure.territory_size = sheet["territoire_taille"]
    structure.is_multi_site, structure.is_itinerant = sheet["multi_sites"], sheet["itinerante"]
    structure.is_travellers = sheet["gens_du_voyage"]
    structure.project_axes = [sheet[f"axe_{number}"] for number in range(1, 6) if f"axe_{number}" in sheet]
    structure.save()


def make_real_year(kind: StructureKind = StructureKind.EVS, *, is_described: bool = False) -> RealYear:
    """With `is_described`, the register knows of the structure what its own pages show."""
    cast = factories.make_cast()
    context = document(kind)["context"]
    structure = cast.structure
    structure.kind = kind
    structure.gestion = Gestion(context["structure_gestion"])
    structure.territory_type = context["structure_territoire"]
    structure.priority_geography = "qpv" if context["structure_qpv"] else "aucune"
    structure.is_fcsf_member = context["structure_fcsf"]
    structure.save()
    if is_described:
        describe(structure, sheet_of(kind))
    former = factories.make_campaign(version=make_version(last_questionnaire()))
    fields = last_questionnaire().fields
    written = flat(document(kind)["values"]) | flat(document(kind)["previous"])
    values = _read(fields, {code: raw for code, raw in written.items() if code in fields})
    last = factories.make_response(
        structure=structure,
        campaign=former,
        values={code: as_stored(fields[code], value) for code, value in values.items()},
        state=ResponseState.VALIDATED,
        by=cast.responsable,
    )
    campaign = factories.make_campaign(version=make_version(questionnaire()))
    response = factories.make_response(structure=structure, campaign=campaign)
    if is_described:
        response.invited.facts = facts_of(structure, clock.today())
        response.invited.save()
    return RealYear(cast, kind, response, last)
