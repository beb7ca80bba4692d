"""One cause, one box: findings put under the cause that explains them, on every page that shows findings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Found = TypeVar("Found")


def by_cause(causes: Sequence[Iterable[str]], found: Mapping[str, Found]) -> tuple[list[list[Found]], list[Found]]:
    """What each cause explains, in the order of `causes` (the codes of rules of each), then what none explains.

    A finding stands under the first of its causes only.
    """
    left = dict(found)
    explained = [[left.pop(rule) for rule in rules if rule in left] for rules in causes]
    return explained, list(left.values())
