"""Reading of releases: published files only, never the answers (design §3)."""

import copy
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

import polars as pl

from senacs.lib import printed_marks
from senacs.lib.kept_files import kept
from senacs.observatory import frozen_files
from senacs.observatory.enums import CellStatus, ReleaseState
from senacs.observatory.models import Release

_About = ParamSpec("_About")
_Made = TypeVar("_Made")
_KEPT_RELEASES = 4
_KEPT_TERRITORIES = 300
# Crossings that `cell` and `cells` know; the others are read by `crossed`.
# What a cell says, and what repeats its other columns: the rest tells where it was measured.
_NOT_WHERE = frozenset({"indicator", "dimension", "value", "n", "status", "reason"})
_LOOKED_UP = ("", "kind", "gestion", "kind_gestion")


@dataclass(frozen=True, slots=True)
class Cell:
    """One published figure. `value` and `n` are None when the cell is suppressed; `reason` then says why, in French."""

    indicator: str
    statistic: str
    level: str
    territory: str
    dimension: str
    modality: str
    value: float | None
    n: int | None
    status: str
    reason: str
    kind: str = ""
    gestion: str = ""

    @property
    def is_suppressed(self) -> bool:
        return self.status != CellStatus.PUBLISHED


@dataclass(frozen=True, slots=True)
class IndicatorInfo:
    """An indicator as the methodology of a release describes it."""

    code: str
    label: str
    definition: str
    theme: str
    unit: str
    decimals: int
    kind: str
    is_key: bool
    statistics: tuple[str, ...]
    modalities: dict[str, str]
    # Told by the register of every structure asked; else by those who answered.
    is_of_register: bool = False

    @property
    def headline(self) -> str:
        """The statistic that tells this indicator first."""
        return self.statistics[0]


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """Approved structures asked, and those whose response was validated."""

    level: str
    territory: str
    kind: str
    invited: int
    validated: int

    @property
    def percent(self) -> float | None:
        if not self.invited:
            return None
        whose = ("taux de réponse", self.level, self.territory, self.kind, str(self.invited), str(self.validated))
        return printed_marks.marked(100 * self.validated / self.invited, whose)


class ReleaseReader:
    """Fast look-ups in one release. Shared by requests: use `reader_for`, which keeps the last ones in memory, with
    what was made of them (`kept_with_reader`).
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # The file is sorted by indicator; sorted by territory, each page reads one slice.
        with kept(f"les chiffres de la publication {directory.name}"):
            cells = pl.read_parquet(directory / frozen_files.CELLS_PARQUET)
            self._cells = cells.sort("level", "territory", "indicator", maintain_order=True)
        self._slices: dict[tuple[str, str], tuple[int, int]] = {
            (level, territory): (start, count)
            for level, territory, start, count in self._cells.with_row_index("row")
            .group_by("level", "territory")
            .agg(pl.col("row").min().alias("start"), pl.len().alias("count"))
            .iter_rows()
        }
        self._by_territory = lru_cache(maxsize=_KEPT_TERRITORIES)(self._load_territory)
        self.made: dict[Any, Callable[..., Any]] = {}

    @cached_property
    def methodology(self) -> dict[str, Any]:
        """The whole methodology.json of the release."""
        with kept(f"la méthode de la publication {self.directory.name}"):
            told = (self.directory / frozen_files.METHODOLOGY).read_text(encoding="utf-8")
            document: dict[str, object] = json.loads(told)
        return document

    @cached_property
    def attack(self) -> dict[str, Any] | None:
        """attack.json, what an outsider was found to know (see releases.outside_attack); None before it was kept."""
        path = self.directory / frozen_files.ATTACK
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    @cached_property
    def indicators(self) -> dict[str, IndicatorInfo]:
        """By code, in the order of themes in which they were defined."""
        return {
            entry["code"]: IndicatorInfo(
                code=entry["code"],
                label=entry["label"],
                definition=entry["definition"],
                theme=entry["theme"],
                unit=entry["unit"],
                decimals=entry["decimals"],
                kind=entry["kind"],
                is_key=entry["key"],
                statistics=tuple(entry["statistics"]),
                modalities=in_order(entry),
                is_of_register=entry.get("source") == "register",
            )
            for entry in self.methodology["indicators"]
        }

    @cached_property
    def response_rates(self) -> dict[tuple[str, str, str], ResponseRate]:
        """By level, territory and kind of structure ('' for all), those that are no secret."""
        rates = (
            ResponseRate(entry["level"], entry["territory"], entry["kind"], entry["invited"], entry["validated"])
            for entry in self.methodology["response_rates"]
            if entry["validated"] is not None
        )
        return {(rate.level, rate.territory, rate.kind): rate for rate in rates}

    @cached_property
    def hidden_rates(self) -> frozenset[tuple[str, str, str]]:
        """Those of the same keys whose number of responses is a secret."""
        rates = self.methodology["response_rates"]
        return frozenset((e["level"], e["territory"], e["kind"]) for e in rates if e["validated"] is None)

    def cell(
        self,
        indicator: str,
        level: str,
        territory: str,
        *,
        statistic: str | None = None,
        modality: str = "",
        kind: str = "",
        gestion: str = "",
    ) -> Cell | None:
        """One cell; None where nobody answered or the plan has no such table. Default: the headline statistic."""
        if statistic is None:
            if indicator not in self.indicators:
                return None
            statistic = self.indicators[indicator].headline
        return self._by_territory(level, territory).get((indicator, statistic, modality, kind, gestion))

    def cells(self, level: str, territory: str) -> Iterator[Cell]:
        """All cells of one territory, alone or by type and gestion, in order of indicator."""
        yield from self._by_territory(level, territory).values()

    def table(
        self,
        indicator: str,
        *,
        level: str,
        statistic: str | None = None,
        dimension: str = "",
        modality: str | None = None,
    ) -> list[Cell]:
        """The cells of one indicator over all territories of `level` (every modality unless one is named)."""
        statistic = statistic or self.indicators[indicator].headline
        rows = self._cells.filter(
            pl.col("level") == level,
            pl.col("indicator") == indicator,
            pl.col("statistic") == statistic,
            pl.col("dimension") == dimension,
            *([] if modality is None else [pl.col("modality") == modality]),
        )
        return [self._cell(row) for row in rows.iter_rows(named=True)]

    def crossed(
        self, indicator: str, level: str, territory: str, dimension: str, *, statistic: str | None = None
    ) -> dict[str, Cell]:
        """The cells of one indicator and territory by modality of a single dimension (« qpv », « taille »…)."""
        statistic = statistic or self.indicators[indicator].headline
        found = self.crossings(level, territory, dimension)
        return {code: cell for (i, s, m, code), cell in found.items() if (i, s, m) == (indicator, statistic, "")}

    def crossings(self, level: str, territory: str, dimension: str) -> dict[tuple[str, str, str, str], Cell]:
        """Cells of a territory crossed by one dimension: by indicator, statistic, modality, code of the dimension."""
        rows = self.territory_frame(level, territory).filter(pl.col("dimension") == dimension)
        return {
            (row["indicator"], row["statistic"], row["modality"], row[dimension]): self._cell(row)
            for row in rows.iter_rows(named=True)
        }

    def crossed_by(self, level: str, territory: str, indicators: Collection[str]) -> frozenset[str]:
        """The crossings that have cells of these indicators there."""
        rows = self.territory_frame(level, territory).filter(pl.col("indicator").is_in(list(indicators)))
        return frozenset(rows["dimension"].unique())

    def territory_frame(self, level: str, territory: str) -> pl.DataFrame:
        """The cells of one territory as a frame, for downloads."""
        start, count = self._slices.get((level, territory), (0, 0))
        return self._cells.slice(start, count)

    def where(self, wanted: Mapping[str, Sequence[str]]) -> pl.DataFrame:
        """The cells whose columns hold one of the values wanted, by territory."""
        return self._cells.filter(*(pl.col(name).is_in(list(values)) for name, values in wanted.items()))

    @cached_property
    def groupings(self) -> dict[str, dict[str, Any]]:
        """Groupings of communes in the release, by code: name, departement, communes, since."""
        return {entry["code"]: entry for entry in self.methodology.get("groupings", ())}

    @cached_property
    def told(self) -> frozenset[tuple[str, str]]:
        """(level, territory) of those of which at least one figure is shown."""
        shown = self._cells.filter(pl.col("status") == CellStatus.PUBLISHED)
        return frozenset(shown.select("level", "territory").unique().iter_rows())

    def territories(self, level: str) -> list[str]:
        """Codes of the territories of `level` that have at least one cell."""
        return sorted(code for found, code in self._slices if found == level)

    def beside(self, cells: Sequence[Cell]) -> "ReleaseReader":
        """The same release with the cells of one territory more, that `cell` and `cells` find."""
        places = {(cell.level, cell.territory) for cell in cells}
        added = {(c.indicator, c.statistic, c.modality, c.kind, c.gestion): c for c in cells}
        other = copy.copy(self)
        other._by_territory = lru_cache(maxsize=_KEPT_TERRITORIES)(
            lambda level, code: added if (level, code) in places else self._by_territory(level, code)
        )
        return other

    def cells_of(self, indicator: str) -> pl.DataFrame:
        """Every cell of one indicator, hidden ones without a value."""
        return self._cells.filter(pl.col("indicator") == indicator)

    def _load_territory(self, level: str, territory: str) -> dict[tuple[str, str, str, str, str], Cell]:
        told = self.territory_frame(level, territory).filter(pl.col("dimension").is_in(_LOOKED_UP))
        cells = (self._cell(row) for row in told.iter_rows(named=True))
        return {(c.indicator, c.statistic, c.modality, c.kind, c.gestion): c for c in cells}

    def _cell(self, row: dict[str, Any]) -> Cell:
        told = {name: row[name] for name in Cell.__dataclass_fields__}
        if printed_marks.collection_number() and told["value"] is not None:
            quantity = self._quantities[row["indicator"]]
            told["value"] = printed_marks.marked(told["value"], identity_of(self.directory.name, quantity, row))
        return Cell(**told)

    @cached_property
    def _quantities(self) -> dict[str, tuple[str, ...]]:
        return quantities(self.methodology)


def quantities(methodology: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each indicator of a release measures: two of one formula tell one quantity."""
    return {
        entry["code"]: (
            entry.get("formula") or entry["code"],
            entry.get("denominator", ""),
            entry.get("population", ""),
            "%" if entry.get("unit") == "%" else "",
        )
        for entry in methodology["indicators"]
    }


def identity_of(release: str, quantity: tuple[str, ...], row: Mapping[str, Any]) -> tuple[str, ...]:
    """Which figure a row of a release is: the quantity, and all that the row says of where it was measured."""
    where = (f"{name}={row[name]}" for name in sorted(set(row) - _NOT_WHERE) if row[name])
    return (release, *quantity, *where)


_Making: TypeAlias = Callable[Concatenate[ReleaseReader, _About], _Made]


def kept_with_reader(most: int) -> Callable[[_Making[_About, _Made]], _Making[_About, _Made]]:
    """Keeps the last `most` things that a function makes of a reader, its first argument, on the reader itself: they
    leave memory with it, where a cache of their own would hold every release that was ever read.
    """

    def decorate(make: _Making[_About, _Made]) -> _Making[_About, _Made]:
        @wraps(make)
        def kept_or_made(reader: ReleaseReader, /, *about: _About.args, **more: _About.kwargs) -> _Made:
            if make not in reader.made:
                reader.made.setdefault(make, lru_cache(maxsize=most)(partial(make, reader)))
            found: _Made = reader.made[make](*about, **more)
            return found

        return kept_or_made

    return decorate


def in_order(entry: dict[str, Any]) -> dict[str, str]:
    """The modalities of an indicator or a dimension of the methodology, in the order in which they were defined."""
    return {code: entry["modalities"][code] for code in entry.get("order", entry["modalities"])}


@lru_cache(maxsize=_KEPT_RELEASES)
def _reader(directory: Path, checksum: str, collection: int) -> ReleaseReader:
    return ReleaseReader(directory)


def reader_for(release: Release) -> ReleaseReader:
    """The reader of a candidate or published release; the same object as long as its files are the same.

    Raises FileNotFoundError when the release has no files (still building, or failed).
    """
    if release.state not in {ReleaseState.CANDIDATE, ReleaseState.PUBLISHED}:
        raise FileNotFoundError(f"La publication {release.name} n’est pas construite.")
    checksums = "".join(entry["sha256"] for entry in release.files)
    return _reader(release.directory, checksums, printed_marks.collection_number())


def latest_published() -> Release | None:
    """The newest number of the newest campaign that was published."""
    releases = Release.objects.published().select_related("campaign__version")
    return releases.order_by("-campaign__year", "-number").first()


def published_releases() -> list[Release]:
    """Newest first."""
    releases = Release.objects.published().select_related("campaign__version")
    return list(releases.order_by("-campaign__year", "-number"))


def built_releases() -> list[Release]:
    """Candidates and published ones, newest first: for those who read aggregates before the public (charte 3.2)."""
    built = Release.objects.filter(state__in=[ReleaseState.CANDIDATE, ReleaseState.PUBLISHED])
    return list(built.select_related("campaign__version").order_by("-campaign__year", "-number"))


def shown_before(release: Release) -> list[Release]:
    """The published releases of the same campaign that readers have, oldest first."""
    known = Release.objects.published().filter(campaign=release.campaign, number__lt=release.number)
    return list(known.select_related("campaign").order_by("number"))


def previous_of(release: Release) -> Release | None:
    """The release that this one corrects: the last published one of the same campaign."""
    return (
        Release.objects.published()
        .filter(campaign=release.campaign, number__lt=release.number)
        .order_by("-number")
        .first()
    )


def last_year_of(release: Release) -> Release | None:
    """The newest published release of the campaign about the year before."""
    return (
        Release.objects.published()
        .filter(campaign__version__data_year=release.campaign.data_year - 1)
        .select_related("campaign__version")
        .order_by("-campaign__year", "-number")
        .first()
    )
