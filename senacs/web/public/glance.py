"""A territory in ten seconds: who serves it, how it is covered, where its figures begin, what can be said and cited."""

from dataclasses import dataclass

from django.urls import reverse

from senacs.lib import clock, french
from senacs.observatory.models import Release
from senacs.observatory.releases.gaps import telling_gaps
from senacs.observatory.releases.places import find_place, structures_of
from senacs.observatory.releases.reader import ReleaseReader, kept_with_reader
from senacs.publication.charts import Chart
from senacs.publication.documents.printed_figures import read_value, share_sentence
from senacs.structures.coverage import (
    Coverage,
    Near,
    comparable_to,
    coverage_of,
    coverage_of_all,
    nearest_structures,
    neighbours_of,
)
from senacs.structures.models import Structure
from senacs.structures.queries import structures_in
from senacs.territories.models import Commune
from senacs.territories.queries import Territory, position_of
from senacs.web.public.place_maps import map_of

SENTENCES = 3
LISTED = 12
_NOUNS = {"commune": "communes", "epci": "intercommunalités", "departement": "départements", "region": "régions"}


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """`url`: the page of the place, '' for several together; `about`: how those were chosen."""

    coverage: Coverage
    url: str
    about: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A territory on the way from the smallest to France: whether the release tells figures of it, or why not."""

    place: Territory
    url: str
    is_told: bool
    why: str


@dataclass(frozen=True, slots=True)
class Glance:
    own: Coverage
    structures: tuple[Structure, ...]
    near: tuple[Near, ...]
    is_position_known: bool
    map: Chart | None
    rows: tuple[CoverageRow, ...]
    levels: tuple[Level, ...]
    told: Level | None
    sentences: tuple[str, ...]
    citation: str
    # The page of coverage of the place, or of the closest one that has a page.
    coverage_url: str


def address_of(place: Territory) -> str:
    """The page of a territory."""
    if place.level == "france":
        return reverse("territory_france")
    if place.level == "commune":
        return reverse("commune", args=[place.code])
    return reverse("territory", args=[place.level, place.code])


def glance_of(place: Territory, release: Release | None, reader: ReleaseReader | None, *, site: str) -> Glance:
    """`site`: the address of the site, for the citation."""
    own = coverage_of(place, structures_of(place, reader))
    levels = _levels(place, reader)
    told = next((level for level in levels if level.is_told), None)
    near: list[Near] = []
    is_known = True
    if place.level == "commune":
        at = position_of(Commune.objects.get(pk=place.code))
        is_known = at is not None
        near = nearest_structures(at, without=place.code) if at and own.structures < LISTED else []
    here = structures_in(place.level, place.code).select_related("commune")[:LISTED] if place.level == "commune" else ()
    return Glance(
        own=own,
        structures=tuple(here),
        near=tuple(near),
        is_position_known=is_known,
        map=map_of(place),
        rows=tuple(_rows(place, own)),
        levels=levels,
        told=told,
        sentences=telling_sentences(reader, told.place) if reader and told else (),
        citation=_citation(place, release, site),
        coverage_url=_coverage_address(place),
    )


def _coverage_address(place: Territory) -> str:
    for one in (place, *reversed(_wider(place))):
        if one.level in {"region", "departement", "epci"}:
            return reverse("coverage_place", args=[one.level, one.code])
    return reverse("coverage")


def _rows(place: Territory, own: Coverage) -> list[CoverageRow]:
    rows = [CoverageRow(own, "", is_own=True)]
    noun = _NOUNS.get(place.level, "")
    around, alike = neighbours_of(place), comparable_to(place)
    if beside := coverage_of_all("Territoires voisins", place.level, around) if around else None:
        chosen = "les plus proches" if place.level == "commune" else "autour"
        rows.append(CoverageRow(beside, "", f"{len(around)} {noun} {chosen}"))
    if like := coverage_of_all("Territoires comparables", place.level, alike) if alike else None:
        nature = " de même nature" if place.level == "epci" else ""
        rows.append(CoverageRow(like, "", f"{len(alike)} {noun}{nature} de population la plus proche"))
    rows += [CoverageRow(coverage_of(wider), address_of(wider)) for wider in reversed(_wider(place))]
    return rows


def _wider(place: Territory) -> tuple[Territory, ...]:
    """What the place lies in, France first; a commune lies in its EPCI too."""
    if place.level != "commune":
        return place.parents
    commune = Commune.objects.select_related("epci").get(pk=place.code)
    epci = commune.epci
    inside = (Territory("epci", epci.pk, epci.name, epci.population, place.parents[:1]),) if epci else ()
    return (*place.parents, *inside)


def _levels(place: Territory, reader: ReleaseReader | None) -> tuple[Level, ...]:
    if reader is None:
        return ()
    grouped = []
    if place.level == "commune":
        codes = sorted(code for code, entry in reader.groupings.items() if place.code in entry["communes"])
        grouped = [found for code in codes if (found := find_place("groupement", code, reader))]
    ladder = [place, *grouped, *reversed(_wider(place))]
    return tuple(
        Level(one, address_of(one), (one.level, one.code) in reader.told, _why_not(one, reader)) for one in ladder
    )


def _why_not(place: Territory, reader: ReleaseReader) -> str:
    if (place.level, place.code) in reader.told:
        return ""
    if place.level == "commune":
        return "une commune compte trop peu de structures : ses chiffres diraient ceux de l’une d’elles"
    if any(reader.cells(place.level, place.code)):
        return "tous ses chiffres sont masqués (secret statistique)"
    return "trop peu de structures agréées y ont répondu pour qu’un chiffre soit publié"


@kept_with_reader(300)
def telling_sentences(reader: ReleaseReader, place: Territory) -> tuple[str, ...]:
    """The widest gaps with France that a test of significance holds for real, one an indicator, in words."""
    if not place.parents:
        return ()
    france = place.parents[0]
    found = []
    for code, modality in telling_gaps(reader, place.level, place.code):
        indicator = reader.indicators[code]
        here, everywhere = (
            read_value(reader.cell(code, p.level, p.code, statistic="share", modality=modality))
            for p in (place, france)
        )
        if isinstance(here, int | float) and isinstance(everywhere, int | float):
            label = f"{indicator.label} : {indicator.modalities[modality]}" if modality else indicator.label
            found.append((-abs(here - everywhere), code, share_sentence(label, here, everywhere)))
    told: dict[str, str] = {}
    for _, code, sentence in sorted(found):
        told.setdefault(code, sentence)
    return tuple(told.values())[:SENTENCES]


def _citation(place: Territory, release: Release | None, site: str) -> str:
    about = (
        f"données {release.campaign.data_year}, publication {release.name}" if release else "registre des structures"
    )
    today = french.long_date(clock.today())
    work = "SENACS (Cnaf, Fcsf), Observatoire des centres sociaux et des espaces de vie sociale"
    return f"{work}, {place.name}, {about}, {site}{address_of(place)}, consulté le {today}."
