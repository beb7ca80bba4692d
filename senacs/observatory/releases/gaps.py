"""Gaps between a territory and France that are told in words: large, on enough answers, and hardly due to chance."""

from senacs.observatory.figures.significance import (
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


@kept_with_reader(300)
def telling_gaps(reader: ReleaseReader, level: str, territory: str) -> frozenset[Share]:
    """(indicator, modality) of the shares whose gap with France may be told there.

    All shares of the territory are judged together: whoever looks at many gaps finds some by chance alone.
    """
    if (level, territory) == _FRANCE:
        return frozenset()
    tested = {
        (cell.indicator, cell.modality): strata
        for cell in reader.cells(level, territory)
        if cell.statistic == "share" and not cell.dimension and (strata := _strata(reader, cell))
    }
    held = told_together([chance_of_gap(strata) for strata in tested.values()])
    return frozenset(
        share for share, holds in zip(tested, held, strict=True) if holds and _is_large(reader, level, territory, share)
    )


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
