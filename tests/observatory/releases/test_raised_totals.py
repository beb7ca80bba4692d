"""Estimates as cells of a release: what they say, and what they must not give away."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from senacs.disclosure.fates import PUBLISHED, Status
from senacs.observatory.definitions.indicators import read_entries
from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table
from senacs.observatory.figures.cells import Measure, aggregate
from senacs.observatory.releases.raised_totals import CORRECTED_REASON, Raised, declared, past_values, raise_cells
from senacs.observatory.secrecy.masks import apply, protect
from senacs.observatory.secrecy.release_attack import audit_release
from senacs.observatory.secrecy.verdict import Outcome
from senacs.questionnaire.engine.loader import load_directory

PLAN = Plan(
    dimensions={"kind": Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "EVS"})},
    tables=tuple(Table(level, by) for level in ("france", "region", "departement") for by in ((), ("kind",))),
    rules=Rules(),
)
MEASURE = Measure("etp", "total", "etp", terms=frozenset({"etp"}))


def register(regions: dict[str, tuple[int, int, int]]) -> pl.DataFrame:
    """`regions`: structures that answer, silent ones with a value of last year, silent ones without."""
    rows = [
        (f"{region}-{state}{i}", "CS", f"{region}1", region, "", state == "a", state != "n")
        for region, counts in regions.items()
        for state, number in zip("asn", counts, strict=True)
        for i in range(number)
    ]
    columns = ("structure", "kind", "departement", "region", "gestionnaire_key", "is_validated", "has_past")
    return pl.DataFrame(rows, schema=list(columns), orient="row")


def raised(regions: dict[str, tuple[int, int, int]], earlier: pl.DataFrame | None = None, scale: float = 1.0) -> Raised:
    """Everybody had 10 last year and those who answer have 12 (times `scale`)."""
    asked = register(regions)
    units = asked.filter("is_validated").with_columns(
        pl.lit(12.0 * scale).alias("etp"), pl.concat_str(pl.lit("h"), "structure").alias("holder")
    )
    cells = apply(aggregate(units.lazy(), [MEASURE], PLAN), protect(units, [MEASURE], PLAN), PLAN)
    return raise_cells(
        asked,
        [MEASURE],
        cells,
        PLAN,
        now={"etp": dict(units.select("structure", "etp").iter_rows())},
        last_year={"etp": dict.fromkeys(asked.filter("has_past")["structure"], 10.0)},
        earlier=earlier,
    )


def values(found: Raised, statistic: str = "estimate") -> dict[str, float | None]:
    wide = found.cells.filter(pl.col("level") != "departement", statistic=statistic)
    return dict(wide.select("territory", "value").iter_rows())


def test_last_year_raises_by_its_ratio_and_the_rest_by_its_mean() -> None:
    found = raised({"84": (20, 6, 2), "32": (20, 0, 0)})
    assert values(found) == {"84": 28 * 12.0, "32": 240.0, "FR": 48 * 12.0}
    assert values(found, "low")["84"] == values(found, "high")["84"] == 336.0
    quality = {entry["territory"]: entry for entry in found.note}
    assert quality["84"]["imputed_percent"] == round(100 * 8 / 28, 1)
    assert (quality["84"]["respondents"], quality["84"]["expected"]) == (20, 28)


def test_three_silent_structures_known_by_last_year_are_not_given_away() -> None:
    found = raised({"84": (20, 3, 0), "32": (20, 9, 0), "44": (20, 9, 0)})
    shown = values(found)
    assert shown["84"] is None
    # One of the others hides too, or France would give it back.
    assert [shown["32"], shown["44"], shown["FR"]].count(None) >= 1
    reason = found.cells.filter(territory="84")["reason"][0]
    assert reason == "part estimée : moins de 5 structures indépendantes"
    wide = [entry for entry in found.note if entry["level"] != "departement"]
    assert {entry["territory"] for entry in wide} == {t for t, value in shown.items() if value is not None}


def test_the_attack_reads_the_estimates() -> None:
    """Shown naively, France and the other two régions give the three silent structures of 84 back."""
    found = raised({"84": (20, 3, 0), "32": (20, 9, 0), "44": (20, 9, 0)})
    assert not audit_release(found.blocks, found.outcomes).failures
    fates = found.outcomes[0].fates["N-1"]
    naive = {cell: fate if fate.status is Status.PRIMARY else PUBLISHED for cell, fate in fates.items()}
    # The région and its only département are one figure: either gives it away.
    failures = audit_release(found.blocks, [Outcome({"N-1": naive}, ())]).failures
    assert failures and all("84" in failure and "se calcule exactement" in failure for failure in failures)


def test_no_estimate_stands_beside_a_hidden_total() -> None:
    found = raised({"84": (3, 6, 0), "32": (20, 9, 0), "44": (20, 9, 0)})
    shown = {t for t, value in values(found).items() if value is not None}
    assert "84" not in shown and shown


def test_silence_is_weighed_by_last_year() -> None:
    """20 of the 26 structures that declared 10 last year answer now; those without last year weigh nothing here."""
    found = raised({"84": (20, 6, 4), "32": (20, 0, 0)})
    quality = {entry["territory"]: entry for entry in found.note}
    assert quality["84"]["covered_percent"] == round(100 * 20 / 26, 1)
    assert quality["32"]["covered_percent"] == 100.0


def test_an_estimate_has_the_fate_of_its_total() -> None:
    found = raised({"84": (3, 0, 0), "32": (20, 0, 1), "44": (20, 0, 1)})
    row = found.cells.filter(territory="84", statistic="estimate").row(0, named=True)
    assert (row["status"], row["value"], row["n"]) == ("primary", None, None)


def test_a_correction_does_not_show_what_changed() -> None:
    regions = {"84": (20, 6, 2), "32": (20, 6, 0)}
    first = raised(regions)
    assert values(raised(regions, first.cells)) == values(first)
    second = raised(regions, first.cells, scale=1.1)
    assert set(values(second).values()) == {None}
    assert set(second.cells["reason"]) == {CORRECTED_REASON}


def test_estimates_have_few_digits_and_keep_what_was_declared() -> None:
    found = raised({"84": (20, 0, 1), "32": (20, 0, 1)}, scale=1.0123)
    # 42 × 12.1476 = 510.2, declared 485.904.
    assert values(found)["FR"] == 510.0
    everybody = raised({"84": (20, 0, 0), "32": (20, 0, 0)}, scale=1.0123)
    assert values(everybody)["84"] == 243.0  # declared 242.952
    assert values(everybody)["FR"] == 486.0  # declared 485.904


@pytest.mark.parametrize(("concerned", "expected"), [(True, {"a": 0.0, "b": 3.0}), (False, {"b": 3.0})])
def test_not_concerned_is_nothing_and_silence_is_not(concerned: bool, expected: dict[str, float]) -> None:
    units = pl.DataFrame({"structure": ["a", "b"], "etp": [None, 3.0]})
    responses = pl.DataFrame({"structure": ["a", "b"], "etp__nc": [concerned or None, None]})
    assert declared(units, responses, [MEASURE]) == {"etp": expected}


def test_a_departement_has_its_estimate_and_one_that_never_answered_has_none() -> None:
    found = raised({"84": (20, 9, 0), "32": (0, 0, 3)})
    own = dict(found.cells.filter(level="departement", statistic="estimate").select("territory", "value").iter_rows())
    assert own == {"841": 29 * 12.0}


def test_what_a_formula_of_this_year_gives_on_earlier_answers() -> None:
    questionnaire = load_directory(Path(settings.DATA_DIR) / "questionnaires" / "2026")
    text = {"label": "Postes", "definition": "Postes.", "theme": "emplois", "kind": "total"}
    entries = [({**text, "code": "postes", "formula": "departs + postes_vacants"}, "essai.yaml", 1)]
    last = pl.DataFrame(
        {
            "structure": ["a", "b", "c"],
            "departs": [2.0, 1.0, None],
            "departs__nc": [False, False, False],
            "postes_vacants": [1.0, None, 4.0],
            "postes_vacants__nc": [False, True, False],
        }
    )
    years = [last, last.select("structure", "departs", "departs__nc")]
    found = past_values(years, read_entries(entries, questionnaire), questionnaire)
    assert found == {"postes": [{"a": 3.0, "b": 1.0}, {}]}


def densities(regions: dict[str, tuple[int, int, int]], populations: dict[tuple[str, str], int]) -> dict[str, float]:
    measure = replace(MEASURE, kind="density", decimals=2)
    asked = register(regions)
    units = asked.filter("is_validated").with_columns(
        pl.lit(12.0).alias("etp"), pl.concat_str(pl.lit("h"), "structure").alias("holder")
    )
    cells = aggregate(units.lazy(), [measure], PLAN, populations=populations)
    found = raise_cells(
        asked,
        [measure],
        apply(cells, protect(units, [measure], PLAN), PLAN),
        PLAN,
        now={"etp": dict(units.select("structure", "etp").iter_rows())},
        last_year={"etp": dict.fromkeys(asked.filter("has_past")["structure"], 10.0)},
        populations=populations,
    )
    assert set(found.cells["statistic"]) <= {"density"}
    return dict(found.cells.select("territory", "value").iter_rows())


def test_a_density_is_that_of_all_structures_over_all_inhabitants() -> None:
    people = {("region", "84"): 100_000, ("france", "FR"): 300_000, ("region", "32"): 200_000}
    # 30 structures of 12 each, 9 of them silent; 20 more elsewhere, all heard.
    found = densities({"84": (21, 9, 0), "32": (20, 0, 0)}, people)
    assert found == {"84": 36.0, "32": 12.0, "FR": 20.0}


def test_a_density_that_cannot_be_estimated_is_not_published() -> None:
    people = {("region", "84"): 100_000, ("france", "FR"): 100_000}
    # Three silent structures alone make the estimated part: it is a secret.
    assert densities({"84": (20, 3, 0)}, people) == {}
    assert densities({"84": (21, 9, 0)}, {("france", "FR"): 100_000}) == {"FR": 36.0}
