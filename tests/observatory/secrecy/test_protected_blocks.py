"""What goes to disclosure control, and that what comes back does hide what it must."""

import polars as pl
import pytest

from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table
from senacs.observatory.figures.cells import Measure, aggregate, rounded
from senacs.observatory.secrecy.identities import find_identities
from senacs.observatory.secrecy.masks import apply, protect
from senacs.observatory.secrecy.memberships import EARLIER, GroupingKey
from senacs.observatory.secrecy.protected_blocks import Earlier, make_blocks
from senacs.observatory.secrecy.release_attack import audit_release
from senacs.observatory.secrecy.verdict import solve

PLAN = Plan(
    dimensions={"kind": Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "EVS"})},
    tables=(Table("france", ()), Table("france", ("kind",)), Table("departement", ()), Table("departement", ("kind",))),
    rules=Rules(),
)


def units(departements: dict[str, tuple[int, int]], **columns: list[float | None]) -> pl.DataFrame:
    """`departements`: number of CS and of EVS; one measure « x » worth 10, 11, 12… unless columns are given."""
    rows = [
        (d, kind)
        for d, counts in departements.items()
        for kind, n in zip(("CS", "EVS"), counts, strict=True)
        for _ in range(n)
    ]
    return pl.DataFrame(
        {
            "structure": [f"S{i:03}" for i in range(len(rows))],
            "holder": [f"h{i}" for i in range(len(rows))],
            "region": ["84"] * len(rows),
            "departement": [d for d, _ in rows],
            "kind": [kind for _, kind in rows],
            **({"x": [10.0 + i for i in range(len(rows))]} | columns),
        }
    )


TOTAL = [Measure("etp", "total", "x")]


def statuses(
    frame: pl.DataFrame, measures: list[Measure] = TOTAL, statistic: str = "sum"
) -> dict[tuple[str, str], str]:
    masks = protect(frame, measures, PLAN)
    cells = apply(rounded(aggregate(frame.lazy(), measures, PLAN), measures, PLAN.rules), masks, PLAN)
    shown = cells.filter(pl.col("statistic") == statistic, pl.col("indicator") == measures[0].indicator)
    return {(row["territory"], row["kind"]): row["status"] for row in shown.iter_rows(named=True)}


def test_small_cell_is_hidden_and_not_given_back_by_its_total() -> None:
    found = statuses(units({"01": (8, 3), "02": (9, 7), "03": (9, 8)}))
    assert found["01", "EVS"] == "primary"
    # 01 CS would give 01 EVS back from 01; another département's EVS would, from the EVS of France.
    assert found["01", "CS"] == "complementary" or found["01", ""] == "complementary"
    hidden_evs = [key for key, status in found.items() if key[1] == "EVS" and status != "published"]
    assert len(hidden_evs) >= 2


def test_dominant_holder_hides_a_total() -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}, x=[1000.0, *[1.0] * 29])
    assert statuses(frame)["01", ""] == "primary"


def test_structures_of_one_gestionnaire_count_once() -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}).with_columns(
        pl.when(pl.col("departement") == "01").then(pl.lit("ville")).otherwise("holder").alias("holder")
    )
    assert statuses(frame)["01", ""] == "primary"


def test_share_does_not_know_dominance_but_counts_respondents() -> None:
    frame = units({"01": (8, 3), "02": (9, 7)}, x=[1.0, *[0.0] * 26])
    found = statuses(frame, [Measure("clas", "share", "x")], statistic="share")
    assert found["01", ""] == "published"
    assert found["01", "EVS"] == "primary"


def test_sensitive_share_hides_unanimity() -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}, x=[*[1.0] * 14, *[0.0, 1.0] * 8])
    found = statuses(frame, [Measure("deficit", "share", "x", sensitive=True)], statistic="share")
    assert found["01", "CS"] == "primary"
    assert found["01", ""] == "primary"


def test_hidden_cell_loses_value_and_respondents_and_says_why() -> None:
    frame = units({"01": (8, 3), "02": (9, 7), "03": (9, 8)})
    masks = protect(frame, TOTAL, PLAN)
    cells = apply(rounded(aggregate(frame.lazy(), TOTAL, PLAN), TOTAL, PLAN.rules), masks, PLAN)
    row = cells.filter(statistic="sum", territory="01", kind="EVS").row(0, named=True)
    assert (row["value"], row["n"]) == (None, None)
    assert row["reason"] == "moins de 5 répondants indépendants"


def test_median_needs_ten_respondents_and_quartiles_twenty() -> None:
    frame = units({"01": (9, 12), "02": (25, 25)})
    median, quartile = (statuses(frame, statistic=name) for name in ("median", "q1"))
    assert median["01", "CS"] == "primary"
    assert median["01", "EVS"] == "published"
    assert quartile["01", "EVS"] == "primary"
    assert quartile["02", "EVS"] == "published"


def test_exactly_ten_respondents_give_a_median_and_exactly_twenty_a_quartile() -> None:
    frame = units({"01": (10, 20), "02": (9, 19), "03": (25, 25)})
    median, quartile = (statuses(frame, statistic=name) for name in ("median", "q1"))
    assert (median["01", "CS"], median["02", "CS"]) == ("published", "primary")
    assert (quartile["01", "EVS"], quartile["02", "EVS"]) == ("published", "primary")


def test_same_contributions_are_protected_once() -> None:
    frame = units({"01": (8, 6)}).with_columns(pl.col("x").alias("y"))
    made = make_blocks(frame, [Measure("a", "total", "x"), Measure("b", "mean", "y")], PLAN)
    assert len(made.blocks) == 1
    assert len({variable for _, _, variable in made.links}) == 1


def test_total_and_parts_make_one_block() -> None:
    found = find_identities(
        {
            frozenset("abcd"): "total",
            frozenset("ab"): "x",
            frozenset("cd"): "y",
            frozenset("a"): "a",
            frozenset("e"): "e",
        }
    )
    assert [(i.total, set(i.parts)) for i in found] == [("total", {"x", "y"})]


def test_part_cannot_be_subtracted_from_its_total() -> None:
    """One funder dominates in 01: its cell hides, so must another term of the sum there, or the sum itself."""
    n = 40
    frame = units(
        {"01": (10, 10), "02": (10, 10)},
        etat=[900.0, *[1.0] * 19, *[5.0 + i for i in range(20)]],
        caf=[50.0 + i for i in range(n)],
    ).with_columns((pl.col("etat") + pl.col("caf")).alias("total"))
    measures = [
        Measure("etat", "total", "etat", terms=frozenset({"etat"})),
        Measure("caf", "total", "caf", terms=frozenset({"caf"})),
        Measure("budget", "total", "total", terms=frozenset({"etat", "caf"})),
    ]
    masks = protect(frame, measures, PLAN)
    cells = apply(rounded(aggregate(frame.lazy(), measures, PLAN), measures, PLAN.rules), masks, PLAN)
    here = cells.filter(statistic="sum", territory="01", dimension="")
    status = dict(here.select("indicator", "status").iter_rows())
    assert status["etat"] == "primary"
    assert "complementary" in {status["caf"], status["budget"]}


def test_correction_does_not_disclose_a_late_respondent_by_difference() -> None:
    """A twentieth structure answers late in 01: published again, the totals of 01 would give its value."""
    before = units({"01": (10, 9), "02": (10, 10)})
    late = pl.DataFrame(
        {
            "structure": ["S999"],
            "holder": ["h999"],
            "region": ["84"],
            "departement": ["01"],
            "kind": ["EVS"],
            "x": [77.0],
        }
    )
    first = apply(rounded(aggregate(before.lazy(), TOTAL, PLAN), TOTAL, PLAN.rules), protect(before, TOTAL, PLAN), PLAN)
    now = pl.concat([before, late])
    alone = protect(now, TOTAL, PLAN)
    jointly = protect(now, TOTAL, PLAN, earlier=[Earlier(before, first)])

    def status(masks, territory: str) -> str:  # type: ignore[no-untyped-def]
        return masks.frame.filter(territory=territory, dimension="")["status"][0]

    assert status(alone, "01") == "published"
    assert status(jointly, "01") != "published"
    assert status(jointly, "02") == "published"


def test_unchanged_unit_is_one_row_in_both_releases() -> None:
    before = units({"01": (5, 5)})
    now = before.with_columns(pl.when(pl.col("structure") == "S000").then(99.0).otherwise("x").alias("x"))
    cells = apply(rounded(aggregate(before.lazy(), TOTAL, PLAN), TOTAL, PLAN.rules), protect(before, TOTAL, PLAN), PLAN)
    block = make_blocks(now, TOTAL, PLAN, earlier=[Earlier(before, cells)]).blocks[0]
    assert len(block.holders) == 11
    assert sum(label is None for label in block.groupings[GroupingKey("france", EARLIER)]) == 1


def test_solving_is_deterministic() -> None:
    frame = units({"01": (8, 3), "02": (9, 7), "03": (9, 8)})
    first, again = (
        solve(make_blocks(frame.sample(fraction=1, shuffle=True, seed=s), TOTAL, PLAN).blocks[0]) for s in (1, 2)
    )
    assert list(first.fates.values()) == list(again.fates.values())


@pytest.mark.parametrize("kind", ["total", "mean", "density"])
def test_means_and_densities_give_a_total_back(kind: str) -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}, x=[1000.0, *[1.0] * 29])
    masks = protect(frame, [Measure("x", kind, "x")], PLAN)
    assert masks.frame.filter(territory="01", dimension="")["status"][0] == "primary"


def test_large_families_are_only_published_in_wide_tables() -> None:
    plan = Plan(PLAN.dimensions, PLAN.tables, Rules(tied_variables=2, tied_by=()))
    frame = units({"01": (10, 10), "02": (10, 10)}, a=[5.0 + i for i in range(40)], b=[50.0 + i for i in range(40)])
    frame = frame.with_columns((pl.col("a") + pl.col("b")).alias("total"))
    measures = [
        Measure("a", "total", "a", terms=frozenset({"a"})),
        Measure("b", "total", "b", terms=frozenset({"b"})),
        Measure("total", "total", "total", terms=frozenset({"a", "b"})),
    ]
    cells = apply(aggregate(frame.lazy(), measures, plan), protect(frame, measures, plan), plan)
    fates = dict(cells.filter(statistic="sum").group_by("dimension").agg(pl.col("status").unique()).iter_rows())
    assert fates == {"": ["published"], "kind": ["complementary"]}


EPCI_PLAN = Plan(PLAN.dimensions, (*PLAN.tables, Table("epci", (), is_key=True)), Rules())


def test_tables_of_key_indicators_are_not_asked_of_the_others() -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}).with_columns(pl.lit("E1").alias("epci"), (pl.col("x") * 2).alias("y"))
    measures = [Measure("key", "total", "x", is_key=True), Measure("other", "total", "y")]
    made = make_blocks(frame, measures, EPCI_PLAN)
    assert [GroupingKey("epci") in block.groupings for block in made.blocks] == [True, False]
    cells = apply(aggregate(frame.lazy(), measures, EPCI_PLAN), protect(frame, measures, EPCI_PLAN), EPCI_PLAN)
    assert set(cells.filter(level="epci")["indicator"]) == {"key"}


def test_whoever_is_in_no_epci_is_in_none_of_its_cells() -> None:
    frame = units({"01": (8, 6), "02": (9, 7)}).with_columns(
        pl.when(pl.col("departement") == "01").then(pl.lit("E1")).otherwise(pl.lit("")).alias("epci")
    )
    measures = [Measure("etp", "total", "x", is_key=True)]
    cells = aggregate(frame.lazy(), measures, EPCI_PLAN).filter(level="epci", statistic="sum")
    assert cells.select("territory", "n").rows() == [("E1", 14)]
    assert make_blocks(frame, measures, EPCI_PLAN).blocks[0].groupings[GroupingKey("epci")].count(None) == 16


def test_an_epci_does_not_give_back_the_rest_of_its_departement() -> None:
    """All of 01 but three structures, from another EPCI, is in E1: 01 − E1 would be theirs."""
    frame = units({"01": (12, 8), "02": (12, 8)})
    rest = pl.col("structure").is_in(["S000", "S001", "S002"])
    frame = frame.with_columns(
        pl.when(rest | (pl.col("departement") == "02")).then(pl.lit("E2")).otherwise(pl.lit("E1")).alias("epci")
    )
    measures = [Measure("etp", "total", "x", is_key=True)]
    masks = protect(frame, measures, EPCI_PLAN)
    shown = masks.frame.filter(status="published", dimension="").select("level", "territory").rows()
    assert not {("departement", "01"), ("epci", "E1")} <= set(shown)
    assert audit_release(masks.blocks, masks.outcomes).failures == ()
