"""Blocks by place: maps, territories side by side, the structures of the register."""

from senacs.lib import french
from senacs.publication.charts import Chart, MapText, Unit, choropleth
from senacs.publication.documents import drawings
from senacs.publication.documents.making import Making, Printed
from senacs.publication.documents.printed_figures import KIND_WORDS
from senacs.publication.documents.side_by_side import (
    areas_table,
    coverage,
    indicator_map,
    map_sentences,
    named_table,
    territories_table,
)
from senacs.publication.located import box_of, map_in, outline_of
from senacs.publication.trames import TrameBlock
from senacs.structures.enums import Gestion, StructureKind
from senacs.territories.positions import Position

MAP_ROWS = 24
GESTION_WORDS = {
    Gestion.ASSOCIATIF: "Association",
    Gestion.COLLECTIVITE: "Collectivité",
    Gestion.CAF: "Caf",
    Gestion.AUTRE: "Autre",
}


def register_map(making: Making, block: TrameBlock) -> Printed | None:
    areas = making.register.areas
    if not making.basemap.shapes:
        return None
    unit = Unit("", 2)
    chart = choropleth(
        MapText("Structures agréées pour 10 000 habitants", value_header="Structures pour 10 000 habitants"),
        making.basemap,
        {area.code: area.density for area in areas},
        prefix=making.prefix(),
        unit=unit,
        highlight=making.register.mine,
    )
    points = _located(making)
    return {
        "map": making.drawing(chart),
        "map-title": chart.title,
        "points": making.drawing(points) if points else None,
        "sentences": coverage(making.register, making.territory),
        "source": f"Source : registre public des agréments {making.year}. Contours : {making.map_source}.",
        "table": areas_table(making.register, unit),
    }


def _located(making: Making) -> Chart | None:
    """The structures of a département, each at its commune.

    None where no place is known, or where the outlines draw the département elsewhere (overseas): marks without a
    coast tell nothing.
    """
    code, marks = making.register.mine, making.register.marks
    if not marks or not (outline := outline_of(code)):
        return None
    box = box_of([*outline, *(Position(mark.latitude, mark.longitude) for mark in marks)])
    if box is None:
        return None
    return map_in(box, "Les structures agréées, commune par commune", marks, prefix=making.prefix(), highlight=code)


def side_by_side(making: Making, block: TrameBlock) -> Printed | None:
    table = territories_table(making.reader, making.register.areas, block.figures, territory=making.territory)
    if table is None:
        return None
    drawn = [drawings.draw(visual, making.figures, prefix=making.prefix()) for visual in block.visuals]
    shown = [d for d in drawn if d and d.chart.has_figures]
    return {**table, "visuals": [making.visual(d.chart, d.reading, d.note) for d in shown]}


def mapped_indicator(making: Making, block: TrameBlock) -> Printed | None:
    chart = indicator_map(
        making.reader,
        making.basemap,
        block,
        register=making.register,
        territory=making.territory,
        prefix=making.prefix(),
    )
    if chart is None:
        return None
    # A short table stands under its map; a long one in the annex, with those of the drawings.
    is_short = len(chart.rows) <= MAP_ROWS
    return {
        "map": making.drawing(chart, is_in_annex=not is_short),
        "sentences": map_sentences(chart),
        "table": {"headers": list(chart.headers), "rows": [*map(list, chart.rows)] if is_short else []},
        "source": f"{making.source()} Contours : {making.map_source}.",
    }


def structures(making: Making, block: TrameBlock) -> Printed:
    groups = []
    for kind in StructureKind.values:
        rows = [
            [s.commune, s.name, GESTION_WORDS[Gestion(s.gestion)] if s.gestion else "–"]
            for s in making.register.structures
            if s.kind == kind
        ]
        if rows:
            groups.append({"title": french.plural(len(rows), *KIND_WORDS[kind]), "rows": rows})
    return {"headers": ["Commune", "Structure", "Gestion"], "groups": groups}


def structures_by_name(making: Making, block: TrameBlock) -> Printed | None:
    return named_table(making.reader, making.register.structures, making.named, block.figures)
