"""The coverage of a place, by the register: what its page shows and what its files hold; the address says it whole."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from senacs.lib import clock, french
from senacs.lib.french_tables import Cell, PeopleTable
from senacs.lib.text import search_key
from senacs.structures import unserved
from senacs.structures.candidates import Candidate, CandidateRows, Weights, candidates
from senacs.structures.unserved import (
    EpciWithout,
    Landscape,
    QpvWithout,
    Reach,
    Served,
    ServedRows,
    read_roll,
)
from senacs.territories import zonings
from senacs.territories.models import Departement, Epci, Region, RuralZoning
from senacs.territories.positions import SOURCE
from senacs.territories.queries import Territory
from senacs.web.incoming import Given

LEVELS = frozenset({"france", "region", "departement", "epci"})
KINDS = {"": "Toutes", "CS": "Centres sociaux", "EVS": "Espaces de vie sociale"}
LISTED = 15
MOST_WEIGHT = 5
RURAL = {"": "non", RuralZoning.FRR.value: "FRR", RuralZoning.FRR_PLUS.value: "FRR+"}
_PART_OF = {"france": "region", "region": "departement", "departement": "epci", "epci": "commune"}
_PART_WORDS = {"region": "Région", "departement": "Département", "epci": "Intercommunalité", "commune": "Commune"}
_MODELS = {"region": Region, "departement": Departement, "epci": Epci}


@dataclass(frozen=True, slots=True)
class CoverageState:
    """`year`: the register at the end of it, None for today; `smallest`: inhabitants from which a commune is listed."""

    kind: str
    year: int | None
    smallest: int
    weights: Weights

    @property
    def query(self) -> str:
        said = {"type": self.kind, "annee": self.year or "", "habitants": self.smallest or ""}
        weights = {f"poids_{name}": getattr(self.weights, name) for name in _WEIGHTS}
        changed = weights if self.weights != Weights() else {}
        return urlencode({name: value for name, value in {**said, **changed}.items() if value != ""})


_WEIGHTS = ("population", "distance", "qpv", "frr")


@dataclass(frozen=True, slots=True)
class Criterion:
    """`is_known`: whether its list is loaded; what is not known weighs nothing."""

    name: str
    label: str
    hint: str
    weight: int
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    url: str
    reach: Reach


def state_of(given: Given, years: Collection[int]) -> CoverageState:
    """What the address says; what it does not say, or says wrongly, takes its default."""
    year = given.number("annee")
    usual = Weights()
    known = {"qpv": zonings.is_loaded(zonings.QPV), "frr": zonings.is_loaded(zonings.FRR)}
    weights = {}
    for name in _WEIGHTS:
        asked = given.number(f"poids_{name}")
        weight = getattr(usual, name) if asked is None else min(max(asked, 0), MOST_WEIGHT)
        weights[name] = weight if known.get(name, True) else 0
    return CoverageState(
        kind=given.text("type") if given.text("type") in KINDS else "",
        year=year if year in years else None,
        smallest=min(max(given.number("habitants") or 0, 0), 10_000_000),
        weights=Weights(**weights),
    )


class CoveragePage:
    """Everything that the page and the files of a place need, made when it is asked for."""

    def __init__(self, place: Territory, given: Given) -> None:
        self.place = place
        self.roll = read_roll()
        self.asked = state_of(given, self.roll.years)

    @cached_property
    def _lists(self) -> tuple[object, ...]:
        return unserved.official_lists()

    def _land(self, kind: str, day: date | None) -> Landscape:
        return unserved.landscape(kind, self.roll.seats(day), self._lists)

    @cached_property
    def land(self) -> Landscape:
        return self._land(self.asked.kind, date(self.asked.year, 12, 31) if self.asked.year else None)

    @cached_property
    def served(self) -> ServedRows:
        return self.land.served_in(self.place)

    @cached_property
    def reach(self) -> Reach:
        return self.land.reach(self.place)

    @cached_property
    def by_kind(self) -> list[tuple[str, Reach]]:
        day = date(self.asked.year, 12, 31) if self.asked.year else None
        return [(label, self._land(kind, day).reach(self.place)) for kind, label in KINDS.items()]

    @cached_property
    def by_year(self) -> list[tuple[str, Reach]]:
        """The ends of the last years, oldest first, then today."""
        days = [(f"Fin {year}", date(year, 12, 31)) for year in reversed(self.roll.years)]
        moments: list[tuple[str, date | None]] = [*days, ("Aujourd’hui", None)]
        return [(label, self._land(self.asked.kind, day).reach(self.place)) for label, day in moments]

    @property
    def out_of_field(self) -> int:
        """Inhabitants of collectivities where no Caf acts; of an EPCI the vintages differ, nothing can be told."""
        if self.place.level == "epci":
            return 0
        return max((self.place.population or 0) - self.reach.population, 0)

    @cached_property
    def when(self) -> str:
        return f"au 31 décembre {self.asked.year}" if self.asked.year else f"au {french.long_date(clock.today())}"

    @cached_property
    def parts(self) -> list[Part]:
        """The places that it is made of, but for an EPCI, whose communes are listed anyway."""
        level = _PART_OF[self.place.level]
        if level == "commune":
            return []
        grouped = self.land.parts_of(self.place, level)
        known = _MODELS[level]._default_manager.filter(pk__in=grouped).values_list("pk", "name", "population")
        parts = [
            Part(name, reverse("coverage_place", args=[level, code]), self.land.reach_of(grouped[code], population))
            for code, name, population in known
        ]
        return sorted(parts, key=lambda part: search_key(part.name))

    @property
    def part_header(self) -> str:
        return _PART_WORDS[_PART_OF[self.place.level]]

    @cached_property
    def communes_without(self) -> ServedRows:
        """Most inhabitants first."""
        return self.land.without_in(self.place, smallest=self.asked.smallest)

    @cached_property
    def epcis_without(self) -> list[EpciWithout]:
        return self.land.epcis_without(self.place)

    @cached_property
    def qpvs_without(self) -> list[QpvWithout] | None:
        return self.land.qpvs_without(self.place)

    @cached_property
    def candidates(self) -> CandidateRows:
        return candidates(self.communes_without, self.asked.weights)

    @cached_property
    def unknown(self) -> ServedRows:
        """Communes of which no population is published: neither served nor left out."""
        return self.land.unknown_in(self.place)

    @cached_property
    def lost(self) -> int:
        """Inhabitants of communes whose place is not known: their distance is not."""
        return self.reach.population - self.reach.located

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        weights = self.asked.weights
        qpv, frr = zonings.vintage_of(zonings.QPV), zonings.vintage_of(zonings.FRR)
        return (
            Criterion("population", "Habitants de la commune", "", weights.population),
            Criterion("distance", "Distance à la structure la plus proche", "", weights.distance),
            Criterion(
                "qpv",
                "Habitants de ses quartiers prioritaires",
                f"liste {qpv}" if qpv else "liste non chargée : ne compte pas",
                weights.qpv,
                bool(qpv),
            ),
            Criterion(
                "frr",
                "France ruralités revitalisation",
                f"zonage {frr}" if frr else "zonage non chargé : ne compte pas",
                weights.frr,
                bool(frr),
            ),
        )

    @property
    def is_qpv_known(self) -> bool:
        return self.criteria[2].is_known

    @property
    def is_frr_known(self) -> bool:
        return self.criteria[3].is_known

    @cached_property
    def nearest_named(self) -> list[tuple[Candidate, str, str]]:
        """The first candidates: (candidate, the nearest commune that has a structure, zoning in words)."""
        return [(one, self.land.name_of(one.served.nearest), RURAL[one.served.ground.rural]) for one in self.shown]

    @property
    def shown(self) -> Sequence[Candidate]:
        return self.candidates[:LISTED]


def wider(place: Territory) -> list[tuple[str, str]]:
    """(name, address) of the pages that hold this one."""
    return [(parent.name, coverage_address(parent)) for parent in place.parents]


def coverage_address(place: Territory) -> str:
    if place.level == "france":
        return reverse("coverage")
    return reverse("coverage_place", args=[place.level, place.code])


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


def _communes(page: CoveragePage) -> PeopleTable:
    """Every commune of the place, with and without."""
    epcis = dict(Epci.objects.values_list("pk", "name"))
    rows = [
        _commune_cells(page, one, epcis)
        for one in sorted(page.served, key=lambda one: (one.ground.departement, one.ground.name))
    ]
    return _table(page, "communes", _COMMUNE_HEADERS, rows)


_COMMUNE_HEADERS = (
    "Code Insee", "Commune", "Département", "Intercommunalité", "Habitants", "Centres sociaux",
    "Espaces de vie sociale", "Situation", "Distance (km)", "La plus proche", "Quartiers prioritaires",
    "Habitants des quartiers prioritaires", "FRR",
)  # fmt: skip


def _commune_cells(page: CoveragePage, one: Served, epcis: dict[str, str]) -> list[Cell]:
    ground = one.ground
    if ground.population is None:
        state = "population non publiée"
    elif one.count:
        state = "avec structure"
    else:
        state = "sans structure" if ground.population else "sans habitant"
    return [
        ground.code,
        ground.name,
        ground.departement,
        epcis.get(ground.epci or "", ""),
        ground.population,
        one.seats.centres,
        one.seats.evs,
        state,
        _rounded(one.distance, 1),
        page.land.name_of(one.nearest),
        ground.qpv_count if page.is_qpv_known else None,
        ground.qpv_population if page.is_qpv_known else None,
        RURAL[ground.rural] if page.is_frr_known else "",
    ]


def _epcis(page: CoveragePage) -> PeopleTable:
    rows = [(one.code, one.name, one.population, one.communes, one.here) for one in page.epcis_without]
    headers = ("SIREN", "Intercommunalité sans structure", "Habitants", "Communes ici", "Habitants ici")
    return _table(page, "intercommunalités sans structure", headers, rows)


def _quarters(page: CoveragePage) -> PeopleTable:
    rows = [(one.code, one.name, one.communes, one.population) for one in page.qpvs_without or ()]
    headers = ("Code", "Quartier prioritaire", "Communes, sans structure", "Habitants")
    return _table(page, "quartiers prioritaires des communes sans structure", headers, rows)


def _candidates(page: CoveragePage) -> PeopleTable:
    """The ranks of every candidate and what they rest on, for a meeting."""
    epcis = dict(Epci.objects.values_list("pk", "name"))
    headers = ("Rang", "Note sur 100", *_COMMUNE_HEADERS)
    rows = [
        [rank, _rounded(one.score, 1), *_commune_cells(page, one.served, epcis)]
        for rank, one in enumerate(page.candidates, start=1)
    ]
    return _table(page, "où une structure manquerait le plus", headers, rows)


TABLES: dict[str, Callable[[CoveragePage], PeopleTable]] = {
    "communes": _communes,
    "intercommunalites": _epcis,
    "quartiers": _quarters,
    "candidates": _candidates,
}


def _table(page: CoveragePage, subject: str, headers: tuple[str, ...], rows: Sequence[Sequence[Cell]]) -> PeopleTable:
    reach, weights = page.reach, page.asked.weights
    kind = KINDS[page.asked.kind].lower() if page.asked.kind else "centres sociaux et espaces de vie sociale"
    method = [
        ("Territoire", page.place.name),
        ("Structures comptées", f"{kind}, agréés, registre SENACS, {page.when}, à la commune de leur siège"),
        ("Habitants", "populations municipales ; une case vide n’est pas un zéro : la population n’est pas publiée"),
        ("Distance", f"à vol d’oiseau, de centre à centre de commune, d’après {SOURCE} ; 0 dans la commune"),
        ("Communes habitées", f"{french.number(reach.communes)}, dont {french.number(reach.communes_with)} servies"),
        ("Habitants d’une commune servie", french.percent(reach.share_with, 1)),
        ("Habitants d’une intercommunalité servie", french.percent(reach.share_in_epci_with, 1)),
        (
            "Note",
            "moyenne, selon les poids, de la part des candidates que la commune dépasse pour chaque critère ; poids : "
            f"habitants {weights.population}, distance {weights.distance}, quartiers prioritaires {weights.qpv}, "
            f"FRR {weights.frr}",
        ),
        ("Ce que cela ne dit pas", "sans structure ne veut pas dire sans action ; aucune norme ne fixe un seuil"),
    ]
    return PeopleTable(f"{page.place.name} : {subject}", headers, rows, method)
