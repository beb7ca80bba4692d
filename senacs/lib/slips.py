"""Slips of the keyboard: how many edits lie between two words, and how many one forgives."""

SHORT, LONG = 5, 8


def is_slip(first: str, second: str) -> bool:
    """One slip of the keyboard in a word of five letters, two from eight letters on."""
    shortest = min(len(first), len(second))
    allowed = 0 if shortest < SHORT else 1 if shortest < LONG else 2
    return distance(first, second, limit=allowed) <= allowed


def distance(first: str, second: str, *, limit: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from one text to the other; `limit` + 1 when more."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    # Only cells within `limit` of the diagonal can count: a long name costs its length, not its square.
    beyond = limit + 1
    before: dict[int, int] = {}
    row = {j: j for j in range(min(limit, len(second)) + 1)}
    for i, a in enumerate(first, 1):
        last, before, row = before, row, {0: i} if i <= limit else {}
        for j in range(max(1, i - limit), min(len(second), i + limit) + 1):
            b = second[j - 1]
            near = before.get(j, beyond) + 1, row.get(j - 1, beyond) + 1, before.get(j - 1, beyond) + (a != b)
            cost = min(near)
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last.get(j - 2, beyond) + 1)
            row[j] = cost
        if not row or min(row.values()) > limit:
            return beyond
    return min(row.get(len(second), beyond), beyond)
