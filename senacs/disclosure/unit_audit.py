"""The audit of whole numbers: can every hidden count be another whole number, the figures shown staying true?

Between 4.2 and 5.8 there is one count only. So a cell is free when some direction made of whole numbers moves it, each
other hidden cell staying within what everybody knows of it. Most programs of tables have whole solutions by themselves;
where one has not, whole numbers are asked for. Figures of thousands of units leave room for any direction: parts where
every cell has that much are left alone.
"""

from collections.abc import Collection, Hashable, Mapping

from senacs.disclosure.exact_audit import Weakness, components
from senacs.disclosure.neighbourhood import Surroundings, cheapest_direction
from senacs.disclosure.system import System

# Units of room within which every whole direction of a table fits.
AMPLE = 100
# Pairs of a lone contributor and a cell that it might compute, tried in one part; beyond, exact elimination alone
# guards against lone contributors.
MOST_PAIRS = 2_000
HALF = 0.5


Move = tuple[int, int]


class UnitAudit:
    """Successive audits of a growing set of hidden columns: what was seen to move by a unit still can."""

    def __init__(self, system: System) -> None:
        self.system = system
        # By reader, (column, side): some direction makes that move and leaves what the reader holds alone.
        self.proved: dict[Hashable | None, set[Move]] = {}

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
            found = self._stuck(surroundings, targets.intersection(columns), None)
            weak += found
            lone = sorted({system.owners[c] for c in columns} - {None}, key=str)
            secrets = targets & system.primary & set(columns) - {w.column for w in found}
            if len(lone) * len(secrets) <= MOST_PAIRS:
                for owner in lone:
                    weak += self._stuck(surroundings, secrets, owner)
        return weak

    def accept(self, moves: Mapping[int, float], attacker: Hashable | None) -> None:
        """Notes what a whole direction proves that was found by a repair."""
        for reader in {None, attacker}:
            self._note(self.proved.setdefault(reader, set()), moves)

    def _note(self, proved: set[Move], moves: Mapping[int, float]) -> None:
        """What a whole direction moves, and its opposite where that fits too."""
        proved.update((c, 1 if move > 0 else -1) for c, move in moves.items() if abs(move) > HALF)
        if all(self.system.room(c, -1 if move > 0 else 1) >= abs(move) for c, move in moves.items()):
            proved.update((c, -1 if move > 0 else 1) for c, move in moves.items() if abs(move) > HALF)

    def _stuck(self, surroundings: Surroundings, targets: set[int], owner: Hashable | None) -> list[Weakness]:
        system = self.system
        own = set() if owner is None else system.holdings[owner]
        proved = self.proved.setdefault(owner, set())
        weak = []
        for column in sorted(targets - own):
            sides = [side for side in (1, -1) if system.room(column, side) >= 1]
            if not sides:
                continue  # known to everybody, whatever is shown
            still = [side for side in sides if (column, side) not in proved]
            if system.each_side and column in system.primary and owner is None:
                weak += [
                    Weakness(column, side)
                    for side in still
                    if not self._moves(surroundings, (column, side), own, proved)
                ]
            elif len(still) == len(sides) and not any(
                self._moves(surroundings, (column, side), own, proved) for side in still
            ):
                weak.append(Weakness(column, 0, owner))
        return weak

    def _moves(self, surroundings: Surroundings, move: Move, own: Collection[int], proved: set[Move]) -> bool:
        if move in proved:
            return True
        system = self.system
        for near, numbers in surroundings.around(move[0]):
            free = [c for c in near if c not in own]
            if move[0] not in free:
                continue
            found = cheapest_direction(
                [surroundings.relations[number] for number in numbers],
                free,
                move,
                prices=[1.0] * len(free),
                rooms=([system.room(c, -1) for c in free], [system.room(c, 1) for c in free]),
                whole=True,
            )
            if found is not None:
                self._note(proved, found)
                return True
        return False
