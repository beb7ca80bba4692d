"""Where structures stand: a mark a commune, in a window on the outlines of the départements."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from senacs.publication.charts import Area, Chart, PlaceMark, build_window, place_map
from senacs.structures.enums import StructureKind
from senacs.territories.geometry import Geometry, points
from senacs.territories.models import Commune, Departement
from senacs.territories.positions import Position
from senacs.territories.queries import boundaries, current_vintage, displaced_codes, position_of

WIDTH = 420.0
_KINDS = (("centre social", "centres sociaux"), ("espace de vie sociale", "espaces de vie sociale"))
_MARGIN = 0.06
Box = tuple[float, float, float, float]  # west, south, east, north, in degrees


def marks_of(communes: Mapping[str, Commune], rows: Iterable[tuple[str, str]]) -> list[PlaceMark]:
    """A mark for each commune whose place is known; `rows`: (commune, kind) of each structure."""
    counts: dict[str, list[str]] = {}
    for code, kind in rows:
        counts.setdefault(code, []).append(kind)
    found = []
    for code, kinds in counts.items():
        if (commune := communes.get(code)) and (at := position_of(commune)) is not None:
            centres = sum(kind == StructureKind.CENTRE_SOCIAL for kind in kinds)
            found.append(PlaceMark(commune.name, at.longitude, at.latitude, centres, len(kinds) - centres, code=code))
    return found


@lru_cache(maxsize=4)
def outlines_of(level: str, vintage: str) -> tuple[dict[str, Geometry], frozenset[str]]:
    """Of each unit of a level, by code, and the codes of those that maps draw elsewhere than at their place.

    Read once a vintage: a run makes a hundred documents from them.
    """
    return boundaries(level, vintage), displaced_codes(level, vintage)


def outline_of(departement: str) -> list[Position]:
    """The points of its outline; none where maps draw it elsewhere than at its place."""
    outlines, displaced = outlines_of("departement", current_vintage("departement") or "")
    if departement in displaced:
        return []
    geometry = outlines.get(departement)
    return [Position(latitude, longitude) for longitude, latitude in points(geometry)] if geometry else []


def box_of(places: Sequence[Position]) -> Box | None:
    """The window in which they all stand, with a margin; None without any."""
    if not places:
        return None
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    wide, high = max(east - west, 0.15) * (1 + 2 * _MARGIN), max(north - south, 0.1) * (1 + 2 * _MARGIN)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def map_in(box: Box, title: str, marks: Sequence[PlaceMark], *, prefix: str, highlight: str = "") -> Chart:
    """The marks on the outlines of the current vintage; `highlight`: the département that is shaded."""
    outlines, displaced = outlines_of("departement", current_vintage("departement") or "")
    names = dict(Departement.objects.values_list("code", "name"))
    areas = [Area(code, names[code], shape, code not in displaced) for code, shape in outlines.items()]
    window = build_window(areas, box=box, width=WIDTH)
    return place_map(title, window, marks, prefix=prefix, kinds=_KINDS, highlight=highlight)
