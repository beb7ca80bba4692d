"""The plausibility of one release: computed from its snapshot when it is built, kept beside it, never published."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from senacs.lib.kept_files import kept
from senacs.observatory.answers import past_answers
from senacs.observatory.answers.microdata import folder
from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.publication_plan import FRANCE, GROUPING, Plan
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures.cells import Measure
from senacs.observatory.plausibility.doubts import Answers, Doubt, DoubtReason, find_doubts
from senacs.observatory.plausibility.hiding import Hiding, hidden_by_doubts
from senacs.observatory.plausibility.influence import PlaceRows, ResponseShare, Watched, WatchedFigure, figures
from senacs.observatory.plausibility.settings import PlausibilitySettings

DOCUMENT = "plausibility.json"
_LEVELS = ("region", "departement")
_SMALL = ("epci", GROUPING)


@dataclass(frozen=True, slots=True)
class NamedDoubt:
    """A doubt of a response, with the structure that answered and the watched figures which read the value."""

    structure: str
    code: str
    reason: DoubtReason
    value: float
    expected: float | None
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class Plausibility:
    """`structures` are the codes of the rows that `figures` speak of.

    `small` are the published figures of smaller places that a doubtful response counts in, `hiding` what doubtful
    values hide.
    """

    structures: tuple[str, ...]
    figures: tuple[WatchedFigure, ...]
    doubts: tuple[NamedDoubt, ...]
    small: tuple[WatchedFigure, ...] = ()
    hiding: tuple[Hiding, ...] = ()

    def rows_of(self, structures: frozenset[str]) -> frozenset[int]:
        return frozenset(row for row, code in enumerate(self.structures) if code in structures)

    def doubts_of(self, structure: str) -> list[NamedDoubt]:
        return [doubt for doubt in self.doubts if doubt.structure == structure]


def assess(
    responses: pl.DataFrame,
    past: Sequence[Mapping[str, past_answers.Floats]],
    units: pl.DataFrame,
    measures: Sequence[Measure],
    indicators: Sequence[Indicator],
    settings: PlausibilitySettings,
    *,
    protected: tuple[pl.DataFrame, Plan] | None = None,
) -> Plausibility:
    """Doubts and figures of a snapshot: `responses` and `units` (see measures.evaluate) have the same rows.

    `protected`: the cells of a release (masks.apply) and their plan; without them nothing is said of smaller places nor
    of what doubts hide.
    """
    watched = {indicator.code: indicator for indicator in indicators if indicator.code in settings.watched}
    reads = {code: _fields_of(indicator) for code, indicator in watched.items()}
    asked = sorted({field for fields in reads.values() for field in fields})
    needed = {*asked, *settings.scales, *settings.funders, settings.budget}
    needed |= {code for pair in settings.companions for code in pair}
    answers = Answers(
        kind=responses["kind"].to_numpy(),
        now={code: past_answers.numbers(responses, code) for code in sorted(needed)},
        past=past,
    )
    doubts = find_doubts(answers, asked, settings)
    by_field: dict[str, set[int]] = defaultdict(set)
    for doubt in doubts:
        by_field[doubt.code].add(doubt.row)
    doubtful = {code: set().union(*(by_field[field] for field in fields)) for code, fields in reads.items()}
    read = [measure for measure in measures if measure.indicator in watched]
    chosen = [_watched(measure, units) for measure in read]
    structures = tuple(responses["structure"])
    found = Plausibility(
        structures, tuple(figures(chosen, places_of(units), doubtful)), tuple(_named(doubts, structures, reads))
    )
    if protected is None:
        return found
    cells, plan = protected
    concerned = set().union(*doubtful.values()) if doubtful else set()
    small = figures(chosen, _small_places(units, concerned), doubtful)
    published = _published(cells)
    return replace(
        found,
        small=tuple(f for f in small if f.doubtful and (f.indicator, f.level, f.territory) in published),
        hiding=tuple(hidden_by_doubts(cells, units, read, plan, doubtful)),
    )


def _fields_of(indicator: Indicator) -> frozenset[str]:
    expressions = [expression for expression in (indicator.formula, indicator.denominator) if expression is not None]
    return frozenset(code for expression in expressions for code, is_previous in expression.names if not is_previous)


def _watched(measure: Measure, units: pl.DataFrame) -> Watched:
    numerator = units[measure.column].to_numpy(writable=True).astype(float)
    denominator = np.ones(len(units))
    if measure.denominator:
        denominator = units[measure.denominator].to_numpy(writable=True).astype(float)
    return Watched(measure.indicator, numerator, denominator, float(measure.scale))


def places_of(units: pl.DataFrame) -> list[PlaceRows]:
    """France, régions and départements; together, then each kind apart."""
    kinds = units["kind"].to_numpy()
    apart = [("", np.ones(len(units), bool)), *((str(kind), kinds == kind) for kind in np.unique(kinds))]
    territories = [("france", FRANCE, np.ones(len(units), bool))]
    for level in _LEVELS:
        column = units[level].to_numpy()
        territories += [(level, str(code), column == code) for code in np.unique(column) if code]
    return [
        PlaceRows(level, territory, kind, inside & of_kind)
        for level, territory, inside in territories
        for kind, of_kind in apart
    ]


def _small_places(units: pl.DataFrame, rows: Collection[int]) -> list[PlaceRows]:
    """The intercommunalités and groupings of communes where some of these rows are."""
    places = []
    for level in _SMALL:
        column = units[level].to_numpy()
        codes = sorted({str(column[row]) for row in rows} - {""})
        places += [PlaceRows(level, code, "", np.asarray(column == code)) for code in codes]
    return places


def _published(cells: pl.DataFrame) -> set[tuple[str, str, str]]:
    shown = cells.filter(pl.col("status") == CellStatus.PUBLISHED, pl.col("dimension") == "")
    return set(shown.select("indicator", "level", "territory").iter_rows())


def _named(doubts: Sequence[Doubt], structures: Sequence[str], reads: Mapping[str, frozenset[str]]) -> list[NamedDoubt]:
    return [
        NamedDoubt(
            structures[doubt.row],
            doubt.code,
            doubt.reason,
            _or_zero(doubt.value),
            None if np.isnan(doubt.expected) else round(doubt.expected, 2),
            tuple(sorted(code for code, fields in reads.items() if doubt.code in fields)),
        )
        for doubt in doubts
    ]


def _or_zero(value: float) -> float:
    # A forgotten amount is blank or 0: both read as nothing.
    return 0.0 if np.isnan(value) else value


def write_plausibility(plausibility: Plausibility, directory: Path) -> None:
    """Writes the document into a snapshot's folder: it names structures."""
    document = {
        "structures": plausibility.structures,
        "figures": [_stored(figure) for figure in plausibility.figures],
        "doubts": plausibility.doubts,
        "small": [_stored(figure) for figure in plausibility.small],
        "hiding": plausibility.hiding,
    }
    (directory / DOCUMENT).write_bytes(orjson.dumps(document))


def _stored(figure: WatchedFigure) -> dict[str, object]:
    return {
        "indicator": figure.indicator,
        "level": figure.level,
        "territory": figure.territory,
        "kind": figure.kind,
        "n": figure.n,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "scale": figure.scale,
        "without_heaviest": figure.without_heaviest,
        "siblings": figure.siblings,
        "doubtful": [[part.row, part.numerator, part.denominator] for part in figure.doubtful],
    }


def read_plausibility(name: str) -> Plausibility | None:
    """The document of a release; None for one built before documents were kept, or whose answers are gone."""
    path = folder(name) / DOCUMENT
    if not path.exists():
        return None
    status = path.stat()
    return _read(path, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Plausibility:
    with kept(f"la vraisemblance de la publication {path.parent.name}"):
        document = orjson.loads(path.read_bytes())
    return Plausibility(
        tuple(document["structures"]),
        tuple(_restored(entry) for entry in document["figures"]),
        tuple(
            NamedDoubt(**{**entry, "reason": DoubtReason(entry["reason"]), "indicators": tuple(entry["indicators"])})
            for entry in document["doubts"]
        ),
        # Documents of releases built before these were kept have neither.
        tuple(_restored(entry) for entry in document.get("small", ())),
        tuple(Hiding(tuple(entry["rows"]), entry["figures"]) for entry in document.get("hiding", ())),
    )


def _restored(entry: dict[str, Any]) -> WatchedFigure:
    nan = float("nan")
    return WatchedFigure(
        entry["indicator"],
        entry["level"],
        entry["territory"],
        entry["kind"],
        entry["n"],
        entry["numerator"],
        entry["denominator"],
        entry["scale"],
        # JSON has no NaN.
        nan if entry["without_heaviest"] is None else entry["without_heaviest"],
        nan if entry["siblings"] is None else entry["siblings"],
        tuple(ResponseShare(*part) for part in entry["doubtful"]),
    )
