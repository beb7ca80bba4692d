"""What words may compare: gaps and changes that are large, on enough answers, and hardly due to chance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from senacs.observatory.figures.significance import (
    LEAST_PART,
    LEAST_POINTS,
    LEAST_RESPONDENTS,
    Stratum,
    chance_of_gap,
    told_together,
)
from senacs.observatory.releases.reader import Cell, ReleaseReader, kept_with_reader
from senacs.structures.enums import StructureKind

_FRANCE = ("france", "FR")

Share = tuple[str, str]
OfKind = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Movement:
    """What the structures of one kind that answered both years became, and the mean of all; whole percents."""

    both: int
    same: int
    all: int


@dataclass(frozen=True, slots=True)
class Telling:
    """What may be told of a territory: shares and means that differ from France's, means of the same that changed.

    shares: (indicator, modality); means and movements: (indicator, kind of structure).
    """

    shares: frozenset[Share] = frozenset()
    means: frozenset[OfKind] = frozenset()
    movements: Mapping[OfKind, Movement] = field(default_factory=dict)


@kept_with_reader(300)
def telling(reader: ReleaseReader, level: str, territory: str) -> Telling:
    """All comparisons of the territory are judged together: whoever looks at many finds some by chance alone.

    The release keeps what chance gives (releases.comparisons); one made before that keeps nothing, and its shares are
    compared by kind alone, from what is published.
    """
    if "comparisons" not in reader.methodology:
        return Telling(_large(reader, level, territory, _by_kind_alone(reader, level, territory)))
    entry: Mapping[str, Any] = next(
        (e for e in reader.methodology["comparisons"] if (e["level"], e["territory"]) == (level, territory)), {}
    )
    shares, means = ({(i, what): chance for i, what, chance in entry.get(name, ())} for name in ("shares", "means"))
    moves = {(move["indicator"], move["kind"]): move for move in entry.get("movements", ())}
    chances = [*shares.values(), *means.values(), *(move["chance"] for move in moves.values())]
    # Those that are not kept were tested too.
    others = [1.0] * (entry.get("tests", 0) - len(chances))
    held = iter(told_together([*chances, *others]))
    kept = [[key for key in keys if next(held)] for keys in (shares, means, moves)]
    return Telling(
        _large(reader, level, territory, kept[0]),
        frozenset(one for one in kept[1] if _is_another_mean(reader, level, territory, one)),
        {one: Movement(moves[one]["both"], moves[one]["same"], moves[one]["all"]) for one in kept[2]},
    )


def _large(reader: ReleaseReader, level: str, territory: str, shares: Iterable[Share]) -> frozenset[Share]:
    return frozenset(share for share in shares if _is_large(reader, level, territory, share))


def _by_kind_alone(reader: ReleaseReader, level: str, territory: str) -> list[Share]:
    if (level, territory) == _FRANCE:
        return []
    tested = {
        (cell.indicator, cell.modality): strata
        for cell in reader.cells(level, territory)
        if cell.statistic == "share" and not cell.dimension and (strata := _strata(reader, cell))
    }
    held = told_together([chance_of_gap(strata) for strata in tested.values()])
    return [share for share, holds in zip(tested, held, strict=True) if holds]


def telling_gaps(reader: ReleaseReader, level: str, territory: str) -> frozenset[Share]:
    """(indicator, modality) of the shares whose gap with France may be told there."""
    return telling(reader, level, territory).shares


def _is_another_mean(reader: ReleaseReader, level: str, territory: str, one: OfKind) -> bool:
    indicator, kind = one
    here, everywhere = (
        reader.cell(indicator, *place, statistic="mean", kind=kind) for place in ((level, territory), _FRANCE)
    )
    if here is None or everywhere is None or here.value is None or not everywhere.value:
        return False
    return abs(here.value / everywhere.value - 1) >= LEAST_PART


def _strata(reader: ReleaseReader, cell: Cell) -> list[Stratum]:
    """The cell and France's by kind of structure; empty where a kind is hidden, or the answers are few."""
    if cell.is_suppressed or (cell.n or 0) < LEAST_RESPONDENTS:
        return []
    share = (cell.indicator, cell.modality)
    strata = []
    for kind in StructureKind:
        here, everywhere = (
            _share(reader, cell.level, cell.territory, share, kind),
            _share(reader, *_FRANCE, share, kind),
        )
        if here is None:
            continue
        if not _is_known(here) or everywhere is None or not _is_known(everywhere):
            return []
        strata.append(Stratum(_yes(here), here.n or 0, _yes(everywhere), everywhere.n or 0))
    return strata if sum(s.count for s in strata) == cell.n else []


def _share(reader: ReleaseReader, level: str, territory: str, share: Share, kind: str = "") -> Cell | None:
    return reader.cell(share[0], level, territory, statistic="share", modality=share[1], kind=kind)


def _is_known(cell: Cell) -> bool:
    return not cell.is_suppressed and cell.value is not None and cell.n is not None


def _yes(cell: Cell) -> int:
    """Shares are published in percents, to the tenth: under a thousand respondents they give their count back."""
    return round((cell.value or 0.0) * (cell.n or 0) / 100)


def _is_large(reader: ReleaseReader, level: str, territory: str, share: Share) -> bool:
    here, everywhere = _share(reader, level, territory, share), _share(reader, *_FRANCE, share)
    if here is None or everywhere is None or here.value is None or everywhere.value is None:
        return False
    return abs(here.value - everywhere.value) >= LEAST_POINTS
