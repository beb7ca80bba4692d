"""Mandates of a structure that joins another follow it: nobody is left without a place, nobody heads twice."""

from datetime import date, timedelta

import pytest

from senacs.accounts.enums import RightsAct, Role
from senacs.accounts.invitations import invite
from senacs.accounts.models import Mandate, Notice, RightsEntry, User
from senacs.accounts.permissions import can_enter
from senacs.accounts.successors import STILL_READ, follow_successor
from senacs.lib import clock
from senacs.register import life
from senacs.register.journal import Order
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

WHY = "Décision du conseil d’administration de la Caf."


@pytest.fixture
def other(cast: Cast) -> Structure:
    return factories.make_structure(name="Centre social des Lilas", first_agrement_on=date(1990, 1, 1))


@pytest.fixture
def head(other: Structure) -> User:
    user = factories.make_user("directrice.lilas@exemple.fr")
    factories.make_mandate(user, Role.RESPONSABLE, structure=other)
    return user


def roles_in(structure: Structure) -> set[tuple[str, str]]:
    held = Mandate.objects.current().filter(structure=structure)
    return set(held.values_list("user__email", "role"))


def test_the_head_of_the_one_that_joins_becomes_a_deputy_where_there_is_a_head(
    cast: Cast, other: Structure, head: User
) -> None:
    (begun,) = follow_successor(absorbed=other, kept=cast.structure, by=cast.national)
    assert (begun.user, begun.role) == (head, Role.SUPPLEANT)
    assert can_enter(head, cast.structure) and can_enter(head, other), "what the other answered is still read"
    assert Mandate.objects.get(user=head, structure=other).ends_on == clock.today() + STILL_READ
    assert RightsEntry.objects.get(person=head).act == RightsAct.FOLLOWED
    assert "a rejoint" in Notice.objects.get(user=head).subject
    assert follow_successor(absorbed=other, kept=cast.structure, by=cast.national) == [], "a second time"


def test_the_head_stays_a_head_where_there_is_none(cast: Cast, other: Structure, head: User) -> None:
    Mandate.objects.filter(structure=cast.structure).delete()
    deputy = factories.make_user("adjoint.lilas@exemple.fr")
    factories.make_mandate(deputy, Role.SUPPLEANT, structure=other)
    follow_successor(absorbed=other, kept=cast.structure, by=cast.national)
    assert roles_in(cast.structure) == {(head.email, "responsable"), (deputy.email, "suppleant")}


def test_an_invitation_that_waits_follows_too_and_a_mandate_in_both_is_not_doubled(
    cast: Cast, other: Structure, head: User
) -> None:
    factories.make_mandate(cast.responsable, Role.SUPPLEANT, structure=other)
    offered = invite(email="nouvelle@exemple.fr", role=Role.RESPONSABLE, scope=other, by=cast.national)
    follow_successor(absorbed=other, kept=cast.structure, by=cast.national)
    offered.refresh_from_db()
    assert (offered.structure, offered.role) == (cast.structure, Role.SUPPLEANT)
    assert (cast.responsable.email, "responsable") in roles_in(cast.structure)
    assert Mandate.objects.current().filter(user=cast.responsable, structure=cast.structure).count() == 1


@pytest.mark.parametrize("act", ["merger", "duplicate"])
def test_mergers_and_duplicates_bring_their_people(cast: Cast, other: Structure, head: User, act: str) -> None:
    order = Order(clock.today() - timedelta(days=1), WHY, cast.national)
    Structure.objects.update(first_agrement_on=date(1990, 1, 1))
    kept = Structure.objects.get(pk=cast.structure.pk)
    if act == "merger":
        life.merge_structures(structure=kept, others=[other], order=order)
    else:
        life.merge_duplicates(structure=kept, duplicate=other, order=order)
    assert (head.email, "suppleant") in roles_in(cast.structure)
