"""Classes of a map and the map of the atlas: counted legend, hidden and uncertain apart, areas that are links."""

import itertools
import random

import pytest

from senacs.publication.charts import (
    SUPPRESSED,
    Area,
    AtlasArea,
    Cut,
    MapText,
    Unit,
    atlas_map,
    build_basemap,
    classes_of,
    legend_of,
    titled,
)
from senacs.publication.charts.classes import natural_breaks


def square(code: str, x: float) -> Area:
    ring = [[x, 46.0], [x + 0.9, 46.0], [x + 0.9, 47.0], [x, 47.0], [x, 46.0]]
    return Area(code, f"Pays {code}", {"type": "Polygon", "coordinates": [ring]})


def within(values: list[float], bounds: list[float]) -> float:
    """The variance left within the classes that upper bounds make."""
    total, low = 0.0, float("-inf")
    for bound in [*bounds, max(values)]:
        part = [v for v in values if low < v <= bound]
        if part:
            mean = sum(part) / len(part)
            total += sum((v - mean) ** 2 for v in part)
        low = bound
    return total


def test_natural_breaks_leave_the_least_variance() -> None:
    random.seed(3)
    for _ in range(12):
        values = sorted(round(random.random() * 20, 1) for _ in range(9))
        distinct = sorted(set(values))
        best = min(within(values, list(cut)) for cut in itertools.combinations(distinct[:-1], 2))
        assert within(values, natural_breaks(values, 3)) == pytest.approx(best)


def test_natural_breaks_of_a_thousand_figures_find_the_gaps() -> None:
    values = sorted([*(i / 100 for i in range(600)), *(50 + i / 100 for i in range(600))])
    assert classes_of(values, Cut.NATURAL, count=2).bounds[0] == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize("values", [[], [3.0], [2.0, 2.0, 2.0], [1.0, 5.0], [float(i) for i in range(101)]])
def test_every_figure_has_one_class(cut: Cut, values: list[float]) -> None:
    classes = classes_of(values, cut, count=5, typed=(10, 20, 500), middle=30.0)
    assert sum(classes.counts(values)) == len(values)
    assert len(classes.bounds) == len(classes.colours)
    assert list(classes.bounds) == sorted(set(classes.bounds))


def test_typed_bounds_are_kept_and_around_france_parts_under_from_over() -> None:
    values = [float(i) for i in range(101)]
    assert classes_of(values, Cut.TYPED, typed=(10, 20)).bounds == (10, 20, 100)
    around = classes_of(values, Cut.AROUND, middle=30.0)
    assert around.bounds[2] == 30.0
    assert {around.colours[around.of(v)] for v in (0.0, 30.0)}.isdisjoint(
        around.colours[around.of(v)] for v in (30.1, 100.0)
    )


def test_map_links_counts_and_tells_what_is_hidden_missing_and_uncertain() -> None:
    basemap = build_basemap([square(code, x) for x, code in enumerate("ABCDE")], width=300)
    areas = {
        "A": AtlasArea(1.0, "/a/"),
        "B": AtlasArea(2.0, "/b/", is_uncertain=True),
        "C": AtlasArea(SUPPRESSED, "/c/", note="secret"),
        "D": AtlasArea(0.0, "/d/"),
    }
    classes = classes_of([1.0, 2.0, 0.0], Cut.TYPED, typed=(0.5,))
    chart = atlas_map(MapText("Titre", "Pays", "Valeur", "Source"), basemap, areas, classes, prefix="m", unit=Unit())
    assert 'href="/c/" aria-label="Pays C : masqué (secret statistique)"' in chart.svg
    assert 'aria-label="Pays B : 2, incertain"' in chart.svg
    # A zero is a figure; what is not in the release has none.
    assert 'aria-label="Pays D : 0"' in chart.svg
    assert "Pays E : non disponible" in chart.svg
    told = [words for _, words in legend_of([*areas.values(), AtlasArea(None)], classes, prefix="m", unit=Unit())]
    assert [words[words.rindex("(") :] for words in told] == ["(1)", "(2)", "(1)", "(1)", "(1)"]
    assert ("Pays C", "s.", "secret") in chart.rows
    assert 'role="group"' in chart.svg
    assert ">Titre</text>" in titled(chart) and ">Titre</text>" not in chart.svg


def test_enlarged_areas_are_drawn_twice_and_told_once() -> None:
    basemap = build_basemap([square(c, x) for x, c in enumerate("ABC")], width=300, enlarged={"Loupe": {"B"}})
    assert [shape.code for shape in basemap.shapes] == ["A", "B", "C", "B"]
    assert [inset.name for inset in basemap.insets] == ["Loupe"]
    areas = {code: AtlasArea(1.0, "/x/") for code in "ABC"}
    chart = atlas_map(MapText("T", "P", "V"), basemap, areas, classes_of([1.0] * 3, Cut.EQUAL), prefix="m", unit=Unit())
    assert len(chart.rows) == 3 and chart.svg.count('aria-label="Pays B : 1"') == 2
    assert "(3)" in chart.svg
