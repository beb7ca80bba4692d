"""The kinds of things that wait for somebody: one line each, with whom it concerns, its words, how it is found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Window

from senacs.accounts.enums import Role
from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import current_mandates
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import current_campaign
from senacs.lib.french import plural

# Rows of a kind that are shown with their own link; the others are behind the link to all of them.
FEW = 5


class Whose(Enum):
    """Who has to act; the value heads the column."""

    MINE = "Ce qui m’attend"
    OTHER = "Ce qui attend l’autre"
    STRUCTURES = "Ce qui attend les structures"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One thing that waits, and the page where the act is done."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """`total` things, of which the first few rows."""

    total: int
    rows: list[WaitingRow]
    # Whether others than the rows are waiting.
    is_more: bool


class WaitingSeat:
    """What every kind needs of the person, read once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.mandates: list[Mandate] = current_mandates(user)
        self.roles = frozenset(Role(mandate.role) for mandate in self.mandates)

    @cached_property
    def campaign(self) -> Campaign | None:
        return current_campaign()

    def held(self, *roles: Role) -> list[Mandate]:
        return [mandate for mandate in self.mandates if mandate.role in roles]


@dataclass(frozen=True, slots=True)
class WaitingKind:
    """`words` are singular and plural, after a count; `find` makes a constant number of queries; `page` shows all."""

    name: str
    whose: Whose
    roles: frozenset[Role]
    words: tuple[str, str]
    find: Callable[[WaitingSeat], Waited]
    page: Callable[[WaitingSeat], str]

    def told(self, count: int) -> str:
        return plural(count, *self.words)


def first_rows(found: QuerySet[Any], row: Callable[[Any], WaitingRow]) -> Waited:
    """The first few and how many there are, in one query."""
    listed = list(found.annotate(in_all=Window(Count("pk")))[:FEW])
    total = listed[0].in_all if listed else 0
    return Waited(total, [row(one) for one in listed], is_more=total > len(listed))


def of_list(rows: list[WaitingRow]) -> Waited:
    return Waited(len(rows), rows[:FEW], is_more=len(rows) > FEW)
