"""Communes without a structure, ranked by criteria that the reader weighs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from senacs.structures.unserved import Served, ServedRows
from senacs.territories.models import RuralZoning


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts for the rank of a candidate, from 0 (nothing) to 5."""

    population: int = 3
    distance: int = 3
    qpv: int = 2
    frr: int = 1

    @property
    def whole(self) -> int:
        return self.population + self.distance + self.qpv + self.frr


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commune without a structure; `score`: out of 100, None where nothing weighs."""

    served: Served
    score: float | None


class CandidateRows(Sequence[Candidate]):
    """Candidates in their order, each made when it is looked at."""

    def __init__(self, rows: ServedRows, scores: np.ndarray | None) -> None:
        self.rows, self.scores = rows, scores

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Candidate: ...
    @overload
    def __getitem__(self, at: slice) -> list[Candidate]: ...
    def __getitem__(self, at: int | slice) -> Candidate | list[Candidate]:
        if isinstance(at, slice):
            return [self[n] for n in range(len(self))[at]]
        return Candidate(self.rows[at], None if self.scores is None else float(self.scores[at]))


def candidates(without: ServedRows, weights: Weights) -> CandidateRows:
    """Communes without a structure (`Landscape.without_in`), the highest score first, then most inhabitants.

    A criterion gives a commune the share of the candidates that it passes (half of those that it equals): the whole is
    the mean of those shares by the weights. A distance that is not known passes nobody.
    """
    land, here = without.landscape.land, without.order
    if not len(here) or not weights.whole:
        return CandidateRows(without, None)
    grounds = [land.grounds[n] for n in here] if weights.qpv or weights.frr else []
    is_counted = any(one.qpv_population for one in grounds)
    measured = (
        (weights.population, land.population[here]),
        (weights.distance, np.nan_to_num(without.landscape.distances[here])),
        (weights.qpv, np.array([one.qpv_population if is_counted else one.qpv_count for one in grounds])),
        (weights.frr, np.array([_RURAL_ORDER.get(one.rural, 0) for one in grounds])),
    )
    passed = [weight * _shares_passed(values) for weight, values in measured if weight]
    scores = 100 * np.sum(passed, axis=0) / weights.whole
    # `without` is in the order of inhabitants, then of codes: a stable sort keeps it among equals.
    order = np.argsort(-scores, kind="stable")
    return CandidateRows(ServedRows(without.landscape, here[order]), scores[order])


_RURAL_ORDER = {RuralZoning.FRR.value: 1, RuralZoning.FRR_PLUS.value: 2}


def _shares_passed(values: np.ndarray) -> np.ndarray:
    """For each value, the share of the others that are lower, and half of those that are equal; 0 for the value 0."""
    order = np.sort(values)
    lower = np.searchsorted(order, values, side="left")
    upper = np.searchsorted(order, values, side="right")
    passed = (lower + (upper - lower - 1) / 2) / max(len(values) - 1, 1)
    return np.where(values != 0, passed, 0.0)
