"""Sums that rest on too few people: what adding and subtracting published figures gives back exactly.

Every combination of figures is a vector over the unknowns. One that touches an unknown of k holders rests on k of
them at least; so unknowns of k or more are eliminated first, and only what is left on small ones can be dangerous.
Arithmetic is modulo a prime under 2³¹: exact in 64 bits; a sum of figures is zero there only by chance of 1 in 10⁹.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

PRIME = 2_147_483_629
# Random bases searched beyond the first one, and how many sets of holders are tried one by one.
BASES, TRIED = 6, 2_000


def small_unions(rows: Sequence[Sequence[int]], holders: Sequence[frozenset[str]], k: int) -> list[frozenset[str]]:
    """The sets of fewer than k holders on whom some combination of the rows rests, the smallest ones found.

    rows: the unknowns of each figure. Exhaustive where a connected part has few holders, a search otherwise.
    """
    small = [column for column, people in enumerate(holders) if len(people) < k]
    if not rows or not small:
        return []
    matrix = _without_large(rows, holders, k)
    found: set[frozenset[str]] = set()
    for part in _connected(matrix[:, small]):
        columns = np.array(small)[part[1]]
        found |= _in_part(matrix[part[0]][:, columns], [holders[c] for c in columns], k)
    return sorted((s for s in found if not any(other < s for other in found)), key=lambda s: (len(s), sorted(s)))


def _without_large(rows: Sequence[Sequence[int]], holders: Sequence[frozenset[str]], k: int) -> np.ndarray:
    """What is left of the rows once every unknown of k holders or more is eliminated."""
    matrix = np.zeros((len(rows), len(holders)), dtype=np.int64)
    for number, row in enumerate(rows):
        matrix[number, list(row)] = 1
    matrix = matrix[np.argsort([len(row) for row in rows], kind="stable")]
    free = np.ones(len(matrix), dtype=bool)
    for column in (c for c, people in enumerate(holders) if len(people) >= k):
        pivots: list[int] = np.flatnonzero(matrix[:, column] * free).tolist()
        if not pivots:
            continue
        pivot = min(pivots, key=lambda i: np.count_nonzero(matrix[i]))
        free[pivot] = False
        _clear(matrix, pivot, column, [i for i in pivots if i != pivot])
    return matrix[free]


def _clear(matrix: np.ndarray, pivot: int, column: int, others: Sequence[int]) -> None:
    """Subtracts the pivot row from the others, so that they are null in the column."""
    inverse = pow(int(matrix[pivot, column]), -1, PRIME)
    touched = np.flatnonzero(matrix[pivot])
    row = matrix[pivot, touched] * inverse % PRIME
    for i in others:
        matrix[i, touched] = (matrix[i, touched] - matrix[i, column] * row) % PRIME


def _connected(matrix: np.ndarray) -> list[tuple[list[int], list[int]]]:
    """Rows and columns in parts that nothing ties together; null rows are left out."""
    label = np.full(matrix.shape[1], -1)
    parts: list[tuple[list[int], list[int]]] = []
    by_row: list[list[int]] = [np.flatnonzero(row).tolist() for row in matrix]
    by_column: dict[int, list[int]] = {}
    for number, columns in enumerate(by_row):
        for column in columns:
            by_column.setdefault(column, []).append(number)
    for start in by_column:
        if label[start] >= 0:
            continue
        stack, columns_in = [start], list[int]()
        rows_in = set[int]()
        label[start] = len(parts)
        while stack:
            column = stack.pop()
            columns_in.append(column)
            for number in by_column[column]:
                if number in rows_in:
                    continue
                rows_in.add(number)
                for other in by_row[number]:
                    if label[other] < 0:
                        label[other] = len(parts)
                        stack.append(other)
        parts.append((sorted(rows_in), sorted(columns_in)))
    return parts


def _in_part(matrix: np.ndarray, holders: Sequence[frozenset[str]], k: int) -> set[frozenset[str]]:
    everybody = sorted(frozenset().union(*holders))
    if sum(_choose(len(everybody), size) for size in range(1, k)) <= TRIED:
        return _exhaustive(matrix, holders, everybody, k)
    found: set[frozenset[str]] = set()
    random = np.random.default_rng(len(everybody))
    order = np.argsort([len(people) for people in holders], kind="stable")[::-1]
    for _ in range(BASES + 1):
        for row in reduced(matrix[:, order]):
            people = frozenset().union(*(holders[order[c]] for c in np.flatnonzero(row)))
            if 0 < len(people) < k:
                found.add(people)
        order = random.permutation(len(holders))
    return found


def _choose(n: int, size: int) -> int:
    product = 1
    for i in range(size):
        product = product * (n - i) // (i + 1)
    return product


def _exhaustive(
    matrix: np.ndarray, holders: Sequence[frozenset[str]], everybody: Sequence[str], k: int
) -> set[frozenset[str]]:
    """Every set of fewer than k holders on whom a combination rests: outside of it the rows lose rank."""
    rank, found = len(reduced(matrix)), set[frozenset[str]]()
    for size in range(1, min(k, len(everybody) + 1)):
        for chosen in map(frozenset, combinations(everybody, size)):
            if any(known <= chosen for known in found):
                continue
            outside = [c for c, people in enumerate(holders) if not people <= chosen]
            if len(reduced(matrix[:, outside])) < rank:
                found.add(chosen)
    return found


def reduced(matrix: np.ndarray) -> np.ndarray:
    """The reduced echelon form, null rows left out."""
    matrix = matrix.copy()
    done = 0
    for column in range(matrix.shape[1]):
        if done == len(matrix):
            break
        pivots = np.flatnonzero(matrix[done:, column])
        if not len(pivots):
            continue
        pivot = done + int(pivots[0])
        matrix[[done, pivot]] = matrix[[pivot, done]]
        inverse = pow(int(matrix[done, column]), -1, PRIME)
        matrix[done] = matrix[done] * inverse % PRIME
        others = [i for i in np.flatnonzero(matrix[:, column]) if i != done]
        if others:
            touched = np.flatnonzero(matrix[done])
            block = matrix[np.ix_(others, touched)] - np.outer(matrix[others, column], matrix[done, touched]) % PRIME
            matrix[np.ix_(others, touched)] = block % PRIME
        done += 1
    return matrix[:done]
