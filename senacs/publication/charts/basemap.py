"""The outlines of a map, projected once and reused by every chart drawn on it."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from senacs.publication.charts import projection

Ring = Sequence[tuple[float, float]]
OVERSEAS = ("971", "972", "973", "974", "976", "01", "02", "03", "04", "06")  # départements, then their régions
DETAIL = 1.6  # side of the cells in which points become one, in units of the viewBox


@dataclass(frozen=True, slots=True)
class Area:
    """A unit to draw: GeoJSON geometry in degrees; `is_georeferenced` false where an overseas unit was moved."""

    code: str
    name: str
    geometry: Mapping[str, object]
    is_georeferenced: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    code: str
    name: str
    path: str
    centre: tuple[float, float]
    box: tuple[float, float, float, float]  # left, top, right, bottom of the main ring


class Room(NamedTuple):
    """The rectangle that outlines may fill."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Inset:
    """The frame around an overseas unit, brought near the mainland at a scale of its own."""

    left: float
    top: float
    width: float
    height: float
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """Outlines as a window of degrees shows them; `place` tells where a longitude and a latitude fall in it."""

    shapes: tuple[Shape, ...]
    width: float
    height: float
    place: projection.Projection


@dataclass(frozen=True, slots=True)
class Basemap:
    shapes: tuple[Shape, ...]
    insets: tuple[Inset, ...]
    width: float
    height: float


def build_basemap(
    areas: Iterable[Area],
    *,
    width: float = 360.0,
    level: str = "departement",
    enlarged: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Basemap:
    """Projects and simplifies `areas` into a drawing `width` wide. True overseas units go to insets below.

    `level` tells départements from régions, whose overseas codes differ. `enlarged`: codes of areas that an inset shows
    once more, larger, under a name.
    """
    overseas_codes = set(OVERSEAS[:5] if level != "region" else OVERSEAS[5:])
    known = [(area, rings) for area in areas if (rings := _rings(area.geometry))]
    far = [(a, r) for a, r in known if a.is_georeferenced and a.code in overseas_codes]
    near = [pair for pair in known if pair not in far]
    if len(far) == 1 and not near:
        return _alone(*far[0], width=width)
    shapes: list[Shape] = []
    height = 0.0
    if near:
        planes = [(area, [_project(ring, projection.lambert) for ring in rings]) for area, rings in near]
        height = _place(planes, shapes, Room(1, 1, width - 2, width * 1.15)) + 2
    insets = []
    again = [(name, [pair for pair in near if pair[0].code in codes]) for name, codes in enlarged.items()]
    again = [(name, pairs) for name, pairs in again if pairs]
    columns = max(len(far) + len(again), 5)
    cell, gap = (width - 4 * (columns - 1)) / columns, 4.0
    for i, (area, rings) in enumerate(sorted(far, key=lambda pair: pair[0].code)):
        left, top = i * (cell + gap), height + 6
        plane = [_project(ring, _around(rings)) for ring in rings]
        _place([(area, plane)], shapes, Room(left + 4, top + 4, cell - 8, cell - 8), centred=True)
        insets.append(Inset(left, top, cell, cell, area.name))
    for i, (name, pairs) in enumerate(again, start=len(far)):
        left, top = i * (cell + gap), height + 6
        planes = [(area, [_project(ring, projection.lambert) for ring in rings]) for area, rings in pairs]
        _place(planes, shapes, Room(left + 4, top + 4, cell - 8, cell - 8), centred=True)
        insets.append(Inset(left, top, cell, cell, name))
    if insets:
        height += cell + 24
    return Basemap(tuple(shapes), tuple(insets), width, height)


def build_window(areas: Iterable[Area], *, box: tuple[float, float, float, float], width: float = 360.0) -> Window:
    """The areas as a window of degrees (west, south, east, north) shows them.

    Outlines go on outside the window, where the drawing ends. Units drawn away from their place are left out.
    """
    west, south, east, north = box
    plane = projection.local((west + east) / 2, (south + north) / 2)
    (x0, y0), (x1, y1) = plane(west, north), plane(east, south)
    scale = width / ((x1 - x0) or 1e-9)

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        x, y = plane(longitude, latitude)
        return (x - x0) * scale, (y - y0) * scale

    cells: dict[tuple[int, int], tuple[float, float]] = {}
    shapes = tuple(
        _shape(area, [_project(ring, place) for ring in rings], cells)
        for area in areas
        if area.is_georeferenced and (rings := _rings(area.geometry)) and _meets(rings, box)
    )
    return Window(shapes, width, (y1 - y0) * scale, place)


def _meets(rings: list[Ring], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return any(
        min(p[0] for p in ring) <= east
        and max(p[0] for p in ring) >= west
        and min(p[1] for p in ring) <= north
        and max(p[1] for p in ring) >= south
        for ring in rings
    )


def _alone(area: Area, rings: list[Ring], *, width: float) -> Basemap:
    shapes: list[Shape] = []
    plane = [_project(ring, _around(rings)) for ring in rings]
    height = _place([(area, plane)], shapes, Room(1, 1, width - 2, width)) + 2
    return Basemap(tuple(shapes), (), width, height)


def _rings(geometry: Mapping[str, object]) -> list[Ring]:
    """Exterior rings and holes of a Polygon or MultiPolygon; anything else draws nothing."""
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list | tuple):
        return []
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(geometry.get("type")), [])
    return [ring for polygon in polygons for ring in polygon if len(ring) >= 4]


def _around(rings: list[Ring]) -> projection.Projection:
    xs = [point[0] for ring in rings for point in ring]
    ys = [point[1] for ring in rings for point in ring]
    return projection.local((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def _project(ring: Ring, project: projection.Projection) -> list[tuple[float, float]]:
    return [project(point[0], point[1]) for point in ring]


def _place(
    planes: list[tuple[Area, list[list[tuple[float, float]]]]],
    shapes: list[Shape],
    room: Room,
    *,
    centred: bool = False,
) -> float:
    """Scales the plane into the room, appends the shapes; the height really used."""
    left, top, width, height = room
    points = [point for _, rings in planes for ring in rings for point in ring]
    x0, x1 = min(p[0] for p in points), max(p[0] for p in points)
    y0, y1 = min(p[1] for p in points), max(p[1] for p in points)
    scale = min(width / ((x1 - x0) or 1e-9), height / ((y1 - y0) or 1e-9))
    dx = left + (width - (x1 - x0) * scale) / 2 - x0 * scale
    dy = top + ((height - (y1 - y0) * scale) / 2 if centred else 0) - y0 * scale
    points_by_cell: dict[tuple[int, int], tuple[float, float]] = {}
    for area, rings in planes:
        drawn = [[(x * scale + dx, y * scale + dy) for x, y in ring] for ring in rings]
        shapes.append(_shape(area, drawn, points_by_cell))
    return top + (y1 - y0) * scale


def _shape(
    area: Area, rings: list[list[tuple[float, float]]], points_by_cell: dict[tuple[int, int], tuple[float, float]]
) -> Shape:
    main = max(rings, key=lambda ring: abs(_area(ring)))
    path = []
    for ring in rings:
        kept = _simplified(ring, points_by_cell)
        if len(kept) >= 3:
            path.append(_outline(kept))
        elif ring is main:
            path.append(_outline(list(ring[:-1])))
    xs, ys = [x for x, _ in main], [y for _, y in main]
    return Shape(area.code, area.name, "".join(path), _centre(main), (min(xs), min(ys), max(xs), max(ys)))


def _simplified(
    ring: list[tuple[float, float]], points_by_cell: dict[tuple[int, int], tuple[float, float]]
) -> list[tuple[float, float]]:
    """One point a cell, the same for every ring that crosses it: neighbours keep a common border."""
    kept: list[tuple[float, float]] = []
    for point in ring:
        cell = math.floor(point[0] / DETAIL), math.floor(point[1] / DETAIL)
        chosen = points_by_cell.setdefault(cell, point)
        if not kept or chosen != kept[-1]:
            kept.append(chosen)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _outline(points: list[tuple[float, float]]) -> str:
    """A closed path in tenths, relative moves: half the bytes of absolute ones."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    moves = "".join(
        f"{'' if dx < 0 else ' '}{dx / 10:g}{'' if dy < 0 else ' '}{dy / 10:g}"
        for (x0, y0), (x1, y1) in pairwise(tenths)
        for dx, dy in ((x1 - x0, y1 - y0),)
    )
    return f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}l{moves.lstrip()}z"


def _area(ring: list[tuple[float, float]]) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _centre(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Centre of gravity of a closed ring; of its points when it has no area."""
    area = _area(ring)
    if abs(area) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    cx = cy = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        cx += (x0 + x1) * cross
        cy += (y0 + y1) * cross
    return cx / (6 * area), cy / (6 * area)
