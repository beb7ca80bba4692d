"""Series over the published campaigns: a territory year after year, and where a definition changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from senacs.lib import printed_marks
from senacs.lib.kept_files import kept
from senacs.observatory import frozen_files
from senacs.observatory.enums import CellStatus
from senacs.observatory.models import Release
from senacs.observatory.releases.comparability import as_before
from senacs.observatory.releases.reader import identity_of, published_releases, quantities

_KEPT_RELEASES = 16
_REDEFINED = "définition changée"
_COLUMNS = ("level", "territory", "indicator", "statistic", "kind", "value", "status")


@dataclass(frozen=True, slots=True)
class YearFigure:
    """One year. `value` is None where it is suppressed (`is_suppressed`) or where there is no figure.

    `break_note` says what changed where the definition did.
    """

    year: int
    value: float | None
    is_suppressed: bool
    is_redefined: bool
    break_note: str = ""


class Totals:
    """The cells of one release that are crossed by nothing but the kind of structure: enough for a series."""

    def __init__(self, directory: Path) -> None:
        plain = pl.scan_parquet(directory / frozen_files.CELLS_PARQUET).filter(
            pl.col("dimension").is_in(["", "kind"]), pl.col("modality") == ""
        )
        with kept(f"les chiffres de la publication {directory.name}"):
            rows = plain.select(_COLUMNS).collect().iter_rows()
            document = json.loads((directory / frozen_files.METHODOLOGY).read_text(encoding="utf-8"))
        self._cells: dict[tuple[str, str, str, str, str], tuple[float | None, bool]] = {
            (level, territory, indicator, statistic, kind): (value, status != CellStatus.PUBLISHED)
            for level, territory, indicator, statistic, kind, value, status in rows
        }
        self._formulas: dict[str, tuple[str, ...]] = {
            entry["code"]: (entry["formula"], entry["denominator"], entry["population"])
            for entry in document["indicators"]
        }

        decided = document.get("comparability") or {}
        # What was decided each year, latest first.
        self._decided: list[dict[str, Any]] = [decided, *decided.get("before", ())] if decided else []
        self._name, self._quantities = directory.name, quantities(document)

    def cell(self, key: tuple[str, str, str, str, str]) -> tuple[float | None, bool]:
        value, is_suppressed = self._cells.get(key, (None, False))
        if value is not None and printed_marks.collection_number():
            level, territory, indicator, statistic, kind = key
            where = {"level": level, "territory": territory, "statistic": statistic, "kind": kind}
            value = printed_marks.marked(value, identity_of(self._name, self._quantities[indicator], where))
        return value, is_suppressed

    def formula(self, indicator: str) -> tuple[str, ...] | None:
        return self._formulas.get(indicator)

    def break_since(self, indicator: str, year: int, before: tuple[str, ...]) -> str:
        """Why the indicator does not follow that of an earlier year, measured by the formula `before`; '' if it does.

        A question that goes on under another code is the same question (see `comparability`).
        """
        now = self._formulas.get(indicator)
        notes = []
        for decided in self._decided:
            if decided["since"] < year:
                break
            if note := decided["breaks"].get(indicator):
                notes.append(note)
            now = tuple(as_before(text, decided["renamed"]) for text in now) if now is not None else None
        if notes:
            return " ; ".join(reversed(notes))
        return "" if now is None or now == before else _REDEFINED


@lru_cache(maxsize=_KEPT_RELEASES)
def _totals(directory: Path, checksum: str) -> Totals:
    return Totals(directory)


class Series:
    """Series over given releases, one a year, oldest first. Shared by requests through `published_series`."""

    def __init__(self, years: Sequence[tuple[int, Totals]]) -> None:
        self._years = tuple(years)

    @property
    def years(self) -> tuple[int, ...]:
        """Years that the data describe."""
        return tuple(year for year, _ in self._years)

    def points(
        self, indicator: str, statistic: str, level: str, territory: str, kind: str = ""
    ) -> tuple[YearFigure, ...]:
        """One point a year; `is_redefined` where it does not follow the last year that had one, as was decided."""
        found: list[YearFigure] = []
        before: tuple[int, tuple[str, ...]] | None = None
        for year, totals in self._years:
            value, is_suppressed = totals.cell((level, territory, indicator, statistic, kind))
            note = totals.break_since(indicator, *before) if before else ""
            found.append(YearFigure(year, value, is_suppressed, bool(note), note))
            formula = totals.formula(indicator)
            before = (year, formula) if formula else before
        return tuple(found)


def published_series() -> Series:
    """Over the newest published release of each campaign; the same object until another is published."""
    return _over(_newest())


def series_ending_with(release: Release) -> Series | None:
    """The years published before, then this release, published or not; None where there is no year before."""
    year = release.campaign.data_year
    earlier = {data_year: other for data_year, other in _newest().items() if data_year < year}
    return _over({**earlier, year: release}) if earlier else None


def _newest() -> dict[int, Release]:
    newest: dict[int, Release] = {}
    for release in published_releases():
        newest.setdefault(release.campaign.data_year, release)
    return newest


def _over(releases: Mapping[int, Release]) -> Series:
    ordered = sorted(releases.items())
    return _series(tuple((year, r.directory, "".join(f["sha256"] for f in r.files)) for year, r in ordered))


@lru_cache(maxsize=4)
def _series(releases: tuple[tuple[int, Path, str], ...]) -> Series:
    return Series([(year, _totals(directory, checksum)) for year, directory, checksum in releases])
