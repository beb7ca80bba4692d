"""Maps that show where structures are, each mark a link to its commune."""

from collections.abc import Iterable
from dataclasses import replace

from django.urls import reverse

from senacs.publication.charts import Chart, PlaceMark
from senacs.publication.located import box_of, map_in, marks_of, outline_of
from senacs.structures.models import Structure
from senacs.structures.queries import structures_in
from senacs.territories.models import Commune
from senacs.territories.positions import Position, box_around
from senacs.territories.queries import Territory, communes_around, position_of

AROUND = 20.0  # kilometres about a commune
PREFIX = "structures-ici"


def map_of(place: Territory) -> Chart | None:
    """The structures of a commune and around it, of an EPCI or of a département; None where no place is known."""
    if place.level == "commune":
        return _around(place)
    if place.level not in {"epci", "departement"}:
        return None
    communes = {c.pk: c for c in _served(place)}
    marks = _linked(communes, structures_in(place.level, place.code).values_list("commune_id", "kind"))
    shaded = place.code if place.level == "departement" else ""
    outline = outline_of(place.code) if shaded else []
    box = box_of([*outline, *(Position(mark.latitude, mark.longitude) for mark in marks)])
    if box is None:
        return None
    return map_in(box, f"Les structures agréées : {place.name}", marks, prefix=PREFIX, highlight=shaded)


def _around(place: Territory) -> Chart | None:
    here = position_of(Commune.objects.get(pk=place.code))
    if here is None:
        return None
    communes = {c.pk: c for c in communes_around(here, AROUND)}
    served = Structure.objects.active().filter(commune__in=communes).values_list("commune_id", "kind")
    cross = PlaceMark(place.name, here.longitude, here.latitude, 0, 0)
    title = f"Les structures agréées autour de {place.name}"
    return map_in(box_around(here, AROUND), title, [*_linked(communes, served), cross], prefix=PREFIX)


def _served(place: Territory) -> list[Commune]:
    return list(Commune.objects.filter(structures__in=structures_in(place.level, place.code)).distinct())


def _linked(communes: dict[str, Commune], rows: Iterable[tuple[str, str]]) -> list[PlaceMark]:
    return [replace(mark, href=reverse("commune", args=[mark.code])) for mark in marks_of(communes, rows)]
