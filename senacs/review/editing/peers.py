"""Peers: structures of the same type, size and territory; quantiles of one's own peers, wider where they are few."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Peers:
    """`levels[k][row]`: the row's group, from type × size × territory to everybody.

    Groups are numbered from 0; each level's groups are unions of those of the level before.
    """

    levels: tuple[Ints, ...]

    @property
    def size(self) -> int:
        return len(self.levels[0])

    @cached_property
    def layout(self) -> list[tuple[Ints, Ints, Ints]]:
        """Per level: the rows in order of their group, where each group starts, and each finest group's group."""
        _, first = np.unique(self.levels[0], return_index=True)
        result = []
        for groups in self.levels:
            order = np.argsort(groups, kind="stable")
            starts = np.searchsorted(groups[order], np.arange(groups.max(initial=-1) + 2))
            result.append((order, starts.astype(np.int64), groups[first]))
        return result


def peers_of(kind: NDArray, territory: NDArray, sizes: Ints) -> Peers:
    """Groups by type × size × territory, then type × size, then type, then all. One entry a structure each."""
    columns = [np.unique(column, return_inverse=True)[1].astype(np.int64) for column in (kind, sizes, territory)]
    levels = []
    for depth in (3, 2, 1):
        group = np.zeros(len(kind), np.int64)
        for column in columns[:depth]:
            group = group * (int(column.max(initial=0)) + 1) + column
        levels.append(np.unique(group, return_inverse=True)[1].astype(np.int64))
    return Peers((*levels, np.zeros(len(kind), np.int64)))


def size_classes(measures: Floats, kind: NDArray, classes: int) -> Ints:
    """The size class (0 smallest) of each row, within its type: from the median of its ranks over several measures.

    `measures` is rows × measures, NaN for unanswered. A median of ranks: one wrong figure does not change the class.
    """
    result = np.zeros(len(measures), np.int64)
    for value in np.unique(kind):
        rows = np.flatnonzero(kind == value)
        ranks = _ranks(measures[rows])
        known = ~np.isnan(ranks)
        ordered = np.sort(ranks, axis=1)  # NaN last
        counts = known.sum(axis=1)
        middle = np.maximum((counts - 1) // 2, 0)
        upper = np.minimum(np.maximum(counts // 2, 0), ranks.shape[1] - 1)
        index = np.arange(len(rows))
        score = (ordered[index, middle] + ordered[index, upper]) / 2
        score = np.where(counts > 0, score, 0.5)
        result[rows] = np.minimum((score * classes).astype(np.int64), classes - 1)
    return result


def _ranks(columns: Floats) -> Floats:
    """Ranks in [0, 1) within each column; NaN stays."""
    order = np.argsort(columns, axis=0, kind="stable")  # NaN last
    ranks = np.empty_like(columns)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(len(columns))[:, None], columns.shape) * 1.0, axis=0)
    ranks /= np.maximum((~np.isnan(columns)).sum(axis=0), 1)
    return np.where(np.isnan(columns), np.nan, ranks)


def peer_quantiles(values: Floats, peers: Peers, probabilities: Sequence[float], *, minimum: int) -> Floats:
    """For each row and column, quantiles of the row's own peers: probabilities × rows × columns, NaN for none.

    Per column, the finest group with at least `minimum` known values serves. Quantiles by linear interpolation
    (Hyndman and Fan 1996, type 7).
    """
    table = _by_finest_group(np.asfortranarray(values), peers, probabilities, minimum)
    # Columns stay contiguous, as those of `values`.
    return np.moveaxis(table[:, :, peers.levels[0]], 1, 2)


def _by_finest_group(values: Floats, peers: Peers, probabilities: Sequence[float], minimum: int) -> Floats:
    """The quantiles that serve each of the finest groups: probabilities × columns × groups."""
    count = len(peers.layout[0][1]) - 1
    result = np.full((len(probabilities), values.shape[1], count), np.nan)
    is_open = np.ones((values.shape[1], count), bool)
    for order, starts, group_of in peers.layout:
        wanted = np.unique(group_of[is_open.any(axis=0)])
        if not len(wanted):
            break
        arranged = values.T[:, order]
        for group in wanted:
            part = arranged[:, starts[group] : starts[group + 1]]
            counts = part.shape[1] - np.isnan(part).sum(axis=1)
            members = group_of == group
            columns = np.flatnonzero((counts >= minimum) & is_open[:, members].any(axis=1))
            if not len(columns):
                continue
            ordered = np.sort(part[columns], axis=1)  # NaN last
            cells = is_open & members & np.isin(np.arange(values.shape[1]), columns)[:, None]
            for number, probability in enumerate(probabilities):
                found = np.full(values.shape[1], np.nan)
                found[columns] = _quantile(ordered, counts[columns], probability)
                result[number] = np.where(cells, found[:, None], result[number])
            is_open &= ~cells
    return result


def _quantile(ordered: Floats, counts: Ints, probability: float) -> Floats:
    place = (counts - 1) * probability
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    column = np.arange(len(ordered))
    low, high = ordered[column, below], ordered[column, above]
    return np.asarray(low + (high - low) * (place - below))
