"""Charts: well-formed, described, tabulated, quiet before hostile figures and names."""

import math
import re
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.lib import printed_marks
from senacs.publication import charts as c
from senacs.publication.charts import palette, svg

S = c.SUPPRESSED
SVG = "{http://www.w3.org/2000/svg}"
LONG = "Personnes accompagnées dans l’accès aux droits et au numérique, tous âges et tous secteurs"
HOSTILE = '<script>alert("x")</script> & \x00\ud800 ]]>'


def square(code: str, name: str, x: float, y: float, side: float = 1.0, georeferenced: bool = True) -> c.Area:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return c.Area(code, name, {"type": "Polygon", "coordinates": [ring]}, georeferenced)


MAINLAND = [square("59", "Nord", 2, 50), square("48", "Lozère", 3, 44), square("13", "Bouches-du-Rhône", 5, 43)]
OVERSEAS = [square("971", "Guadeloupe", -61.6, 16, 0.5), square("974", "La Réunion", 55.3, -21.3, 0.5)]
BASEMAP = c.build_basemap(MAINLAND + OVERSEAS)


def map_values(values: list[c.Value]) -> dict[str, c.Value]:
    return {shape.code: value for shape, value in zip(BASEMAP.shapes, values, strict=False)}


BUILDERS: dict[str, Callable[[list[c.Value]], c.Chart]] = {
    "horizontal_bars": lambda values: c.horizontal_bars(
        "Titre", [c.Bar(f"{LONG} {i}", v) for i, v in enumerate(values)], prefix="a"
    ),
    "grouped_bars": lambda values: c.grouped_bars(
        "Titre",
        [str(2020 + i) for i in range(len(values))],
        [c.BarSeries("CS", values), c.BarSeries(LONG, values)],
        prefix="a",
    ),
    "stacked_shares": lambda values: c.stacked_shares(
        "Titre", [f"{LONG} {i}" for i in range(len(values))], [c.BarSeries("Nord", values)], prefix="a"
    ),
    "lines": lambda values: c.lines(
        "Titre",
        c.TimeAxis([str(2020 + i) for i in range(len(values))], [c.Break("2021", LONG)]),
        [c.LineSeries("Nord", [c.Point(v, 1, 5) for v in values])],
        prefix="a",
    ),
    "quantile_strip": lambda values: c.quantile_strip(
        "Titre", c.Quantiles(*(values + [None] * 5)[:5]), prefix="a", marker=(LONG, (values or [None])[0])
    ),
    "pyramid": lambda values: c.pyramid(
        "Titre", [c.Band(f"{i} ans", v, v) for i, v in enumerate(values)], prefix="a", left_label="F", right_label=LONG
    ),
    "hundred": lambda values: c.hundred("Titre", [(f"{LONG} {i}", v) for i, v in enumerate(values)], prefix="a"),
    "tens": lambda values: c.tens("Titre", [(f"{LONG} {i}", v) for i, v in enumerate(values)], prefix="a"),
    "dumbbells": lambda values: c.dumbbells(
        "Titre", [c.PairOfDots(LONG, v, values[0]) for v in values], prefix="a", labels=("Nord", LONG)
    ),
    "intervals": lambda values: c.intervals(
        "Titre", [c.EstimateDot(LONG, v, values[0], values[-1]) for v in values], prefix="a"
    ),
    "choropleth": lambda values: c.choropleth(
        c.MapText("Titre"), BASEMAP, map_values(values), prefix="a", highlight="59"
    ),
    "proportional_symbols": lambda values: c.proportional_symbols(
        c.MapText("Titre"), BASEMAP, map_values(values), prefix="a"
    ),
}
CASES: dict[str, list[c.Value]] = {
    "ordinary": [12, 30, Decimal("7.5")],
    "one": [42],
    "empty": [],
    "all_suppressed": [S, S, S],
    "all_missing": [None, None],
    "some_suppressed": [12, S, None],
    "zeros": [0, 0, 0],
    "negative": [-5, 10, -2.5],
    "huge": [1e300, 4e18, 12],
    "not_finite": [float("nan"), float("inf"), 3],
    "tiny": [1e-12, 2e-12],
}


def parse(source: str) -> ElementTree.Element:
    return ElementTree.fromstring(source)  # noqa: S314 - our own output


def texts(chart: c.Chart) -> str:
    return " ".join("".join(node.itertext()) for node in parse(chart.svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_chart_is_well_formed_and_described(builder: str, case: str) -> None:
    chart = BUILDERS[builder](CASES[case])
    root = parse(chart.svg)
    assert root.get("role") == "img"
    assert root.get("width") is None
    ids = {node.get("id"): node for node in root.iter() if node.get("id")}
    named = [ids[name] for name in (root.get("aria-labelledby") or "").split()]
    assert [node.tag for node in named] == [f"{SVG}title", f"{SVG}desc"]
    assert named[0].text == chart.title
    assert named[1].text == chart.description != ""
    assert all(len(row) == len(chart.headers) for row in chart.rows)
    assert "nan" not in chart.svg and "inf" not in chart.svg.replace("info", "")
    assert "url(#a-s)" not in chart.svg or "a-s" in ids


@pytest.mark.parametrize("builder", BUILDERS)
def test_drawings_stay_inside_their_view_box(builder: str) -> None:
    for case in ("ordinary", "negative", "some_suppressed", "zeros"):
        root = parse(BUILDERS[builder](CASES[case]).svg)
        _, _, width, height = map(float, (root.get("viewBox") or "").split())
        for node in root.iter(f"{SVG}text"):
            assert 0 <= float(node.get("x", "0")) <= width
            assert 0 <= float(node.get("y", "0")) <= height
        for node in root.findall(f"{SVG}rect"):
            assert -0.6 <= float(node.get("x", "0")) <= width
            assert float(node.get("x", "0")) + float(node.get("width", "0")) <= width + 0.6


@pytest.mark.parametrize("builder", BUILDERS)
def test_masked_figures_are_told_not_left_empty(builder: str) -> None:
    masked = BUILDERS[builder](CASES["all_suppressed"])
    assert not masked.has_figures
    assert "masqué" in texts(masked)
    assert any("s." in row for row in masked.rows)
    assert not BUILDERS[builder](CASES["all_missing"]).has_figures
    assert BUILDERS[builder](CASES["ordinary"]).has_figures


@pytest.mark.parametrize("builder", BUILDERS)
def test_charts_are_deterministic_and_quick(builder: str) -> None:
    first = BUILDERS[builder](CASES["ordinary"])
    start = time.process_time()
    assert BUILDERS[builder](CASES["ordinary"]) == first
    assert time.process_time() - start < 0.02  # about 0.2 ms; of the processor, whatever else runs


def test_hostile_names_are_text() -> None:
    chart = c.horizontal_bars(HOSTILE, [c.Bar(HOSTILE, 1)], prefix="a", reference_label=HOSTILE)
    root = parse(chart.svg)
    assert not list(root.iter(f"{SVG}script"))
    assert '<script>alert("x")</script>' in "".join(root.itertext())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.just(S), st.floats(), st.integers(), st.decimals()), max_size=8), st.text())
def test_any_values_and_names_make_xml(values: list[c.Value], name: str) -> None:
    parse(c.horizontal_bars(name, [c.Bar(name, v) for v in values], prefix="a").svg)
    parse(BUILDERS["grouped_bars"](values).svg)
    parse(BUILDERS["choropleth"](values).svg)


def test_prefix_must_be_an_identifier() -> None:
    with pytest.raises(ValueError, match="ids"):
        c.horizontal_bars("t", [c.Bar("a", 1)], prefix='x"><b')


def test_long_labels_are_cut_in_the_drawing_and_whole_in_the_table() -> None:
    chart = c.horizontal_bars("t", [c.Bar(LONG * 2, 5)], prefix="a")
    assert "…" in texts(chart)
    assert chart.rows == ((LONG * 2, "5"),)


def test_figures_are_written_in_french() -> None:
    chart = c.horizontal_bars("t", [c.Bar("Budget", 1_612_345_678), c.Bar("ETP", 1234.5)], prefix="a", unit=c.Unit("€"))
    assert "1,6\u00a0Md€" in texts(chart)
    assert ("Budget", "1\u202f612\u202f345\u202f678\u00a0€") in chart.rows
    assert "1\u202f234,5\u00a0€" in texts(chart)


def test_masked_bars_still_show_their_reference() -> None:
    chart = c.horizontal_bars("t", [c.Bar("Nord", S, 40), c.Bar("Sud", 20, None)], prefix="a", reference_label="France")
    assert chart.headers == ("", "Valeur", "France")
    assert chart.rows == (("Nord", "s.", "40"), ("Sud", "20", "–"))
    assert chart.svg.count(f'stroke="{palette.MARK}"') == 2  # on the bar and in the legend
    assert c.horizontal_bars("t", [c.Bar("Nord", S, 40)], prefix="a", reference_label="France").has_figures


def test_bar_lengths_are_proportional() -> None:
    root = parse(c.horizontal_bars("t", [c.Bar("a", 10), c.Bar("b", 30)], prefix="a").svg)
    short, long = [float(node.get("width", "0")) for node in root.findall(f"{SVG}rect")]
    assert long == pytest.approx(3 * short, abs=0.3)


def test_stacked_shares_hatch_what_is_masked() -> None:
    chart = c.stacked_shares("t", ["Caf", "Commune", "État"], [c.BarSeries("Nord", [40, S, 20])], prefix="a")
    hatched = [n for n in parse(chart.svg).findall(f"{SVG}rect") if n.get("fill") == "url(#a-s)"]
    assert float(hatched[0].get("width", "0")) == pytest.approx(0.4 * 360, abs=0.3)
    assert chart.headers == ("Part", "Nord")
    assert chart.rows == (("Caf", "40\u00a0%"), ("Commune", "s."), ("État", "20\u00a0%"))


def test_lines_are_cut_at_a_break_and_where_a_year_is_missing() -> None:
    points = [c.Point(v) for v in (1, 2, None, 3, 4, 5)]
    chart = c.lines(
        "t", c.TimeAxis("abcdef", [c.Break("e", "nouvelle définition")]), [c.LineSeries("Nord", points)], prefix="a"
    )
    strokes = re.findall(r'<path d="(M[^"]*)"[^>]*stroke-width="2.4"', chart.svg)
    assert [stroke.count("L") for stroke in strokes] == [1, 0, 1]
    assert "nouvelle définition" in texts(chart)


def test_ragged_series_are_refused() -> None:
    with pytest.raises(ValueError, match="CS"):
        c.grouped_bars("t", ["2024", "2025"], [c.BarSeries("CS", [1])], prefix="a")


def test_overseas_goes_to_insets_only_at_true_coordinates() -> None:
    assert [inset.name for inset in BASEMAP.insets] == ["Guadeloupe", "La Réunion"]
    moved = c.build_basemap([*MAINLAND, square("971", "Guadeloupe", -6, 45, 0.5, georeferenced=False)])
    assert moved.insets == ()
    alone = c.build_basemap([OVERSEAS[0]])
    assert alone.insets == ()
    assert alone.shapes[0].box[2] > 300


def test_map_is_drawn_north_up_and_east_right() -> None:
    centres = {shape.code: shape.centre for shape in BASEMAP.shapes}
    assert centres["59"][1] < centres["48"][1]
    assert centres["48"][0] < centres["13"][0]


def test_neighbours_keep_a_common_border() -> None:
    wavy = [[3 + 0.004 * (i % 3), 44 + i / 200] for i in range(201)]
    west = {"type": "Polygon", "coordinates": [[[2, 45], [2, 44], *wavy, [2, 45]]]}
    east = {"type": "Polygon", "coordinates": [[[4, 45], *reversed(wavy), [4, 44], [4, 45]]]}
    basemap = c.build_basemap([c.Area("1", "o", west), c.Area("2", "e", east)])
    both = [absolute(shape.path) for shape in basemap.shapes]
    assert len(set(both[0]) & set(both[1])) > 100


def absolute(path: str) -> list[tuple[int, int]]:
    numbers = [round(float(n) * 10) for n in re.findall(r"-?[\d.]+", path)]
    x = y = 0
    out = []
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        out.append((x, y))
    return out


def test_geometries_without_polygons_are_left_out() -> None:
    basemap = c.build_basemap([c.Area("1", "a", {"type": "Point", "coordinates": [1, 2]}), c.Area("2", "b", {})])
    assert basemap.shapes == ()
    assert not c.choropleth(c.MapText("t"), basemap, {}, prefix="a").has_figures


def test_choropleth_says_each_figure_and_highlights() -> None:
    chart = c.choropleth(c.MapText("t"), BASEMAP, {"59": 12, "48": S}, prefix="a", highlight="59")
    titles = [node.text for node in parse(chart.svg).iter(f"{SVG}title")]
    assert "Nord : 12" in titles and "Lozère : s." in titles and "La Réunion : –" in titles
    assert chart.svg.count('stroke-width="2.6"') == 1
    assert {"masqué (secret statistique)", "non disponible"} <= set(re.findall(r">([^<]+)<", chart.svg))


def test_disc_surfaces_are_proportional() -> None:
    root = parse(c.proportional_symbols(c.MapText("t"), BASEMAP, {"59": 100, "48": 25}, prefix="a").svg)
    radii = sorted(float(node.get("r", "0")) for node in root.iter(f"{SVG}circle") if node.get("fill") == palette.MAIN)
    assert radii[1] == pytest.approx(2 * radii[0], abs=0.1)


def test_palette_reads_in_black_and_white() -> None:
    steps = [palette.luminance(colour) for colour in palette.SEQUENCE]
    assert all(light - dark > 0.07 for light, dark in pairwise(steps))
    shades = [palette.luminance(colour) for colour in palette.CATEGORIES]
    assert all(abs(a - b) > 0.1 for a, b in pairwise(shades))
    for colour in (*palette.SEQUENCE, *palette.CATEGORIES):
        lights = sorted([palette.luminance(colour), palette.luminance(palette.ink_on(colour))])
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


# Machado, Oliveira and Fernandes 2009, severity 1: linear RGB as people without one kind of cone see it.
DEFICIENCIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(colour: str, seen: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of « #rrggbb » through a deficiency."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (min(max(sum(k * c for k, c in zip(row, linear, strict=True)), 0), 1) for row in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_palette_reads_without_one_kind_of_cone(deficiency: str) -> None:
    """Two colours that touch (steps of a map, parts of a bar) stay apart by several just noticeable steps."""
    seen = DEFICIENCIES[deficiency]
    for colours in (palette.SEQUENCE, palette.CATEGORIES):
        for one, other in pairwise(colours):
            assert math.dist(lab(one, seen), lab(other, seen)) > 10, (deficiency, one, other)
    lightness = [lab(colour, seen)[0] for colour in palette.SEQUENCE]
    assert all(light - dark > 8 for light, dark in pairwise(lightness)), "a darker step is always more"
    # Masked, absent and outlined areas are told apart from every step, or by their hatching.
    assert min(math.dist(lab(palette.MARK, seen), lab(step, seen)) for step in palette.SEQUENCE) > 10


def test_degenerate_data_is_drawn_or_told() -> None:
    many = [c.Bar(f"{LONG} ({i}) {LONG}"[:120], i) for i in range(40)]
    drawing = c.horizontal_bars("t", many, prefix="a")
    assert len(drawing.rows) == 40 and drawing.rows[3][0] == many[3].label
    assert "1\u202f000\u00a0Md€" in texts(c.horizontal_bars("t", [c.Bar("x", 1e12)], prefix="a", unit=c.Unit("€")))
    nothing = c.stacked_shares("t", ["a", "b"], [c.BarSeries("Nord", [0, 0])], prefix="a")
    assert not nothing.has_figures and "Aucune donnée" in texts(nothing)
    refused = c.lines(
        "t", c.TimeAxis(["2024", "2025"]), [c.LineSeries("a", [c.Point(float("nan")), c.Point(4)])], prefix="a"
    )
    assert refused.rows[0][1] == "–" and refused.has_figures


def test_wrapped_text_keeps_every_word_that_fits() -> None:
    assert svg.wrap("un deux trois", 1000) == ["un deux trois"]
    assert svg.wrap("", 100) == [""]
    assert len(svg.wrap(LONG, 120, 2)) == 2
    assert svg.wrap("x" * 200, 100, 2)[0].endswith("…")


@pytest.mark.parametrize("ends", [(76, 72, 67, 71), (50, 50, 50, 50), (0, 1, 2, 3)])
def test_no_two_figures_of_a_line_chart_are_printed_over_each_other(ends: tuple[float, ...]) -> None:
    series = [
        c.LineSeries(str(2023 + k), [c.Point(2 + k), c.Point(30 + k), c.Point(float(end))])
        for k, end in enumerate(ends)
    ]
    chart = c.lines("Réponses envoyées", c.TimeAxis(["S1", "S2", "S3"]), series, prefix="t", unit=c.Unit("%", 0))
    printed = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-weight="600"[^>]*>([^<]+)<', chart.svg)
    assert len(printed) == 2 * len(series)
    ordered = sorted((x, float(y)) for x, y, _ in printed)
    apart = [below - above for (x, above), (at, below) in pairwise(ordered) if x == at]
    assert min(apart) >= 12
    # The figures of one place stand in the order of what they say.
    downwards = sorted(printed, key=lambda figure: float(figure[1]))
    for place in {x for x, _, _ in printed}:
        shown = [int(text.partition("\N{NO-BREAK SPACE}")[0]) for x, _, text in downwards if x == place]
        assert shown == sorted(shown, reverse=True)


def test_a_hundred_squares_are_a_hundred_and_counted() -> None:
    chart = c.hundred("Titre", [("Caf", 33.4), ("Commune", 28.0), ("État", 12.6)], prefix="a")
    squares = re.findall(r'<rect [^>]*width="17"[^>]*fill="([^"]+)"', chart.svg)
    counts = [squares.count(palette.category(i)) for i in range(3)]
    assert len(squares) == 100 and counts == [33, 28, 13] and squares.count(palette.NO_DATA) == 26
    masked = c.hundred("Titre", [("Caf", 60), ("État", S)], prefix="a")
    assert masked.svg.count("url(#a-s)") == 40


def test_dots_stand_on_one_scale() -> None:
    chart = c.intervals(
        "Titre", [c.EstimateDot("Ici", 50, 40, 60, is_highlighted=True), c.EstimateDot("Là", 20, 10, 30)], prefix="a"
    )
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', chart.svg)]
    ends = [float(x) for x in re.findall(r'<path d="M([\d.]+) [\d.]+L\1 ', chart.svg)]
    assert dots[0] > dots[1]
    # The middle of an interval is at its dot, and the unit is the same on each line.
    assert dots == [pytest.approx((ends[0] + ends[1]) / 2, abs=0.2), pytest.approx((ends[2] + ends[3]) / 2, abs=0.2)]
    assert ends[1] - ends[0] == pytest.approx(ends[3] - ends[2], abs=0.2)


def test_ten_dots_are_filled_up_to_the_share() -> None:
    chart = c.tens("Titre", [("Accueil", 50), ("Tout", 100), ("Rien", 0)], prefix="a")
    filled = [float(w) for w in re.findall(r'<clipPath[^>]*><rect[^>]*width="([\d.]+)"', chart.svg)]
    assert filled == [5 * 19, 10 * 19, 0]


@pytest.mark.parametrize("name", BUILDERS)
def test_a_chart_writes_no_figure_that_is_not_on_it(name: str) -> None:
    """What measures or places a figure writes it nowhere: a reading of all writings would look for it in vain."""
    plain = [34.5, 17.25, 9.75]
    with printed_marks.collecting() as collection:
        chart = BUILDERS[name]([printed_marks.marked(value, ("figure", i)) for i, value in enumerate(plain)])
        told = {one.digits for one in collection.found or []}
    said = "|".join([chart.svg, chart.description, *(cell for row in chart.rows for cell in row)])
    assert told and {digits for digits in told if digits not in said} == set()


def test_bounds_that_only_measure_are_not_written() -> None:
    with printed_marks.collecting() as collection:
        value, low, high = (printed_marks.marked(v, ("bound", v)) for v in (36_500_000.0, 34_234_567.0, 38_812_345.0))
        chart = c.intervals("Titre", [c.EstimateDot("Rhône", value, low, high)], prefix="a", unit=c.Unit("€", 0))
        told = {one.digits for one in collection.found or []}
    said = "|".join([chart.svg, chart.description, *(cell for row in chart.rows for cell in row)])
    assert "36,5" in told and {digits for digits in told if digits not in said} == set()
