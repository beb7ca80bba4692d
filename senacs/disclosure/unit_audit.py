"""The audit of whole numbers: can every hidden count be another whole number, the figures shown staying true?

Between 4.2 and 5.8 there is one count only. So a cell is free when some direction made of whole numbers moves it, each
other hidden cell staying within what everybody knows of it. Most programs of tables have whole solutions by themselves;
where one has not, whole numbers are asked for. Figures of thousands of units leave room for any direction: parts where
every cell has that much are left alone.
"""

from collections.abc import Collection, Hashable

from senacs.disclosure.exact_audit import Weakness, components
from senacs.disclosure.neighbourhood import Surroundings, cheapest_direction
from senacs.disclosure.system import System

# Units of room within which every whole direction of a table fits.
AMPLE = 100
# Pairs of a lone contributor and a cell that it might compute, tried in one part; beyond, exact elimination alone
# guards against lone contributors.
MOST_PAIRS = 2_000


class UnitAudit:
    """Successive audits of a growing set of hidden columns: what was seen to move by a unit still can."""

    def __init__(self, system: System) -> None:
        self.system = system
        # By reader, the columns that some direction moves which leaves what the reader holds alone.
        self.proved: dict[Hashable | None, set[int]] = {}

    def stuck(self, hidden: Collection[int]) -> list[Weakness]:
        """Hidden columns, latent ones that need no shelter excepted, that can be no other whole number."""
        system, hidden = self.system, set(hidden)
        if not system.whole:
            return []
        targets = (hidden - system.latent) | (hidden & system.primary)
        weak = []
        for relations in components(system.restricted(hidden)):
            columns = sorted({c for row in relations for c in row})
            if not any(0 < system.room(c, side) < AMPLE for c in columns for side in (1, -1)):
                continue
            surroundings = Surroundings(relations)
            weak += [Weakness(c, 0) for c in self._stuck(surroundings, columns, targets, None)]
            lone = sorted({system.owners[c] for c in columns} - {None}, key=str)
            secrets = targets & system.primary & set(columns)
            if len(lone) * len(secrets) <= MOST_PAIRS:
                exposed = {w.column for w in weak}
                for owner in lone:
                    found = self._stuck(surroundings, columns, secrets - exposed, owner)
                    weak += [Weakness(c, 0, owner) for c in found]
        return weak

    def accept(self, moves: dict[int, float], attacker: Hashable | None) -> None:
        """Notes what a whole direction proves that was found by a repair."""
        for reader in {None, attacker}:
            self.proved.setdefault(reader, set()).update(c for c, move in moves.items() if abs(move) > 0.5)

    def _stuck(
        self, surroundings: Surroundings, columns: list[int], targets: set[int], owner: Hashable | None
    ) -> list[int]:
        own = set() if owner is None else self.system.holdings[owner]
        proved = self.proved.setdefault(owner, set())
        return [
            column
            for column in columns
            if column in targets - own and column not in proved and not self._moves(surroundings, column, own, proved)
        ]

    def _moves(self, surroundings: Surroundings, column: int, own: Collection[int], proved: set[int]) -> bool:
        system = self.system
        for side in (1, -1):
            if system.room(column, side) < 1:
                continue
            for near, numbers in surroundings.around(column):
                free = [c for c in near if c not in own]
                if column not in free:
                    continue
                found = cheapest_direction(
                    [surroundings.relations[number] for number in numbers],
                    free,
                    (column, side),
                    prices=[1.0] * len(free),
                    rooms=([system.room(c, -1) for c in free], [system.room(c, 1) for c in free]),
                    whole=True,
                )
                if found is not None:
                    proved.update(c for c, move in found.items() if abs(move) > 0.5)
                    return True
        return False
