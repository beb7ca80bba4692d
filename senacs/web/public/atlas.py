"""The atlas: a published indicator of a year and level as a map; its whole state is its address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from senacs.lib import french
from senacs.lib.french_tables import PeopleTable
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, kept_with_reader, reader_for
from senacs.publication.charts import (
    Area,
    AtlasArea,
    Basemap,
    Chart,
    Cut,
    MapText,
    Unit,
    Value,
    atlas_map,
    build_basemap,
    classes_of,
    legend_of,
)
from senacs.publication.documents.printed_figures import (
    KIND_WORDS,
    STATISTIC_WORDS,
    compared_statistic,
    kinds_told,
    of_kind,
    read_value,
    unit_of,
)
from senacs.structures.enums import StructureKind
from senacs.structures.queries import counts_by
from senacs.territories.models import Departement, Epci, Region
from senacs.territories.queries import boundaries, boundary_source, current_vintage, populations
from senacs.web.incoming import Given

COVERAGE = "couverture"
LEVELS = {"region": "Régions", "departement": "Départements", "epci": "Intercommunalités"}
LEVEL_WORDS = {"region": "Région", "departement": "Département", "epci": "Intercommunalité"}
CUTS = {
    Cut.QUANTILES: "Autant de territoires par classe",
    Cut.NATURAL: "Seuils naturels",
    Cut.EQUAL: "Classes de même étendue",
    Cut.AROUND: "De part et d’autre de la France",
    Cut.TYPED: "Bornes choisies",
}
WIDTH = 620.0
FEW = 10  # respondents under which a figure is uncertain
MOST_CLASSES = 7
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_MODELS = {"region": Region, "departement": Departement, "epci": Epci}
_RING = {"Paris, couronne": frozenset({"75", "92", "93", "94"})}


@dataclass(frozen=True, slots=True)
class MapState:
    """What is drawn. `indicator` may name a modality (« code:modality »); `release`: '' for the newest of the year."""

    indicator: str
    level: str
    kind: str
    year: int | None
    release: str
    cut: Cut
    count: int
    typed: tuple[float, ...]
    # Another indicator, drawn beside the first.
    beside: str = ""

    @property
    def query(self) -> str:
        """The address of the same map."""
        said = {
            "indicateur": self.indicator,
            "niveau": self.level,
            "type": self.kind,
            "annee": self.year or "",
            "publication": self.release,
            "classes": self.cut.value,
            "nombre": self.count,
            "avec": self.beside,
            "bornes": " ".join(french.number(bound).replace(french.THIN, "") for bound in self.typed),
        }
        return urlencode({name: value for name, value in said.items() if value != ""})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map and what it rests on."""

    state: MapState
    chart: Chart
    # (fill, words), beside the map.
    legend: tuple[tuple[str, str], ...]
    table: PeopleTable
    reference: str
    definition: str
    is_of_register: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What an indicator tells of the territories of a level; `reference`: France's figure."""

    title: str
    definition: str
    header: str
    unit: Unit
    areas: dict[str, AtlasArea]
    reference: Value
    is_of_register: bool


def state_of(given: Given) -> MapState:
    """What the address says; what it does not say, or says wrongly, takes its default."""
    level = given.text("niveau")
    cut = given.text("classes")
    bounds = (_decimal(word) for word in given.text("bornes", longest=200).replace(";", " ").split())
    typed = tuple(sorted({bound for bound in bounds if bound is not None}))[: MOST_CLASSES - 1]
    return MapState(
        indicator=given.text("indicateur", longest=120) or COVERAGE,
        level=level if level in LEVELS else "departement",
        kind=given.text("type") if given.text("type") in KIND_WORDS else "",
        year=given.number("annee"),
        release=given.text("publication", longest=20),
        cut=Cut(cut) if cut in list(Cut) else Cut.QUANTILES,
        count=min(max(given.number("nombre") or 5, 2), MOST_CLASSES),
        typed=typed,
        beside=given.text("avec", longest=120),
    )


def _decimal(word: str) -> float | None:
    plain = word.replace(",", ".").replace(french.MINUS, "-")
    return float(plain) if _DECIMAL.fullmatch(plain) else None


def release_of(state: MapState, releases: list[Release]) -> Release | None:
    """The one that is named; the newest of the year; the newest of all. None where there is none such."""
    if state.release:
        return next((one for one in releases if one.name == state.release), None)
    return next((one for one in releases if state.year in {None, one.campaign.data_year}), None)


def beside(state: MapState, release: Release | None) -> Mapped | None:
    """The map of the second indicator, cut as the first; bounds that were typed are those of the first alone."""
    if not state.beside:
        return None
    cut = Cut.QUANTILES if state.cut is Cut.TYPED else state.cut
    return mapped(replace(state, indicator=state.beside, beside="", cut=cut, typed=()), release, prefix="atlas-b")


def mapped(state: MapState, release: Release | None, *, prefix: str = "atlas") -> Mapped | None:
    """The map of a state; None where the release has no such indicator, or no outlines of the level are loaded."""
    outlines = _basemap(state.level)
    if outlines is None:
        return None
    if state.indicator == COVERAGE:
        figures: Figures | None = _coverage(state)
    else:
        figures = _published(reader_for(release), state.indicator, state.level, state.kind) if release else None
    if figures is None:
        return None
    shown = {shape.code for shape in outlines.shapes}
    values = [
        float(figures.unit.rounded(area.value))  # type: ignore[arg-type]
        for code, area in figures.areas.items()
        if code in shown and isinstance(area.value, int | float)
    ]
    middle = figures.reference if isinstance(figures.reference, int | float) else None
    classes = classes_of(values, state.cut, count=state.count, typed=state.typed, middle=middle)
    source = _source(state, release)
    rounded = {
        code: AtlasArea(figures.unit.rounded(area.value), area.href, area.is_uncertain, area.note)
        for code, area in figures.areas.items()
    }
    text = MapText(figures.title, LEVEL_WORDS[state.level], figures.header, source)
    chart = atlas_map(text, outlines, rounded, classes, prefix=prefix, unit=figures.unit)
    reference = figures.unit.full(figures.reference) if middle is not None else ""
    drawn_areas = [rounded.get(code, AtlasArea(None)) for code in sorted(shown)]
    legend = tuple(legend_of(drawn_areas, classes, prefix=prefix, unit=figures.unit))
    return Mapped(
        state, chart, legend, _table(state, figures, source), reference, figures.definition, figures.is_of_register
    )


def _coverage(state: MapState) -> Figures:
    inhabitants = populations(state.level)
    kinds = [StructureKind(state.kind)] if state.kind else list(StructureKind)
    counts = counts_by(state.level)
    areas = {}
    for code, population in inhabitants.items():
        here = sum(counts.get(code, {}).get(kind, 0) for kind in kinds)
        # Without a population nothing can be said; without a structure, zero can.
        value = 10_000 * here / population if population else None
        note = french.plural(here, "structure") if population else "population non publiée"
        areas[code] = AtlasArea(value, reverse("territory", args=[state.level, code]), note=note)
    whole = populations("france")["FR"]
    total = sum(kinds_here.get(kind, 0) for kinds_here in counts_by("region").values() for kind in kinds)
    return Figures(
        title=of_kind("Structures agréées pour 10 000 habitants", state.kind),
        definition="Structures agréées aujourd’hui, d’après le registre, rapportées aux habitants.",
        header="Pour 10 000 habitants",
        unit=Unit("", 2),
        areas=areas,
        reference=10_000 * total / whole if whole else None,
        is_of_register=True,
    )


@kept_with_reader(60)
def _published(reader: ReleaseReader, code: str, level: str, kind: str) -> Figures | None:
    code, _, modality = code.partition(":")
    indicator = reader.indicators.get(code)
    if indicator is None or (modality and modality not in indicator.modalities):
        return None
    statistic = compared_statistic(indicator)
    kinds = kinds_told(statistic)
    kind = kind if kind in kinds or "" in kinds else kinds[0]
    cells = [
        cell
        for cell in reader.table(
            code, level=level, statistic=statistic, dimension="kind" if kind else "", modality=modality
        )
        if cell.kind == kind
    ]
    france = reader.cell(code, "france", "FR", statistic=statistic, modality=modality, kind=kind)
    known = [cell.value for cell in cells if cell.value is not None]
    words = STATISTIC_WORDS.get(statistic, "")
    label = f"{indicator.label} : {indicator.modalities[modality]}" if modality else indicator.label
    return Figures(
        title=of_kind(f"{label}, {words}" if words else label, kind),
        definition=indicator.definition,
        header=words.capitalize() or "Valeur",
        unit=unit_of(indicator, statistic, max(known, default=None)),
        areas={cell.territory: _area(cell, indicator) for cell in cells},
        reference=read_value(france),
        is_of_register=indicator.is_of_register,
    )


def _area(cell: Cell, indicator: IndicatorInfo) -> AtlasArea:
    few = not indicator.is_of_register and cell.n is not None and cell.n < FEW
    note = cell.reason if cell.is_suppressed else ""
    if not note and cell.n is not None and not indicator.is_of_register:
        note = french.plural(cell.n, "répondant")
    url = reverse("territory_theme", args=[cell.level, cell.territory, indicator.theme])
    return AtlasArea(read_value(cell), url, few, note)


def choices(reader: ReleaseReader | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What can be drawn, by theme: (code, label)."""
    yield "Registre", [(COVERAGE, "Structures agréées pour 10 000 habitants")]
    for theme, title in THEMES.items() if reader else ():
        entries = [pair for i in reader.indicators.values() if i.theme == theme for pair in _named(i)] if reader else []
        if entries:
            yield title, entries


def _named(indicator: IndicatorInfo) -> list[tuple[str, str]]:
    if indicator.kind != "distribution":
        return [(indicator.code, indicator.label)]
    return [
        (f"{indicator.code}:{code}", f"{indicator.label} : {label}") for code, label in indicator.modalities.items()
    ]


def levels_drawn() -> dict[str, str]:
    """The levels whose outlines are loaded."""
    return {level: words for level, words in LEVELS.items() if current_vintage(level)}


def _basemap(level: str) -> Basemap | None:
    vintage = current_vintage(level)
    return _projected(level, vintage) if vintage else None


@lru_cache(maxsize=6)
def _projected(level: str, vintage: str) -> Basemap:
    """Overseas units go to frames of their own at the foot, wherever the source draws them; Paris and its ring too."""
    names = dict(_MODELS[level]._default_manager.values_list("code", "name"))
    areas = [Area(code, names[code], shape) for code, shape in boundaries(level, vintage).items() if code in names]
    return build_basemap(areas, width=WIDTH, level=level, enlarged=_RING if level == "departement" else {})


def _source(state: MapState, release: Release | None) -> str:
    outline = boundary_source(state.level)
    if state.indicator == COVERAGE or release is None:
        return f"SENACS, registre des structures agréées. Fond : {outline}."
    return f"SENACS, données {release.campaign.data_year}, publication {release.name}. Fond : {outline}."


def _table(state: MapState, figures: Figures, source: str) -> PeopleTable:
    names = dict(_MODELS[state.level]._default_manager.values_list("code", "name"))
    rows = []
    for code in sorted(figures.areas, key=lambda one: names.get(one, one)):
        area = figures.areas[code]
        told = float(figures.unit.rounded(area.value)) if isinstance(area.value, int | float) else None  # type: ignore[arg-type]
        state_words = "" if told is not None else (area.note or "non disponible")
        rows.append((code, names.get(code, code), told, figures.unit.name, state_words or area.note))
    method = (
        ("Indicateur", figures.title),
        ("Définition", figures.definition),
        ("France", figures.unit.full(figures.reference)),
        ("Source", source),
        ("Lire", "Une cellule vide n’est pas un zéro : la colonne « Précision » dit pourquoi le chiffre manque."),
    )
    headers = ("Code", LEVEL_WORDS[state.level], figures.header, "Unité", "Précision")
    return PeopleTable(figures.title, headers, rows, method)
