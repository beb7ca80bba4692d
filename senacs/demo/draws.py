"""Random draws that persist from year to year: a structure keeps its character, each year adds its own hazard.

Every code has generators of its own, seeded by the code: adding a question changes the draws of no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Draws:
    """Draws for `size` structures in one year, `index` 0 being the first year of the network."""

    seed: int
    size: int
    index: int

    def lasting(self, code: str) -> Floats:
        """A standard normal a structure, the same every year."""
        return np.random.default_rng([self.seed, crc32(code.encode())]).standard_normal(self.size)

    def yearly(self, code: str) -> Floats:
        """A standard normal a structure, new every year."""
        return np.random.default_rng([self.seed, crc32(code.encode()), self.index + 1]).standard_normal(self.size)

    def level(self, code: str, median: Floats | float, spread: float, wobble: float = 0.08) -> Floats:
        """Log-normal around `median`: `spread` between structures, `wobble` between years."""
        return np.asarray(median) * np.exp(spread * self.lasting(code) + wobble * self.yearly(code))

    def count(self, code: str, median: Floats | float, spread: float = 0.5, wobble: float = 0.12) -> Ints:
        return np.rint(self.level(code, median, spread, wobble)).astype(np.int64)

    def share(self, code: str, mean: Floats | float, spread: float = 0.5, wobble: float = 0.15) -> Floats:
        """In (0, 1), logistic-normal around `mean`."""
        centre = np.asarray(mean, float)
        return 1 / (
            1 + np.exp(-(np.log(centre / (1 - centre)) + spread * self.lasting(code) + wobble * self.yearly(code)))
        )

    def yes(self, code: str, probability: Floats | float) -> Bools:
        """True with `probability`, rarely changing from one year to the next."""
        mixed = 0.97 * self.lasting(code) + 0.24 * self.yearly(code)
        return _normal_cdf(mixed) < np.asarray(probability)

    def pick(self, code: str, shares: dict[str, float]) -> NDArray[np.str_]:
        """One option a structure, with the given shares; changes rarely."""
        edges = np.cumsum(list(shares.values())) / sum(shares.values())
        rank = _normal_cdf(0.985 * self.lasting(code) + 0.17 * self.yearly(code))
        return np.array(list(shares))[np.minimum(np.searchsorted(edges, rank), len(shares) - 1)]

    def several(self, code: str, shares: dict[str, float], *, at_least_one: bool = True) -> list[tuple[str, ...]]:
        """Some of the options a structure, each with its own probability, in the order of `shares`."""
        chosen = {option: self.yes(f"{code}.{option}", p) for option, p in shares.items()}
        fallback = max(shares, key=lambda option: shares[option])
        rows = [tuple(o for o in shares if chosen[o][i]) for i in range(self.size)]
        return [row or ((fallback,) if at_least_one else ()) for row in rows]

    def split(self, code: str, total: Ints, weights: Sequence[Floats | float], spread: float = 0.35) -> list[Ints]:
        """Parts of `total` that add up to it exactly, around `weights` (any scale), kept from year to year."""
        parts = np.stack(
            [
                np.asarray(w, float) * np.exp(spread * self.lasting(f"{code}.{k}") + 0.08 * self.yearly(f"{code}.{k}"))
                for k, w in enumerate(weights)
            ]
        )
        edges = np.rint(np.cumsum(parts, axis=0) / parts.sum(axis=0) * total).astype(np.int64)
        return list(np.diff(edges, axis=0, prepend=0))


def _normal_cdf(x: Floats) -> Floats:
    # Abramowitz and Stegun 26.2.17 is not needed: the logistic curve is within 0.01 of the normal one.
    return 1 / (1 + np.exp(-1.702 * x))
