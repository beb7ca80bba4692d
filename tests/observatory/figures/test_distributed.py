"""The aggregation runs unchanged on a distributed engine, through Spark's own protocol, and gives the same cells."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from senacs.observatory.answers.microdata import response_schema
from senacs.observatory.definitions.indicators import load
from senacs.observatory.definitions.publication_plan import Plan, load_plan
from senacs.observatory.figures.cells import Measure, aggregate, rounded
from senacs.observatory.figures.measures import evaluate
from senacs.questionnaire.queries import get_compiled
from tests import factories
from tests.observatory.conftest import answers

pytest.importorskip("pysail.spark", reason="make test installs the distributed engine (group « distributed »)")
pytestmark = pytest.mark.slow

KINDS = ("total", "share", "ratio", "density", "distribution", "median")


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The publication plan of the project itself: every table of a real release."""
    return load_plan(Path(__file__).parents[3] / "data" / "plan.yaml")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A cluster of Sail in this process: a driver, workers, data shuffled between them."""
    from pysail.spark import SparkConnectServer

    with pytest.MonkeyPatch.context() as patch:
        # The client alone is installed; at its import it looks for a Spark of its own, that it never starts.
        patch.setenv("SPARK_HOME", sys.prefix)
        from pyspark.sql import SparkSession

        patch.setenv("SAIL_MODE", "local-cluster")
        patch.setenv("RUST_LOG", "error")
        server = SparkConnectServer()
        server.start()
        _, port = server.listening_address
        session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
        yield session
        session.stop()
        server.stop()


def units(plan: Plan) -> tuple[pl.DataFrame, list[Measure]]:
    """400 structures that answer unevenly, some without EPCI; values with decimals, whose sums fall on halves."""
    rows = range(400)
    columns: dict[str, list[Any]] = {
        "departement": [f"{i * i % 7:02}" for i in rows],
        "region": [f"R{i * i % 7 % 3}" for i in rows],
        "epci": [f"E{i % 23}" if i % 5 else "" for i in rows],
        "groupement": [f"01-{i % 3}" if i % 7 == 0 else "" for i in rows],
        "etp/=total": [None if i % 11 == 0 else (i * 37 % 100) / 4 + 0.1 for i in rows],
        "caf": [None if i % 13 == 0 else float(i * 53 % 977) for i in rows],
        "caf/": [None if i % 13 == 0 else float(1000 + i) for i in rows],
        "clas": [None if i % 17 == 0 else float(i % 3 == 0) for i in rows],
        "nobody": [1.0 if i == 3 else None for i in rows],
    }
    for step, dimension in enumerate(plan.dimensions.values(), start=2):
        codes = list(dimension.modalities)
        columns[dimension.code] = [codes[i // step % len(codes)] for i in rows]
    found = [
        Measure("etp", "total", "etp/=total", decimals=0, is_key=True),
        Measure("clas", "share", "clas"),
        Measure("part_caf", "ratio", "caf", denominator="caf/", scale=100, decimals=1, is_key=True),
        Measure("densite", "density", "etp/=total", decimals=2),
        Measure("themes", "distribution", "clas", modality="a"),
        Measure("rare", "median", "nobody"),
    ]
    # One column a measure: the key of a cell names its column.
    for measure in found[3:5]:
        columns[measure.indicator] = columns[measure.column]
    found[3:5] = [
        Measure("densite", "density", "densite", decimals=2),
        Measure("themes", "distribution", "themes", modality="a"),
    ]
    assert {m.kind for m in found} == set(KINDS)
    return pl.DataFrame(columns), found


def test_cells_are_the_same_on_a_cluster(plan: Plan, spark: Any) -> None:
    frame, found = units(plan)
    populations = {("france", "FR"): 68_000_000, ("departement", "01"): 650_000}
    distributed = spark.createDataFrame(frame.to_arrow()).repartition(4)
    here = aggregate(frame.lazy(), found, plan, populations=populations)
    there = aggregate(distributed, found, plan, populations=populations)

    assert len(here) > 500
    assert set(here["level"]) == set(plan.levels)
    assert here.drop("value").equals(there.drop("value"))
    assert (here["value"] - there["value"]).abs().max() < 1e-9
    assert rounded(here, found, plan.rules).equals(rounded(there, found, plan.rules))
    # What the comparison rests on: sums, exact quantiles, ratios and densities are there.
    assert {"sum", "q1", "median", "q3", "ratio", "density", "share"} <= set(there["statistic"])


@pytest.mark.django_db
def test_formulas_need_one_row_at_a_time(data_dir: Path) -> None:
    """What comes before the aggregation may run on each partition of the responses, wherever they are."""
    questionnaire = get_compiled(factories.make_questionnaire()).questionnaire
    indicators = load(data_dir / "indicators", questionnaire)
    structures, rows = [f"S{i}" for i in range(90)], [answers(i) for i in range(90)]
    schema = response_schema(get_compiled(factories.make_questionnaire()))
    plain = {"structure": structures, **{name: [row.get(name) for row in rows] for name in rows[1]}}
    plain["etp_total"] = [float(row["etp_total"]) for row in rows]
    responses = pl.DataFrame({n: plain.get(n, [None] * 90) for n in schema}, schema=schema)
    whole, measures = evaluate(responses, indicators, questionnaire)
    parts = pl.concat(evaluate(part, indicators, questionnaire)[0] for part in responses.iter_slices(17))
    assert whole.equals(parts)
    assert whole.select(m.column for m in measures).null_count().sum_horizontal().item() < 90 * len(measures)
