"""Directions that move many columns at once, without a linear program: drawn at random, then brought near to what fits.

What the relations leave free is written once, exactly: some columns are free, the others whole combinations of them
(`elimination.Tableau`). Any movement of the free columns is then a direction; only its quality is a matter of
approximation, so that few steps of conjugate gradients do. Each movement counts as a share of the value that moves:
what a cell gains, all those around give a little of, and hardly any value falls below zero. Where one would, nothing
is said of a move, and a program decides.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from senacs.disclosure.elimination import PRIME, Tableau

# Directions looked for at a time.
AT_ONCE = 32
# Directions are drawn for all the columns together as long as what is left of these is that share of what was, at most.
WORTH = 0.5
# Steps of conjugate gradients: for directions drawn, and for those made for one column.
DRAWN_STEPS, MADE_STEPS = 10, 40
# Whole numbers above which a combination is not one of a table: the component is left to programs.
LARGEST_WEIGHT = 1_000
# Rounding errors of a sum, as a share of the sizes of its terms.
ROUNDING = 1e-14
# How many times further than a column's own value it may go.
FAR = 1e3


class SharedMoves:
    """The directions of one component that leave null columns where they are."""

    def __init__(
        self,
        relations: Sequence[Mapping[int, int]],
        values: Sequence[float],
        *,
        down: Sequence[float],
        up: Sequence[float],
    ) -> None:
        """values, down, up: by column, what it is and how far it may go; without room on one side it stays."""
        rows = [{c: a for c, a in row.items() if values[c] and down[c] and up[c]} for row in relations]
        tableau = Tableau(sorted((row for row in rows if row), key=lambda row: (len(row), min(row))))
        bound = {c: row for c, row in tableau.rows.items() if row}
        free = sorted({c for row in rows for c in row} - tableau.rows.keys())
        self.columns = [*free, *bound]
        self.place = {c: i for i, c in enumerate(self.columns)}
        terms = [(i, i, 1) for i in range(len(free))]
        terms += [
            (i, self.place[c], _whole(weight))
            for i, row in enumerate(bound.values(), len(free))
            for c, weight in row.items()
        ]
        self.fits = bool(terms) and all(abs(weight) <= LARGEST_WEIGHT for *_, weight in terms)
        self.sizes = np.array([abs(values[c]) for c in self.columns])
        self.down = np.array([down[c] for c in self.columns])
        self.up = np.array([up[c] for c in self.columns])
        self.terms = np.array(terms, dtype=np.int64).reshape(-1, 3)
        self.free = len(free)

    def reached(self, asks: Mapping[int, float]) -> set[tuple[int, int]]:
        """(column, 1 or -1): the columns that some direction takes up, or down, by what is asked of them."""
        chosen = [c for c in asks if c in self.place]
        if not self.fits or not chosen:
            return set()
        places = np.array([self.place[c] for c in chosen])
        asked = np.array([asks[c] for c in chosen])
        weights = self.terms[:, 2].astype(np.float64)
        whole = _Sparse(self.terms[:, 0], self.terms[:, 1], weights, len(self.columns))
        errors = _Sparse(self.terms[:, 0], self.terms[:, 1], np.abs(weights) * ROUNDING, len(self.columns))
        shares = weights / self.sizes[self.terms[:, 0]]
        scale = 1 / np.sqrt(np.bincount(self.terms[:, 1], shares**2, minlength=self.free))
        shares = shares * scale[self.terms[:, 1]]
        self.forth = _Sparse(self.terms[:, 0], self.terms[:, 1], shares, len(self.columns))
        self.back = _Sparse(self.terms[:, 1], self.terms[:, 0], shares, self.free)
        can = np.zeros((2, len(chosen)), dtype=bool)

        def follow(wished: np.ndarray, steps: int) -> None:
            free = self._nearest(wished, steps) * scale[:, None]
            can[:] |= self._made(whole(free), errors(np.abs(free)), places, asked)

        draws = np.random.default_rng(len(self.columns))
        rest, before = places, np.inf
        while len(rest) and len(rest) <= WORTH * before:
            wished = np.zeros((len(self.columns), AT_ONCE))
            wished[rest] = draws.normal(size=(len(rest), AT_ONCE))
            follow(wished, DRAWN_STEPS)
            before, rest = len(rest), places[~can.all(axis=0)]
        for start in range(0, len(rest), AT_ONCE):
            some = rest[start : start + AT_ONCE]
            wished = np.zeros((len(self.columns), len(some)))
            wished[some, np.arange(len(some))] = 1.0
            follow(wished, MADE_STEPS)
        return {(chosen[i], side) for side, row in zip((1, -1), can, strict=True) for i in np.flatnonzero(row)}

    def _made(self, moves: np.ndarray, errors: np.ndarray, places: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Which of the columns at these places some direction, or its opposite, takes up and down by what is asked."""
        reached = np.zeros((2, len(places)), dtype=bool)
        for side in (1.0, -1.0):
            falls, rises = np.maximum(errors - side * moves, 0.0), np.maximum(errors + side * moves, 0.0)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                times = np.fmin(
                    np.fmin(self.down[:, None] / falls, self.up[:, None] / rises),
                    FAR * self.sizes[:, None] / (np.abs(moves) + errors),
                ).min(axis=0)
                seen, wrong = side * moves[places] * times, errors[places] * times
            reached[0] |= (seen - wrong >= asked[:, None]).any(axis=1)
            reached[1] |= (-seen - wrong >= asked[:, None]).any(axis=1)
        return reached

    def _nearest(self, wished: np.ndarray, steps: int) -> np.ndarray:
        """Movements of the free columns whose direction is near to what is wished (conjugate gradients)."""
        found = np.zeros((self.free, wished.shape[1]))
        rest = self.back(wished)
        step, left = rest.copy(), (rest**2).sum(axis=0)
        for _ in range(steps):
            made = self.forth(step)
            length = left / np.maximum((made**2).sum(axis=0), np.finfo(float).tiny)
            found += length * step
            rest -= length * self.back(made)
            before, left = left, (rest**2).sum(axis=0)
            step = rest + left / np.maximum(before, np.finfo(float).tiny) * step
        return found


def _whole(residue: int) -> int:
    """The whole number that a residue stands for."""
    return residue if residue <= PRIME // 2 else residue - PRIME


class _Sparse:
    """A matrix given by its terms, each row having one at least."""

    def __init__(self, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, height: int) -> None:
        order = np.argsort(rows, kind="stable")
        self.columns, self.weights = columns[order], weights[order][:, None]
        self.starts = np.searchsorted(rows[order], np.arange(height))

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        return np.add.reduceat(vectors[self.columns] * self.weights, self.starts, axis=0)
