"""A table that somebody composes of what releases publish: indicators × territories × a crossing × years.

Its whole state is its address. How large it would be is told, and refused, before any figure is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from senacs.lib import french
from senacs.lib.french_tables import Cell as Written
from senacs.lib.french_tables import PeopleTable
from senacs.lib.text import search_key
from senacs.observatory.definitions.statistics import PER_STRUCTURE
from senacs.observatory.models import Release
from senacs.observatory.releases.places import find_place
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, in_order, reader_for
from senacs.publication.charts import FormattedFigure
from senacs.publication.documents.printed_figures import STATISTIC_WORDS, compared_statistic, unit_of
from senacs.web.incoming import Given
from senacs.web.public.figures import Shown, show

LEVELS = {
    "france": "France",
    "region": "Régions",
    "departement": "Départements",
    "epci": "Intercommunalités",
    "groupement": "Regroupements de communes",
}
COLUMNS = {"indicateur": "Les indicateurs", "annee": "Les années", "croisement": "Le croisement"}
MEASURES = {"": "Ce qui se compare", "total": "Le total"}
MOST_INDICATORS = 8
MOST_CELLS = 4000
_NOT_TOLD_TOGETHER = Shown(FormattedFigure("sans objet"), note="se dit de chaque type : croisez par type de structure")


@dataclass(frozen=True, slots=True)
class TableState:
    """`indicators`: « code » or « code:modality »; `crossing`: '' for all structures together; `sort`: a column."""

    indicators: tuple[str, ...]
    level: str
    within: tuple[str, str] | None  # (level, code) of the région or département whose territories alone are told
    crossing: str
    years: tuple[int, ...]
    measure: str
    columns: str
    sort: int | None

    @property
    def within_word(self) -> str:
        """As the address says it: « 84 » is a région, « departement-84 » the Vaucluse."""
        level, code = self.within or ("region", "")
        return code if level == "region" else f"{level}-{code}"

    def query(self, **changed: object) -> str:
        said: dict[str, object] = {
            "indicateur": list(self.indicators),
            "niveau": self.level,
            "dans": self.within_word,
            "croisement": self.crossing,
            "annee": list(self.years),
            "mesure": self.measure,
            "colonnes": self.columns,
            "tri": "" if self.sort is None else self.sort,
        } | changed
        return urlencode({name: value for name, value in said.items() if value not in ("", [])}, doseq=True)


@dataclass(frozen=True, slots=True)
class BuiltMeasure:
    """What a column of figures tells."""

    key: str
    info: IndicatorInfo
    modality: str
    statistic: str

    @property
    def label(self) -> str:
        told = f"{self.info.label} : {self.info.modalities[self.modality]}" if self.modality else self.info.label
        # A density says in its name what it is related to.
        words = STATISTIC_WORDS.get(self.statistic, "") if self.statistic != "density" else ""
        return f"{told}, {words}" if words else told


@dataclass(frozen=True, slots=True)
class BuiltFigure:
    """`value`: None where nothing is shown; `share`: of the greatest of its measure, out of 100, for the bar."""

    shown: Shown
    value: float | None
    unit: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    heads: tuple[str, ...]
    figures: tuple[BuiltFigure, ...]


def state_of(given: Given, years: list[int]) -> TableState:
    """What the address says; what it says wrongly takes its default."""
    level, columns, measure = given.text("niveau"), given.text("colonnes"), given.text("mesure")
    return TableState(
        indicators=tuple(dict.fromkeys(text[:120] for text in given.texts("indicateur") if text))[:MOST_INDICATORS],
        level=level if level in LEVELS else "region",
        within=_within(given.text("dans", longest=15)),
        crossing=given.text("croisement", longest=40),
        years=tuple(year for year in years if year in given.numbers("annee")) or tuple(years[:1]),
        measure=measure if measure in MEASURES else "",
        columns=columns if columns in COLUMNS else "indicateur",
        sort=given.number("tri"),
    )


def _within(word: str) -> tuple[str, str] | None:
    level, _, code = word.rpartition("-")
    if not code or level not in {"", "departement"}:
        return None
    return level or "region", code


class BuiltTable:
    """A composed table, read when it is asked for. `readers`: of the newest release of each year."""

    def __init__(self, choice: TableState, releases: list[Release]) -> None:
        self.choice = choice
        self.releases: dict[int, Release] = {}
        for release in releases:
            self.releases.setdefault(release.campaign.data_year, release)
        self._readers = {year: reader_for(self.releases[year]) for year in choice.years if year in self.releases}

    @cached_property
    def _newest(self) -> ReleaseReader | None:
        return next(iter(self._readers.values()), None)

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """What figures may be crossed by, in the newest year."""
        plan = self._newest.methodology["plan"] if self._newest else {}
        told = {table["by"][0] for table in plan.get("tables", ()) if len(table["by"]) == 1}
        return {code: entry["label"] for code, entry in plan.get("dimensions", {}).items() if code in told}

    @cached_property
    def modalities(self) -> dict[str, str]:
        if self._newest is None or self.choice.crossing not in self.dimensions:
            return {"": "Ensemble"}
        return in_order(self._newest.methodology["plan"]["dimensions"][self.choice.crossing])

    @cached_property
    def measures(self) -> list[BuiltMeasure]:
        found = []
        for key in self.choice.indicators if self._newest else ():
            code, _, modality = key.partition(":")
            info = self._newest.indicators.get(code) if self._newest else None
            if info is None or (modality and modality not in info.modalities):
                continue
            found.append(BuiltMeasure(key, info, modality, self._statistic(info)))
        return found

    def _statistic(self, info: IndicatorInfo) -> str:
        """What compares; the total where it is asked for, and where no mean is told of both kinds together."""
        compared = compared_statistic(info)
        is_apart = compared in PER_STRUCTURE and self.choice.crossing not in self.dimensions
        return "sum" if "sum" in info.statistics and (is_apart or self.choice.measure == "total") else compared

    @cached_property
    def places(self) -> dict[str, str]:
        """Names by code of the territories that the newest release tells of, in order of name."""
        if self._newest is None:
            return {}
        codes = self._newest.territories(self.choice.level)
        found = [find_place(self.choice.level, code, self._newest) for code in codes]
        within = self.choice.within
        kept = [p for p in found if p and (not within or any((up.level, up.code) == within for up in p.parents))]
        return {place.code: place.name for place in sorted(kept, key=lambda place: search_key(place.name))}

    @property
    def size(self) -> int:
        """How many figures it would hold."""
        units = len(self._newest.territories(self.choice.level)) if self._newest else 0
        units = units if not self.choice.within else len(self.places)
        return len(self.measures) * units * len(self._readers) * len(self.modalities)

    @property
    def is_too_large(self) -> bool:
        return self.size > MOST_CELLS

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str, str], BuiltFigure]:
        """By measure, year, modality of the crossing and territory."""
        crossing = self.choice.crossing if self.choice.crossing in self.dimensions else ""
        found: dict[tuple[str, str, str, str], Cell] = {}
        for year, reader in self._readers.items():
            for measure in self.measures:
                wanted = {
                    "indicator": [measure.info.code], "statistic": [measure.statistic], "level": [self.choice.level],
                    "dimension": [crossing], "modality": [measure.modality],
                }  # fmt: skip
                for row in reader.where(wanted).iter_rows(named=True):
                    cell = Cell(**{name: row[name] for name in Cell.__dataclass_fields__})
                    found[measure.key, str(year), row[crossing] if crossing else "", row["territory"]] = cell
        return {key: self._figure(key[0], cell) for key, cell in found.items()}

    def _figure(self, key: str, cell: Cell) -> BuiltFigure:
        measure = next(one for one in self.measures if one.key == key)
        unit = unit_of(measure.info, measure.statistic, cell.value)
        value = unit.rounded(cell.value)
        told = float(value) if isinstance(value, int | float) and not cell.is_suppressed else None
        return BuiltFigure(show(cell, measure.info), told, unit.name)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        others = {"annee": "Année", "croisement": "Structures", "indicateur": "Indicateur"}
        return ("Territoire", *(others[name] for name in self._down))

    @cached_property
    def _down(self) -> list[str]:
        """What rows are told by besides the territory; what has one value is not said on each row."""
        many = {"indicateur": len(self.measures), "annee": len(self._readers), "croisement": len(self.modalities)}
        return [name for name in COLUMNS if name != self.choice.columns and many[name] > 1]

    def _values(self, name: str) -> list[tuple[str, str]]:
        if name == "indicateur":
            return [(one.key, one.label) for one in self.measures]
        if name == "annee":
            return [(str(year), str(year)) for year in self._readers]
        return list(self.modalities.items())

    @cached_property
    def headers(self) -> tuple[str, ...]:
        return tuple(label for _, label in self._values(self.choice.columns))

    @cached_property
    def rows(self) -> list[TableRow]:
        """In order of name, or by the column asked for, greatest first; what has no figure comes last."""
        rows = list(self._rows())
        at = self.choice.sort
        if at is None or not 0 <= at < len(self.headers):
            return rows

        def rank(row: TableRow) -> tuple[bool, float]:
            value = row.figures[at].value
            return value is None, -(value or 0.0)

        return sorted(rows, key=rank)

    def _rows(self) -> Iterator[TableRow]:
        greatest: dict[str, float] = {}
        for (measure, *_), figure in self._figures.items():
            greatest[measure] = max(greatest.get(measure, 0.0), figure.value or 0.0)
        across = self._values(self.choice.columns)
        combined: list[dict[str, tuple[str, str]]] = [{}]
        for name in (one for one in COLUMNS if one != self.choice.columns):
            combined = [known | {name: value} for known in combined for value in self._values(name)]
        for territory, place in self.places.items():
            for known in combined:
                figures = []
                for value in across:
                    at = known | {self.choice.columns: value}
                    key = (at["indicateur"][0], at["annee"][0], at["croisement"][0], territory)
                    figures.append(self._shown(key, greatest))
                yield TableRow((place, *(known[name][1] for name in self._down)), tuple(figures))

    def _shown(self, key: tuple[str, str, str, str], greatest: dict[str, float]) -> BuiltFigure:
        figure = self._figures.get(key)
        if figure is None:
            measure = next(one for one in self.measures if one.key == key[0])
            is_apart = measure.statistic in PER_STRUCTURE and not key[2]
            return BuiltFigure(_NOT_TOLD_TOGETHER if is_apart else show(None, measure.info), None)
        most = greatest.get(key[0], 0.0)
        share = round(100 * figure.value / most) if figure.value is not None and figure.value > 0 and most else 0
        return BuiltFigure(figure.shown, figure.value, figure.unit, share)

    @property
    def source(self) -> str:
        names = [f"{self.releases[year].name} (données {year})" for year in self._readers]
        return f"SENACS (Cnaf, Fcsf), {french.plural(len(names), 'publication')} : {french.joined(names)}."

    def people_table(self) -> PeopleTable:
        """What is hidden has no number: the column beside says which word stands for it."""
        headers = [*self.heads]
        for header in self.headers:
            headers += [header, f"{header} : précision"]
        rows: list[list[Written]] = []
        for row in self.rows:
            cells: list[Written] = [*row.heads]
            for figure in row.figures:
                cells += [figure.value, figure.unit if figure.value is not None else figure.shown.text]
            rows.append(cells)
        method = [
            ("Source", self.source),
            ("Lire", "Une cellule vide n’est pas un zéro : la colonne suivante dit pourquoi le chiffre manque."),
            *((one.label, one.info.definition) for one in self.measures),
        ]
        return PeopleTable(f"Tableau composé, {LEVELS[self.choice.level].lower()}", tuple(headers), rows, method)

    def cube(self) -> dict[str, object]:
        """JSON-stat 2.0: measure × crossing × territory × year."""
        dimensions = {
            "measure": ("Indicateur", {one.key: one.label for one in self.measures}),
            "crossing": ("Croisement", {code or "_T": label for code, label in self.modalities.items()}),
            "territory": ("Territoire", self.places),
            "time": ("Année des données", {str(year): str(year) for year in self._readers}),
        }
        places = [
            (one.key, str(year), code, territory)
            for one in self.measures
            for code in self.modalities
            for territory in self.places
            for year in self._readers
        ]
        figures = [self._figures.get(place) for place in places]
        return {
            "version": "2.0",
            "class": "dataset",
            "label": "SENACS, tableau composé",
            "source": self.source,
            "id": list(dimensions),
            "size": [len(labels) for _, labels in dimensions.values()],
            "role": {"metric": ["measure"], "geo": ["territory"], "time": ["time"]},
            "dimension": {
                name: {"label": label, "category": {"index": list(labels), "label": labels}}
                for name, (label, labels) in dimensions.items()
            },
            "value": [figure.value if figure else None for figure in figures],
            "status": {
                str(n): "secret" if figure and figure.shown.is_suppressed else "absent"
                for n, figure in enumerate(figures)
                if figure is None or figure.value is None
            },
        }


Choices = list[tuple[str, list[tuple[str, str]]]]


def offered(choices: Choices, chosen: tuple[str, ...], words: list[str]) -> Choices:
    """What may be added, by theme: (code, label) whose theme or label holds each of the words, wherever in them."""
    found = []
    for theme, entries in choices:
        left = [
            (code, label)
            for code, label in entries
            if code not in chosen and all(word in search_key(f"{theme} {label}") for word in words)
        ]
        if left:
            found.append((theme, left))
    return found


def chosen_of(choices: Choices, state: TableState) -> list[tuple[str, str, str]]:
    """What was chosen, in its order: (code, label, address of the table without it)."""
    labels = {code: label for _, entries in choices for code, label in entries}
    return [
        (code, labels[code], state.query(indicateur=[one for one in state.indicators if one != code]))
        for code in state.indicators
        if code in labels
    ]
