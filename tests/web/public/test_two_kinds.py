"""No surface of a release gives one mean over centres sociaux and espaces de vie sociale together."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from senacs.collection.models import Response
from senacs.observatory import frozen_files
from senacs.observatory.answers import microdata
from senacs.observatory.definitions.statistics import PER_STRUCTURE
from senacs.observatory.models import Release
from senacs.publication.charts import Unit
from senacs.publication.documents.plaquettes import compose_plaquette
from senacs.publication.documents.question_tables import tables_by_question
from senacs.publication.trames import load_trame
from senacs.territories.queries import get_territory
from tests import factories
from tests.observatory.conftest import make_survey
from tests.web.public.conftest import folders, publish
from tests.web.public.test_views import text_of

PLACES = (("france", "FR"), ("region", "84"), ("departement", "26"))
TRAME = """code: essai
title: Deux types
level: departement
blocks:
  - {kind: couverture}
  - {kind: chiffres_cles, title: Essentiel}
  - kind: chapitre
    title: Moyens
    theme: finances
    figures: [budget_total, salaries_moyens]
    visuals:
      - {kind: comparaison, title: Budget par structure, indicator: budget_total}
      - {kind: comparaison, title: Salariés, indicator: salaries_moyens}
  - {kind: territoires, title: Territoires, figures: [salaries_moyens, budget_total]}
  - {kind: fiche_nationale, title: Fiche}
  - {kind: annexe, title: Annexe}
"""


def mixed_means(release: Release) -> dict[tuple[str, str, str], list[str]]:
    """How the mean of all structures of a place would be written, by place and column."""
    answers = pl.read_parquet(microdata.folder(release.name) / microdata.RESPONSES)
    found = {}
    for level, code in PLACES:
        here = answers if level == "france" else answers.filter(pl.col(level) == code)
        for column, unit, decimals in (("budget_total", "€", 0), ("salaries_total", "personnes", 1)):
            values = here[column].drop_nulls().cast(pl.Float64)
            by_kind = [here.filter(kind=kind)[column].cast(pl.Float64).mean() for kind in ("CS", "EVS")]
            written = {words for value in by_kind for words in as_written(value, unit, decimals)}
            mixed = {w for value in (values.mean(), values.median()) for w in as_written(value, unit, decimals)}
            # Where both read alike nothing is told: the figures of this survey differ by kind.
            found[level, code, column] = sorted(mixed - written)
            assert found[level, code, column], (level, code, column)
    return found


def as_written(value: Any, unit: str, decimals: int) -> set[str]:
    told = Unit(unit, decimals)
    return {squeezed(told.full(value)), squeezed(str(told.abbreviated(value)))}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text.replace("&nbsp;", "").replace("\u202f", "").replace("\u00a0", ""))


def leaves(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for value in document.values():
            yield from leaves(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from leaves(value)
    elif document is not None:
        yield str(document)


@pytest.fixture
def apart(db: None, settings: Any, tmp_path: Path) -> Release:
    """The release of a survey in which an espace de vie sociale has a tenth of what a centre has."""
    folders(settings, tmp_path)
    campaign = make_survey()
    small = list(Response.objects.filter(campaign=campaign, invited__kind="EVS"))
    for i, response in enumerate(small):
        budget = {"budget_caf": 8_000 + 50 * i, "budget_autres": 12_000 + 50 * i, "budget_total": 20_000 + 100 * i}
        few = {"salaries_total": 1 + i % 3, "etp_total": "1.5"}
        response.values |= {code: factories.stored(value) for code, value in (budget | few).items()}
    Response.objects.bulk_update(small, ["values"])
    return publish(campaign)


def surfaces(client: Client, release: Release, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Everything that a reader of the release is shown of the places: (where, text)."""
    yield "/", text_of(client.get("/"))
    for level, code in PLACES:
        at = reverse("territory", kwargs={"level": level, "code": code})
        pages = [at, *(f"{at}{theme}/{par}" for theme in ("emplois", "finances") for par in ("", "?par=gestion"))]
        for page in pages:
            response = client.get(page)
            assert response.status_code == 200, page
            yield page, text_of(response)
        place = get_territory(level, code)
        assert place is not None
        yield f"tables of {code}", " ".join(leaves(as_plain(tables_by_question(release=release, territory=place))))
    trame = tmp_path / "essai.yaml"
    trame.write_text(TRAME, encoding="utf-8")
    for level, code in PLACES:
        document = compose_plaquette(release=release, level=level, code=code, trame=load_trame(trame))
        yield f"plaquette of {code}", " | ".join(leaves(document))


def as_plain(tables: Any) -> Any:
    return [
        [line.label, line.statistic, *(figure.text for figure in line.figures)]
        for section in tables.sections
        for question in section.questions
        for line in question.lines
    ]


@pytest.mark.slow
def test_no_surface_of_a_release_tells_one_mean_of_two_kinds(client: Client, apart: Release, tmp_path: Path) -> None:
    forbidden = {words for told in mixed_means(apart).values() for words in told}
    seen = 0
    for where, text in surfaces(client, apart, tmp_path):
        seen += "centres sociaux" in text
        told = squeezed(text)
        assert not [w for w in forbidden if re.search(rf"(?<![\d,]){re.escape(w)}", told)], where
    assert seen > 12
    cells = pl.read_parquet(apart.directory / frozen_files.CELLS_PARQUET)
    means = cells.filter(pl.col("statistic").is_in(list(PER_STRUCTURE)))
    assert len(means) and not len(means.filter(pl.col("kind") == ""))
    text = gzip.decompress((apart.directory / "cells.csv.gz").read_bytes()).decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["statistic"] in PER_STRUCTURE]
    assert rows and all(row["kind"] in {"CS", "EVS"} for row in rows)
