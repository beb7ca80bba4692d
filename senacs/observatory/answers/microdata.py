"""Microdata: the columnar snapshot of a campaign's validated responses, private, read by releases and logged extracts.

Three files a snapshot, in a folder of settings.MICRODATA_DIR: responses.parquet, one row per validated response,
invited.parquet, one row per structure asked, and choices.json, the groupings and the waivers that stood that day. Rows
are in order of structure code: same data, same bytes.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from django.conf import settings

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.documents import context_of, read_document
from senacs.collection.enums import AbsenceKind, ResponseState
from senacs.collection.models import Response
from senacs.observatory import frozen_files
from senacs.observatory.answers.groupings import standing_groupings
from senacs.observatory.answers.waivers import waiving
from senacs.observatory.definitions.publication_plan import GROUPING
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX, PREVIOUS_SUFFIX
from senacs.questionnaire.engine.schema import Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env, Value
from senacs.questionnaire.queries import get_compiled
from senacs.review.queries import waivers_of
from senacs.structures.enums import PriorityGeography

RESPONSES = "responses.parquet"
INVITED = "invited.parquet"
CHOICES = "choices.json"
# Which rule hides each hidden cell of a release: for who holds the answers, never published.
FATES = "fates.parquet"
WAIVES = "waives"
OUT_OF_SCOPE = "is_out_of_scope"
_CHUNK = 500

DIMENSIONS: dict[str, pl.DataType] = {
    "structure": pl.String(),
    "kind": pl.String(),
    "gestion": pl.String(),
    "commune": pl.String(),
    "epci": pl.String(),
    "departement": pl.String(),
    "region": pl.String(),
    "territory_type": pl.String(),
    "qpv": pl.Boolean(),
    "fcsf": pl.Boolean(),
    "gestionnaire_key": pl.String(),
}
# What the Copil and the structures decided beside the register, as snapshots that lack it are read.
DECIDED: dict[str, str | bool] = {GROUPING: "", WAIVES: False}
# Declared values stay exact in the database; a snapshot serves sums and quantiles, in binary floating point.
_TYPES: dict[Kind, pl.DataType] = {
    Kind.INTEGER: pl.Int64(),
    Kind.AMOUNT: pl.Int64(),
    Kind.DECIMAL: pl.Float64(),
    Kind.PERCENT: pl.Float64(),
    Kind.YES_NO: pl.Boolean(),
    Kind.CHOICE: pl.String(),
    Kind.MULTIPLE: pl.List(pl.String()),
    Kind.TEXT: pl.String(),
    Kind.LONG_TEXT: pl.String(),
    Kind.DATE: pl.Date(),
}
T = TypeVar("T")


def folder(name: str) -> Path:
    """Where the snapshot of that name stands: the name of a release, or the year of the campaign."""
    return Path(settings.MICRODATA_DIR) / name


def write_snapshot(campaign: Campaign, *, name: str | None = None, counted: str | None = None) -> Path:
    """Writes both files of the campaign's snapshot and returns the path of responses.parquet.

    counted: the snapshot of a release that readers have; what it counts stays as it was, late answers are added.
    The folder appears complete or not at all. Computed fields are included, hidden fields are unanswered. Memory
    holds the columns, never all the documents at once.
    """
    target = folder(name or str(campaign.year))
    built = target.with_name(f".{target.name}.partial")
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    compiled = get_compiled(campaign.version)
    schema = response_schema(compiled)
    chunks = [pl.DataFrame(columns, schema=schema) for columns in _response_columns(campaign, compiled, schema)]
    responses = pl.concat(chunks) if chunks else pl.DataFrame(schema=schema)
    before = pl.read_parquet(folder(counted) / RESPONSES) if counted else responses.clear()
    responses = pl.concat(
        [
            before.select(list(schema)),
            responses.filter(~pl.col("structure").is_in(before["structure"].implode())),
        ]
    ).sort("structure")
    choices = _choices(campaign, responses, before)
    frozen_files.write_parquet(responses.with_columns(decided(choices)), built / RESPONSES)
    frozen_files.write_json(choices, built / CHOICES)
    frozen_files.write_parquet(invited_frame(campaign), built / INVITED)
    frozen_files.install(built, target)
    return target / RESPONSES


def read_choices(name: str) -> dict[str, list[dict[str, Any]]]:
    """groupings: see `standing_groupings`; waivers: structure and name of each respondent that waives secrecy;
    rule_waivers: the blocking rules set aside by pairs of correspondents, and why.
    """
    path = folder(name) / CHOICES
    found: dict[str, list[dict[str, object]]] = {"groupings": [], "waivers": [], "rule_waivers": []}
    return found | json.loads(path.read_text(encoding="utf-8")) if path.exists() else found


def _choices(campaign: Campaign, responses: pl.DataFrame, before: pl.DataFrame) -> dict[str, object]:
    """Of those who were counted before, who waived then waives still, and nobody else: figures were protected so."""
    counted = set(before["structure"])
    waived = set(before.filter(pl.col(WAIVES))["structure"]) if WAIVES in before.columns else set[str]()
    waivers = (waiving(campaign) & set(responses["structure"]) - counted) | waived
    names = InvitedStructure.objects.filter(campaign=campaign, structure__code__in=waivers).order_by("structure__code")
    return {
        "groupings": standing_groupings(),
        "waivers": [{"structure": code, "name": name} for code, name in names.values_list("structure__code", "name")],
        "rule_waivers": [{"rule": w.rule_code, "reason": w.reason} for w in waivers_of(campaign)],
    }


def decided(choices: Mapping[str, Any]) -> list[pl.Expr]:
    """The columns that people decide: the grouping of a structure's commune, and whether it waives secrecy."""
    places = {commune: grouping["code"] for grouping in choices["groupings"] for commune in grouping["communes"]}
    waivers = [waiver["structure"] for waiver in choices["waivers"]]
    return [
        pl.col("commune").replace_strict(places, default="", return_dtype=pl.String).alias(GROUPING),
        pl.col("structure").is_in(waivers).alias(WAIVES),
    ]


def response_schema(compiled: Compiled) -> dict[str, pl.DataType]:
    """Columns of responses.parquet: dimensions, then each field with its companions."""
    schema = dict(DIMENSIONS)
    for field in compiled.questionnaire.fields.values():
        # What is computed over counts may have decimals.
        schema[field.code] = pl.Float64() if field.is_computed and field.kind.is_numeric else _TYPES[field.kind]
        schema[field.code + NOT_CONCERNED_SUFFIX] = pl.Boolean()
        if field.previous_code:
            schema[field.code + PREVIOUS_SUFFIX] = schema[field.code]
    return schema


def invited_frame(campaign: Campaign) -> pl.DataFrame:
    """One row per structure asked: dimensions, whether its response is validated, whether it left the field since."""
    invited = (
        InvitedStructure.objects.filter(campaign=campaign)
        .select_related("structure", "response__absence")
        .order_by("structure__code")
    )
    rows = [
        {**dimensions(i), "is_validated": _is_validated(response), OUT_OF_SCOPE: _is_out_of_scope(response)}
        for i in invited
        for response in [getattr(i, "response", None)]
    ]
    return pl.DataFrame(rows, schema={**DIMENSIONS, "is_validated": pl.Boolean(), OUT_OF_SCOPE: pl.Boolean()})


def in_scope(invited: pl.DataFrame) -> pl.DataFrame:
    """The structures asked that the figures speak of: closed, merged or without agrément, one is neither silent nor
    estimated; who declines is silent.
    """
    return invited.filter(~pl.col(OUT_OF_SCOPE)) if OUT_OF_SCOPE in invited.columns else invited


def _is_validated(response: Response | None) -> bool:
    return response is not None and response.state == ResponseState.VALIDATED


def _is_out_of_scope(response: Response | None) -> bool:
    absence = getattr(response, "absence", None)
    return absence is not None and absence.kind == AbsenceKind.OUT_OF_SCOPE and not _is_validated(response)


def dimensions(invited: InvitedStructure) -> dict[str, object]:
    """What tables are crossed by, as the register said on the day of the invitation."""
    geography = invited.priority_geography
    return {
        "structure": invited.structure.code,
        "kind": invited.kind,
        "gestion": invited.gestion,
        "commune": invited.commune_code,
        "epci": invited.epci_code,
        "departement": invited.departement_code,
        "region": invited.region_code,
        "territory_type": invited.territory_type,
        "qpv": geography == PriorityGeography.QPV if geography else None,
        "fcsf": invited.is_fcsf_member,
        "gestionnaire_key": invited.gestionnaire_key,
    }


def _response_columns(
    campaign: Campaign, compiled: Compiled, schema: Mapping[str, pl.DataType]
) -> Iterator[dict[str, list[Any]]]:
    """Chunks of rows, turned into columns."""
    validated = (
        Response.objects.filter(campaign=campaign, state=ResponseState.VALIDATED)
        .select_related("structure", "invited__structure")
        .order_by("structure__code")
    )
    for chunk in _chunks(validated.iterator(chunk_size=_CHUNK), _CHUNK):
        before = _previous_values(campaign, compiled, chunk)
        columns: dict[str, list[Any]] = {name: [] for name in schema}
        for response in chunk:
            row = _row(response, before.get(response.structure_id, {}), compiled)
            for name, column in columns.items():
                column.append(row.get(name))
        yield columns


def _row(response: Response, previous: Env, compiled: Compiled) -> dict[str, object]:
    answers = read_document(compiled.questionnaire.fields, response.values)
    row = dimensions(response.invited)
    for suffix, environment in (
        ("", compiled.complete(answers, context_of(response.invited), previous)),
        (PREVIOUS_SUFFIX, previous),
    ):
        for code, value in environment.items():
            if value is not NOT_CONCERNED:
                row[code + suffix] = _plain(value)
            elif not suffix:
                row[code + NOT_CONCERNED_SUFFIX] = True
    return row


def _plain(value: Value) -> Any:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value) if isinstance(value, Decimal) else value
    return list(value) if isinstance(value, tuple) else value


def _previous_values(campaign: Campaign, compiled: Compiled, chunk: Sequence[Response]) -> dict[int, Env]:
    """Last year's completed values under this year's codes, by structure; one query a chunk."""
    earlier = (
        Response.objects.filter(
            campaign__version__data_year=campaign.data_year - 1,
            state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
            structure__in=[response.structure_id for response in chunk],
        )
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("campaign__year")
    )
    found: dict[int, Env] = {}
    for response in earlier:
        last_year = get_compiled(response.campaign.version)
        answers = read_document(last_year.questionnaire.fields, response.values)
        completed = last_year.complete(answers, context_of(response.invited), {})
        found[response.structure_id] = compiled.previous_env(completed)
    return found


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
