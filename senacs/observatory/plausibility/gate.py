"""What stops a signature: figures that unexplained doubtful responses move, and what lifts the stop."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

import orjson

from senacs.observatory.plausibility.influence import WatchedFigure
from senacs.observatory.plausibility.reading import NamedDoubt, Plausibility
from senacs.observatory.plausibility.settings import PlausibilitySettings


@dataclass(frozen=True, slots=True)
class Stop:
    """A figure that cannot be signed: `structures` are those whose unexplained answers move it, heaviest first.

    `moved` is by how much they move it together, in percent, `alone` by how much the heaviest does by itself.
    """

    figure: WatchedFigure
    without: float
    moved: float
    alone: float
    structures: tuple[str, ...]


def stops(plausibility: Plausibility, explained: Collection[str], settings: PlausibilitySettings) -> list[Stop]:
    """The figures that stop a signature, the most moved first within France, then régions, then départements.

    `explained` are the structures whose doubtful answers both institutions have explained.
    """
    lifted = plausibility.rows_of(frozenset(explained))
    order = {level: place for place, level in enumerate(settings.together)}
    found = [
        stop
        for figure in plausibility.figures
        if figure.doubtful and (stop := _stop(figure, lifted, plausibility, settings)) is not None
    ]
    return sorted(
        found,
        key=lambda stop: (
            order[stop.figure.level],
            -stop.moved,
            stop.figure.territory,
            stop.figure.indicator,
            stop.figure.kind,
        ),
    )


def _stop(
    figure: WatchedFigure, lifted: frozenset[int], plausibility: Plausibility, settings: PlausibilitySettings
) -> Stop | None:
    rows = [part.row for part in figure.doubtful if part.row not in lifted]
    together = figure.moved(rows)
    alone = max((figure.moved([row]) for row in rows), default=0.0)
    if together <= settings.together[figure.level] and alone <= settings.alone:
        return None
    structures = tuple(plausibility.structures[row] for row in rows)
    return Stop(figure, figure.without(rows), together, alone, structures)


def digest_of(doubts: Collection[NamedDoubt]) -> str:
    """What an explanation holds for: the doubtful values of one response as they were read. 64 hexadecimal digits."""
    read = sorted((doubt.code, doubt.value) for doubt in doubts)
    return hashlib.sha256(orjson.dumps(read)).hexdigest()
