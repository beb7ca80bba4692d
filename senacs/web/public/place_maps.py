"""Maps that show where structures are: a mark a commune, on the outlines of the départements."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from senacs.publication.charts import Area, Chart, PlaceMark, build_window, place_map
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure
from senacs.structures.queries import structures_in
from senacs.territories.geometry import points
from senacs.territories.models import Commune, Departement
from senacs.territories.positions import Position, box_around
from senacs.territories.queries import (
    Territory,
    boundaries,
    communes_around,
    current_vintage,
    displaced_codes,
    position_of,
)

AROUND = 20.0  # kilometres about a commune
WIDTH = 420.0
_KINDS = (("centre social", "centres sociaux"), ("espace de vie sociale", "espaces de vie sociale"))
_MARGIN = 0.06


def map_of(place: Territory) -> Chart | None:
    """The structures of a commune and around it, of an EPCI or of a département; None where no place is known."""
    if place.level == "commune":
        return _around(place)
    if place.level not in {"epci", "departement"}:
        return None
    communes = {c.pk: c for c in _served(place)}
    marks = _marks(communes, structures_in(place.level, place.code).values_list("commune_id", "kind"))
    box = _box([*_outline(place), *(Position(mark.latitude, mark.longitude) for mark in marks)])
    if box is None:
        return None
    title = f"Les structures agréées : {place.name}"
    shaded = place.code if place.level == "departement" else ""
    return _drawn(title, marks, box, highlight=shaded)


def _around(place: Territory) -> Chart | None:
    here = position_of(Commune.objects.get(pk=place.code))
    if here is None:
        return None
    communes = {c.pk: c for c in communes_around(here, AROUND)}
    served = Structure.objects.active().filter(commune__in=communes).values_list("commune_id", "kind")
    marks = _marks(communes, served)
    title = f"Les structures agréées autour de {place.name}"
    cross = PlaceMark(place.name, here.longitude, here.latitude, 0, 0)
    return _drawn(title, [*marks, cross], box_around(here, AROUND))


def _served(place: Territory) -> list[Commune]:
    return list(Commune.objects.filter(structures__in=structures_in(place.level, place.code)).distinct())


def _marks(communes: dict[str, Commune], rows: Iterable[tuple[str, str]]) -> list[PlaceMark]:
    counts: defaultdict[str, list[str]] = defaultdict(list)
    for code, kind in rows:
        counts[code].append(kind)
    found = []
    for code, kinds in counts.items():
        at = position_of(communes[code])
        if at is not None:
            centres = sum(kind == StructureKind.CENTRE_SOCIAL for kind in kinds)
            address = reverse("commune", args=[code])
            name = communes[code].name
            found.append(PlaceMark(name, at.longitude, at.latitude, centres, len(kinds) - centres, address))
    return found


def _outline(place: Territory) -> list[Position]:
    """Of a département that is drawn at its place."""
    if place.level != "departement" or place.code in displaced_codes("departement"):
        return []
    geometry = boundaries("departement").get(place.code)
    return [Position(latitude, longitude) for longitude, latitude in points(geometry)] if geometry else []


def _box(places: list[Position]) -> tuple[float, float, float, float] | None:
    if not places:
        return None
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    wide, high = max(east - west, 0.15) * (1 + 2 * _MARGIN), max(north - south, 0.1) * (1 + 2 * _MARGIN)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _drawn(
    title: str,
    marks: list[PlaceMark],
    box: tuple[float, float, float, float],
    *,
    highlight: str = "",
) -> Chart:
    vintage = current_vintage("departement")
    outlines = boundaries("departement", vintage) if vintage else {}
    displaced = displaced_codes("departement", vintage) if vintage else frozenset()
    names = dict(Departement.objects.values_list("code", "name"))
    areas = [Area(code, names[code], shape, code not in displaced) for code, shape in outlines.items()]
    window = build_window(areas, box=box, width=WIDTH)
    return place_map(title, window, marks, prefix="structures-ici", kinds=_KINDS, highlight=highlight)
