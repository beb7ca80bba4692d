"""« Ce qui m'attend »: what waits for a person, for the other of the pair and for the structures, by declared kinds."""

from dataclasses import dataclass

from senacs.accounts.models import User
from senacs.agenda import of_correspondents, of_institutions, of_structures
from senacs.agenda.kinds import Waited, WaitingKind, WaitingRow, WaitingSeat, Whose

# In the order of a page: the nearest to the person first.
KINDS: tuple[WaitingKind, ...] = (*of_institutions.KINDS, *of_correspondents.KINDS, *of_structures.KINDS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The things of one kind: « 3 réponses à contrôler », the first of them, and where all of them are."""

    kind: WaitingKind
    found: Waited
    url: str

    @property
    def told(self) -> str:
        return self.kind.told(self.found.total)

    @property
    def rows(self) -> list[WaitingRow]:
        return self.found.rows

    @property
    def is_more(self) -> bool:
        return self.found.is_more


def waiting_for(user: User, *columns: Whose) -> dict[Whose, list[Waiting]]:
    """Every kind that the person's roles concern and that has something, by column; a constant number of queries."""
    seat = WaitingSeat(user)
    found: dict[Whose, list[Waiting]] = {whose: [] for whose in columns or tuple(Whose)}
    for kind in kinds_for(seat):
        if kind.whose in found and (things := kind.find(seat)).total:
            found[kind.whose].append(Waiting(kind, things, kind.page(seat)))
    return found


def kinds_for(seat: WaitingSeat) -> list[WaitingKind]:
    """Those of the person's roles; a kind without roles is of everyone."""
    return [kind for kind in KINDS if not kind.roles or kind.roles & seat.roles]


def count_for(user: User) -> int:
    """How many things wait for the person, for the menu."""
    return sum(things.found.total for things in waiting_for(user, Whose.MINE)[Whose.MINE])
