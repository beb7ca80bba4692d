"""Draws every chart once, from invented figures, and writes docs/charts.md (`python docs/charts.py`)."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from senacs.publication import charts as c  # noqa: E402 - run as a script, from anywhere

S = c.SUPPRESSED
PERCENT, EUROS = c.Unit("%", 0), c.Unit("€", 0)
YEARS = ["2021", "2022", "2023", "2024", "2025"]
AGES = ["0-6 ans", "7-10 ans", "11-14 ans", "15-17 ans", "18-25 ans", "26-59 ans", "60-74 ans", "75 ans et plus"]

INTRO = """# Charts

`senacs/publication/charts/` draws everything that the site, the plaquettes and the fiches show: pure functions, no
Django, from figures to a `Chart` (SVG, title, description, headers and rows of the table that says the same). One code
for web and PDF; text in Inter; a `viewBox` and no size, so the page decides (up to about 34 rem wide on screen, half an
A4 page on paper). About 0.05 to 0.3 ms a chart, 1 ms a map of 101 départements once `build_basemap` has projected it
(20 to 40 ms).

- A value is a number, `None` (no figure, light grey) or `SUPPRESSED` (hatched, « s. » in tables, legend
  « masqué (secret statistique) »); `chart.has_figures` is false when nothing could be drawn, and the drawing says why.
- `prefix` starts every id of the drawing: give each chart of a page its own.
- Sequential blues fall steadily in luminance, categories differ in luminance as well as hue: both read in black and
  white and by colour-blind eyes (a test measures it).
- Texts are escaped and cut to fit; the table keeps them whole. Numbers are written in French.

Written by `python docs/charts.py`; a test fails when this page or a drawing is stale. The figures are invented.
"""


def area(code: str, name: str, x: float, y: float, *points: tuple[float, float]) -> c.Area:
    """A polygon of an invented country, in units of a third of a degree around 2° E, 46° N."""
    ring = [[2 + (x + dx) / 3, 46 + (y + dy) / 3] for dx, dy in (*points, points[0])]
    return c.Area(code, name, {"type": "Polygon", "coordinates": [ring]})


def country() -> list[c.Area]:
    return [
        area("A", "Plaine", 0, 3, (0, 0), (3, 0.4), (3.2, 2.2), (1.4, 3), (-0.3, 2)),
        area("B", "Côte", 3, 3.4, (0, 0), (2.6, -0.6), (3, 1.6), (1.2, 2.4), (0.2, 1.8)),
        area("C", "Vallée", 0, 0, (0.2, 0.2), (2.4, 0), (3, 3.4), (0, 3)),
        area("D", "Causses", 2.4, 0, (0, 0), (2.6, 0.5), (3.2, 2.8), (0.6, 3.4)),
        c.Area(
            "974", "Île", {"type": "Polygon", "coordinates": [[[55, -21], [55.4, -21.2], [55.6, -20.8], [55, -21]]]}
        ),
    ]


def examples() -> dict[str, tuple[str, c.Chart]]:
    """Name of the drawing → (the call it shows, the chart)."""
    basemap = c.build_basemap(country())
    window = c.build_window(country(), box=(1.8, 45.8, 4.0, 48.0))
    kinds = (("centre social", "centres sociaux"), ("espace de vie sociale", "espaces de vie sociale"))
    marks = [c.PlaceMark("Bourg", 2.6, 46.5, 3, 1, "#bourg"), c.PlaceMark("Hameau", 3.4, 47.3, 0, 1, "#hameau")]
    marks.append(c.PlaceMark("Ici", 3.0, 46.9, 0, 0))
    bars = [
        c.Bar("Accueil de loisirs (ALSH)", 68, 61),
        c.Bar("Accompagnement à la scolarité (CLAS)", 74, 72),
        c.Bar("Lieu d’accueil enfants-parents (LAEP)", S, 22),
        c.Bar("Ateliers sociolinguistiques", None, 49),
    ]
    salaries = [c.Point(2510, 2400, 2620), c.Point(2530, 2450, 2640), c.Point(None), c.Point(2610), c.Point(2700)]
    region = [c.Point(3000), c.Point(3100), c.Point(3150), c.Point(S), c.Point(3300)]
    financers = ["Caf", "Commune et EPCI", "Département", "État", "Recettes propres"]
    density = {"A": 1.2, "B": 0.45, "C": S, "D": 0.8}
    left = [7, 10, 8, 6, 6, 28, 10, 16]
    right = [11, 12, 15, 8, S, 29, 12, 6]
    return {
        "horizontal_bars": (
            "Bars, with the same figure elsewhere as a mark",
            c.horizontal_bars("Services proposés", bars, prefix="bars", unit=PERCENT, reference_label="France"),
        ),
        "grouped_bars": (
            "Columns by year",
            c.grouped_bars(
                "Structures agréées",
                YEARS,
                [c.BarSeries("Centres sociaux", [120, 122, 125, S, 131]), c.BarSeries("EVS", [80, 88, None, 97, 104])],
                prefix="grouped",
            ),
        ),
        "stacked_shares": (
            "Shares of a whole; what is left by masked parts is hatched",
            c.stacked_shares(
                "Qui finance ?",
                financers,
                [c.BarSeries("Département", [41, 28, 6, 9, 16]), c.BarSeries("Région", [40, 30, S, S, 12])],
                prefix="shares",
            ),
        ),
        "hundred": (
            "A hundred squares, counted: what a hundred euros are made of",
            c.hundred(
                "Sur 100 € de ressources", list(zip(financers, [41, 28, 6, 9, 16], strict=True)), prefix="hundred"
            ),
        ),
        "tens": (
            "Ten dots a line, filled up to the share",
            c.tens("Sur dix structures", [("Accueil de loisirs", 68), ("Fonds d’initiatives", 26)], prefix="tens"),
        ),
        "dumbbells": (
            "Two figures a line, and what lies between",
            c.dumbbells(
                "Ici et en France",
                [
                    c.PairOfDots("Accueil de loisirs (ALSH)", 68, 61),
                    c.PairOfDots("Conseil de jeunes", 21, 27),
                    c.PairOfDots("Lieu d’accueil enfants-parents (LAEP)", S, 22),
                ],
                prefix="dumbbells",
                labels=("Plaine", "France"),
            ),
        ),
        "intervals": (
            "Estimates within their intervals, on one scale",
            c.intervals(
                "Budget cumulé estimé",
                [
                    c.EstimateDot("Plaine", 38_600_000, 36_900_000, 40_300_000, is_highlighted=True),
                    c.EstimateDot("Côte", 29_100_000, 25_800_000, 32_400_000),
                    c.EstimateDot("Vallée", S, S, S),
                ],
                prefix="intervals",
                unit=EUROS,
            ),
        ),
        "lines": (
            "Lines, cut at a break of definition and at a missing year, with 95 % intervals",
            c.lines(
                "Salariés",
                c.TimeAxis(YEARS, [c.Break("2024", "les vacataires n’y sont plus comptés")]),
                [c.LineSeries("Département", salaries), c.LineSeries("Région", region)],
                prefix="lines",
            ),
        ),
        "quantile_strip": (
            "One structure among its peers",
            c.quantile_strip(
                "Budget de fonctionnement",
                c.Quantiles(280_000, 540_000, 910_000, 90_000, 1_450_000),
                prefix="strip",
                marker=("Votre structure", 612_000),
                unit=EUROS,
            ),
        ),
        "pyramid": (
            "Population by age band",
            c.pyramid(
                "Participants par âge",
                [c.Band(*band) for band in zip(AGES, left, right, strict=True)],
                prefix="pyramid",
                left_label="Département",
                right_label="France",
            ),
        ),
        "choropleth": (
            "Choropleth; true overseas units in insets, figures printed when areas are few",
            c.choropleth(
                c.MapText("Structures pour 10 000 habitants"),
                basemap,
                density,
                prefix="map",
                unit=c.Unit("", 2),
                highlight="A",
            ),
        ),
        "proportional_symbols": (
            "Proportional symbols",
            c.proportional_symbols(
                c.MapText("Structures"), basemap, {"A": 120, "B": 40, "C": 12, "D": S, "974": 38}, prefix="discs"
            ),
        ),
        "atlas_map": (
            "The map of the atlas: links, counted classes, hidden and uncertain areas",
            c.atlas_map(
                c.MapText("Structures pour 10 000 habitants", "Territoire", "Valeur", "Source : chiffres inventés."),
                basemap,
                {
                    "A": c.AtlasArea(0.4, "#a"),
                    "B": c.AtlasArea(S, "#b"),
                    "C": c.AtlasArea(0.9, "#c", is_uncertain=True),
                    "974": c.AtlasArea(1.4, "#d"),
                },
                c.classes_of([0.4, 0.9, 1.4], c.Cut.NATURAL, count=3),
                prefix="atlas",
                unit=c.Unit("", 2),
            ),
        ),
        "place_map": (
            "Where the structures are, each place a link",
            c.place_map(
                "Les structures agréées : Plaine",
                window,
                marks,
                prefix="places",
                kinds=kinds,
                highlight="A",
            ),
        ),
        "locator": ("Where a territory lies", c.locator("Plaine", basemap, prefix="where", highlight="A")),
        "masked": (
            "Nothing may be shown",
            c.horizontal_bars("Tout est masqué", [c.Bar("Salariés", S)], prefix="masked"),
        ),
    }


def page(drawings: dict[str, tuple[str, c.Chart]]) -> str:
    parts = [INTRO]
    for name, (words, chart) in drawings.items():
        parts.append(f"## {words}\n\n`{name}`\n\n![{chart.title}. {chart.description}](img/charts/{name}.svg)\n")
    return "\n".join(parts)


def main() -> None:
    drawings = examples()
    folder = HERE / "img" / "charts"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, chart) in drawings.items():
        (folder / f"{name}.svg").write_text(chart.svg + "\n", encoding="utf-8")
    (HERE / "charts.md").write_text(page(drawings), encoding="utf-8")


if __name__ == "__main__":
    main()
