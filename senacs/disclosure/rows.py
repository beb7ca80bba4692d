"""Sparse rows modulo a prime: {unknown: weight}, never zero; nothing is rounded."""

from collections.abc import Iterable, Mapping, Sequence

PRIME = (1 << 61) - 1

Row = dict[int, int]


def divided(row: Row, factor: int) -> Row:
    """The row, each weight divided by the factor."""
    inverse = pow(factor, -1, PRIME)
    return {c: a * inverse % PRIME for c, a in row.items()}


def subtracted(row: Row, basis: Mapping[int, Row]) -> Row:
    """The row less what the pivots of an echelon form give of it."""
    for pivot in [c for c in row if c in basis]:
        row = combined(row, basis[pivot], row[pivot])
    return row


def combined(row: Row, other: Row, factor: int) -> Row:
    """row - factor × other."""
    found = dict(row)
    for column, weight in other.items():
        value = (found.get(column, 0) - factor * weight) % PRIME
        if value:
            found[column] = value
        else:
            found.pop(column, None)
    return found


def rank(rows: Iterable[Row]) -> int:
    """How many of the rows are no combination of the others."""
    basis: dict[int, Row] = {}
    for row in rows:
        left = dict(row)
        while left:
            pivot = min(left)
            if pivot not in basis:
                inverse = pow(left[pivot], -1, PRIME)
                basis[pivot] = {c: a * inverse % PRIME for c, a in left.items()}
                break
            left = combined(left, basis[pivot], left[pivot])
    return len(basis)


def components(rows: Sequence[Row]) -> list[tuple[set[int], list[Row]]]:
    """Rows of an echelon form in groups that share no unknown, which is as far as they can be told apart."""
    groups: list[tuple[set[int], list[Row]]] = []
    for row in rows:
        columns, inside = set(row), [row]
        apart = []
        for group in groups:
            if columns.isdisjoint(group[0]):
                apart.append(group)
            else:
                columns |= group[0]
                inside += group[1]
        groups = [*apart, (columns, inside)]
    return groups
