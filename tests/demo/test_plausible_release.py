"""The demonstration's figures: its gross faults stop the signature until they are corrected or explained, then 64 %."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.conf import settings
from numpy.typing import NDArray

from senacs.demo.draws import Draws
from senacs.demo.faults import Declared
from senacs.demo.network import Network
from senacs.demo.services import fill_sheet
from senacs.demo.sheet import Sheet
from senacs.observatory.definitions import indicators
from senacs.observatory.definitions.publication_plan import GROUPING, Plan, load_plan
from senacs.observatory.figures import measures
from senacs.observatory.plausibility.gate import stops
from senacs.observatory.plausibility.influence import WatchedFigure
from senacs.observatory.plausibility.reading import Plausibility, assess
from senacs.observatory.plausibility.settings import PlausibilitySettings, load_plausibility
from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX
from senacs.review.frames import completed_frame, dtype_of
from tests.demo.test_sheet import questionnaire

SIZE, YEARS = 200, 3
SHARE = "part_charges_personnel"
REGIONS = np.array(["84", "11", "93", "32"])
# Three EVS whose charge, a thousand times too large, still fits its question: a share made absurd.
FAULTY = (40, 104, 53)


@cache
def network() -> Network:
    rng = np.random.default_rng(1)
    return Network(
        ids=np.arange(SIZE),
        is_cs=rng.random(SIZE) < 0.59,
        gestion=rng.choice(["associatif", "collectivite"], SIZE, p=[0.78, 0.22]),
        is_urban=rng.random(SIZE) < 0.7,
        in_qpv=rng.random(SIZE) < 0.3,
        is_fcsf=rng.random(SIZE) < 0.4,
        catchment=rng.integers(2_000, 30_000, SIZE),
        first_year=rng.integers(1970, 2020, SIZE),
    )


@cache
def compiled() -> Compiled:
    return compile_questionnaire(questionnaire())


@cache
def year(index: int) -> pl.DataFrame:
    """The true answers of one year with their totals, as a snapshot of microdata holds them."""
    sheet = Sheet(questionnaire(), Draws(7, SIZE, index), 2021 + index)
    fill_sheet(sheet, network())
    return snapshot({code: column.tolist() for code, column in sheet.columns.items()})


def snapshot(typed: dict[str, list[Any]]) -> pl.DataFrame:
    own, fields = network(), questionnaire().fields
    place = REGIONS[np.arange(SIZE) % len(REGIONS)].tolist()
    register = {
        "structure": [f"S{row:03}" for row in range(SIZE)],
        "kind": np.where(own.is_cs, "CS", "EVS").tolist(),
        "gestion": own.gestion.tolist(),
        "territory_type": np.where(own.is_urban, "urbain", "rural").tolist(),
        "departement": place,
        "region": place,
        "qpv": own.in_qpv.tolist(),
        "fcsf": own.is_fcsf.tolist(),
    }
    register |= {name: [""] * SIZE for name in ("commune", "gestionnaire_key", GROUPING)}
    register["epci"] = [f"E{row % 20}" for row in range(SIZE)]
    context = {
        "structure_type": register["kind"],
        "structure_gestion": register["gestion"],
        "structure_territoire": register["territory_type"],
        "structure_qpv": register["qpv"],
        "structure_fcsf": register["fcsf"],
    }
    columns = [pl.Series(code, typed[code], dtype=dtype_of(field)) for code, field in fields.items() if code in typed]
    frame = pl.DataFrame([pl.Series(name, column) for name, column in (register | context).items()] + columns)
    absent = [pl.lit(None, dtype=dtype_of(field)).alias(code) for code, field in fields.items() if code not in typed]
    marks = [pl.lit(value=False).alias(code + NOT_CONCERNED_SUFFIX) for code in fields]
    return completed_frame(compiled(), frame.with_columns(*absent, *marks))


def released(typed: dict[str, list[Any]]) -> Plausibility:
    """What a release of these answers would be signed on, three years of the same structures behind it."""
    responses = snapshot(typed)
    known = indicators.load(settings.DATA_DIR / "indicators", questionnaire())
    chosen = [indicator for indicator in known if indicator.code in watched().watched]
    units, measured = measures.evaluate(responses, chosen, questionnaire())
    numbers = [code for code, field in questionnaire().fields.items() if field.kind.is_numeric]
    past = [{code: year(index)[code].to_numpy() for code in numbers} for index in range(YEARS - 1, -1, -1)]
    plan = load_plan(settings.DATA_DIR / "plan.yaml")
    units = measures.with_classes(units, plan)
    return assess(responses, past, units, measured, chosen, watched(), protected=(published(plan), plan))


def published(plan: Plan) -> pl.DataFrame:
    """What a release would print of the intercommunalités: the share in all of them but one."""
    shown = {"indicator": SHARE, "level": "epci", "dimension": "", **dict.fromkeys(plan.dimensions, "")}
    return pl.DataFrame([{**shown, "territory": f"E{k}", "status": "published" if k else "primary"} for k in range(20)])


def watched() -> PlausibilitySettings:
    return load_plausibility(settings.DATA_DIR / "plausibility.yaml")


def true_answers() -> Sheet:
    sheet = Sheet(questionnaire(), Draws(7, SIZE, YEARS), 2021 + YEARS)
    fill_sheet(sheet, network())
    return sheet


@cache
def corrected() -> Plausibility:
    return released(typed(true_answers().columns))


@cache
def faulty() -> Plausibility:
    """Three responses with one charge a thousand times too large, that its question can hold."""
    declared = Declared(questionnaire().fields, dict(true_answers().columns), {})
    values = declared.columns["charges_activites"][np.array(FAULTY)] * 1000
    declared.change("fois_mille", "charges_activites", np.array(FAULTY), values)
    assert {fault.row for fault in declared.faults} == set(FAULTY)
    return released(typed(declared.columns))


def typed(columns: dict[str, NDArray]) -> dict[str, list[Any]]:
    return {code: column.tolist() for code, column in columns.items()}


def share_of(plausibility: Plausibility, territory: str) -> WatchedFigure:
    return next(f for f in plausibility.figures if (f.indicator, f.territory, f.kind) == (SHARE, territory, ""))


def stopped(plausibility: Plausibility, explained: set[str]) -> set[str]:
    """The structures that still stop the signature."""
    return {code for stop in stops(plausibility, explained, watched()) for code in stop.structures}


def test_faults_make_the_share_absurd_and_stop_the_signature() -> None:
    accused = {f"S{row:03}" for row in FAULTY}
    assert share_of(faulty(), "84").value < 35
    assert share_of(faulty(), "FR").value < 50
    assert accused <= stopped(faulty(), set())
    # Nearly nobody else is asked: a doubt that cries wolf is soon explained unread.
    assert len(stopped(faulty(), set()) - accused) <= 2


def test_a_stop_tells_the_figure_without_the_faults() -> None:
    of_region = [stop for stop in stops(faulty(), set(), watched()) if stop.figure == share_of(faulty(), "84")]
    assert [stop.without for stop in of_region] == [pytest.approx(64.5, abs=1)]


def test_explaining_all_but_one_does_not_lift_the_stop() -> None:
    everybody = stopped(faulty(), set())
    for code in everybody:
        assert code in stopped(faulty(), everybody - {code})
    assert not stopped(faulty(), everybody)


def test_one_doubtful_answer_stops_a_published_figure_of_a_small_place() -> None:
    small = {stop.figure.territory for stop in stops(faulty(), set(), watched()) if stop.figure.level == "epci"}
    assert {f"E{row % 20}" for row in FAULTY} - {"E0"} <= small
    assert "E0" not in small


@pytest.mark.parametrize("territory", ["FR", "84", "11"])
def test_corrected_the_share_is_what_it_should_be(territory: str) -> None:
    assert share_of(corrected(), territory).value == pytest.approx(64.5, abs=1)
    assert not stopped(corrected(), set()) & {f"S{row:03}" for row in FAULTY}
