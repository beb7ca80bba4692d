"""The map of the atlas: each area a link with its name and figure, a legend that counts, what is hidden hatched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from senacs.lib import french
from senacs.lib.text import without_accents
from senacs.publication.charts import palette, svg
from senacs.publication.charts.basemap import Basemap
from senacs.publication.charts.chart import SUPPRESSED, Chart, ChartWords, Unit, Value, drawn, extremes, number
from senacs.publication.charts.classes import MapClasses
from senacs.publication.charts.maps import MapText, drawn_insets


@dataclass(frozen=True, slots=True)
class AtlasArea:
    """What is told of an area. `is_uncertain`: it rests on few respondents."""

    value: Value
    href: str = ""
    is_uncertain: bool = False
    note: str = ""


def atlas_map(
    text: MapText, basemap: Basemap, areas: Mapping[str, AtlasArea], classes: MapClasses, *, prefix: str, unit: Unit
) -> Chart:
    """`areas` by code; one that is absent has no figure. Shapes of one code (an enlarged inset) are drawn alike."""
    names = {shape.code: shape.name for shape in basemap.shapes}
    told = {code: areas.get(code, AtlasArea(None)) for code in names}
    known = drawn([area.value for area in told.values()])
    paths = []
    for shape in basemap.shapes:
        area = told[shape.code]
        plain = number(area.value)
        if plain is not None:
            fill = classes.colours[classes.of(plain)]
        else:
            fill = svg.hatch(prefix) if area.value is SUPPRESSED else palette.NO_DATA
        words = svg.escape(f"{shape.name} : {said(area, unit)}")
        body = f'<title>{words}</title><path d="{shape.path}" fill="{fill}" data-code="{svg.escape(shape.code)}"/>'
        if area.is_uncertain and plain is not None:
            body += f'<path d="{shape.path}" fill="url(#{prefix}-u)" stroke="none" pointer-events="none"/>'
        href = svg.escape(area.href)
        paths.append(f'<a href="{href}" aria-label="{words}">{body}</a>' if href else f"<g>{body}</g>")
    uncertain = any(area.is_uncertain and number(area.value) is not None for area in told.values())
    entries = legend_of(list(told.values()), classes, prefix=prefix, unit=unit)
    legend, taken = svg.legend(entries, y=basemap.height + 8, width=basemap.width, outline=True)
    height = basemap.height + 8 + taken
    source = svg.wrap(text.source, basemap.width, 2, svg.SMALL) if text.source else []
    credit = [
        svg.label((0, height + 14 + 15 * i), line, size=svg.SMALL, fill=palette.MUTED) for i, line in enumerate(source)
    ]
    pattern = (
        f'<defs><pattern id="{prefix}-u" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<circle cx="2" cy="2" r="1" fill="{palette.INK}"/></pattern></defs>'
    )
    rows = tuple(
        (names[code], unit.full(told[code].value), told[code].note)
        for code in sorted(names, key=lambda code: without_accents(names[code]))
    )
    return svg.figure(
        [
            pattern if uncertain else "",
            f'<g stroke="#fff" stroke-width=".8" stroke-linejoin="round">{"".join(paths)}</g>',
            *drawn_insets(basemap),
            f'<g class="sn-svg-legend">{legend}</g>',
            *credit,
        ],
        ChartWords(
            text.title,
            extremes([(names[code], area.value) for code, area in told.items()], unit),
            (text.area_header, text.value_header, "Précision"),
            rows,
        ),
        prefix=prefix,
        size=(basemap.width, height + (15 * len(source) + 6 if source else 0)),
        has_figures=bool(known),
        is_linked=any(area.href for area in told.values()),
    )


def legend_of(areas: Sequence[AtlasArea], classes: MapClasses, *, prefix: str, unit: Unit) -> list[tuple[str, str]]:
    """(fill, words): each class with how many areas it has, then what is hidden, missing and uncertain."""
    known = drawn([area.value for area in areas])
    words = zip(classes.colours, _words(classes, known, unit), classes.counts(known), strict=True)
    entries = [(colour, f"{text} ({french.number(count)})") for colour, text, count in words]
    hidden = sum(area.value is SUPPRESSED for area in areas)
    missing = len(areas) - len(known) - hidden
    absent = svg.absence_legend(prefix, masked=hidden > 0, missing=missing > 0)
    counts = [count for count in (hidden, missing) if count]
    entries += [(fill, f"{text} ({french.number(count)})") for (fill, text), count in zip(absent, counts, strict=True)]
    few = sum(area.is_uncertain and number(area.value) is not None for area in areas)
    if few:
        entries.append((f"url(#{prefix}-u)", f"incertain : moins de 10 répondants ({french.number(few)})"))
    return entries


def said(area: AtlasArea, unit: Unit) -> str:
    """The figure as a link says it: in full, or why there is none."""
    if area.value is SUPPRESSED:
        return "masqué (secret statistique)"
    if number(area.value) is None:
        return "non disponible"
    return f"{unit.full(area.value)}{', incertain' if area.is_uncertain else ''}"


def _words(classes: MapClasses, known: list[float], unit: Unit) -> list[str]:
    """« 2 à 5 », then « plus de 5 à 9 »."""
    found = []
    for i, bound in enumerate(classes.bounds):
        if i:
            found.append(f"plus de {unit.short(classes.bounds[i - 1])} à {unit.short(bound)}")
            continue
        first, last = unit.short(min([*known, bound])), unit.short(bound)
        found.append(first if first == last else f"{first} à {last}")
    return found
