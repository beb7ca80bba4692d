"""What stops a signature: figures that unexplained doubtful responses move, and what lifts the stop."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from math import inf

import orjson

from senacs.lib.french import plural
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
    """The figures that stop a signature, the most moved first within France, régions, départements, smaller places.

    `explained` are the structures whose doubtful answers both institutions have explained.
    """
    lifted = plausibility.rows_of(frozenset(explained))
    order = {level: place for place, level in enumerate(settings.together)}
    found = [
        stop
        for figure in (*plausibility.figures, *plausibility.small)
        if figure.doubtful and (stop := _stop(figure, lifted, plausibility, settings)) is not None
    ]
    return sorted(
        found,
        key=lambda stop: (
            order.get(stop.figure.level, len(order)),
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
    if together <= settings.together.get(figure.level, inf) and alone <= settings.alone:
        return None
    structures = tuple(plausibility.structures[row] for row in rows)
    return Stop(figure, figure.without(rows), together, alone, structures)


@dataclass(frozen=True, slots=True)
class StillHiding:
    """How many figures the unexplained doubtful values of some responses hide."""

    figures: int
    structures: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """« 42 chiffres masqués à cause de 2 réponses douteuses »."""
        return (
            f"{plural(self.figures, 'chiffre masqué', 'chiffres masqués')} à cause de "
            f"{plural(len(self.structures), 'réponse douteuse', 'réponses douteuses')}"
        )


def hiding_in(plausibility: Plausibility, explained: Collection[str]) -> StillHiding:
    """What doubtful values hide, but for those that are explained: a true value keeps its secret."""
    lifted = plausibility.rows_of(frozenset(explained))
    left = [one for one in plausibility.hiding if not lifted.issuperset(one.rows)]
    rows = {row for one in left for row in one.rows} - lifted
    return StillHiding(sum(one.figures for one in left), tuple(sorted(plausibility.structures[row] for row in rows)))


def digest_of(doubts: Collection[NamedDoubt]) -> str:
    """What an explanation holds for: the doubtful values of one response as they were read. 64 hexadecimal digits."""
    read = sorted((doubt.code, doubt.value) for doubt in doubts)
    return hashlib.sha256(orjson.dumps(read)).hexdigest()
