"""Figures that readers keep, as protection adds them up; the ledger tells them (`observatory.ledger`).

No model is read here: protection runs in processes that know nothing of Django.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class EarlierFigures:
    """Figures worked out before, which their readers keep: whose, from which release, and what was shown.

    cells: (indicator, modality) shown for all members together; named: (structure, indicator) shown by name.
    """

    name: str
    release: str
    members: frozenset[str]
    cells: frozenset[tuple[str, str]]
    named: frozenset[tuple[str, str]]
