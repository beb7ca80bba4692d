"""Accounts without a role: told a month before, then emptied of what names the person; kept by any sign of life."""

from datetime import timedelta

import pytest

from senacs.accounts.enums import Role
from senacs.accounts.forgetting import forget_people, idle_people
from senacs.accounts.keeping import keeping_rules
from senacs.accounts.models import Invitation, Mandate, Notice, User
from senacs.accounts.objections import object_to
from senacs.agenda.retention import ERASERS
from senacs.audit.chain import check, seal
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from tests import factories
from tests.factories import Cast

LONG_AGO = timedelta(days=3 * 365 + 40)


@pytest.fixture
def leaver(cast: Cast) -> User:
    """Somebody whose only role ended more than three years ago."""
    user = factories.make_user("ancienne.directrice@exemple.fr")
    mandate = factories.make_mandate(user, Role.RESPONSABLE, structure=cast.structure)
    day = clock.today() - LONG_AGO
    Mandate.objects.filter(pk=mandate.pk).update(starts_on=day - timedelta(days=90), ends_on=day)
    User.objects.filter(pk=user.pk).update(date_joined=clock.now() - LONG_AGO, last_login=None)
    user.refresh_from_db()
    return user


def test_an_account_without_a_role_is_told_then_forgotten_a_month_later(leaver: User, cast: Cast) -> None:
    address, name = leaver.email, leaver.get_full_name()
    assert [person.pk for person in idle_people()] == [leaver.pk]
    assert "dans un mois" in " ".join(forget_people())
    assert list(forget_people()) == [], "told once"
    assert OutgoingLetter.objects.filter(to=address, subject__contains="sera effacé").count() == 1
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert "est effacé" in " ".join(forget_people())
        assert list(forget_people()) == []
    leaver.refresh_from_db()
    assert not leaver.is_active and not leaver.has_usable_password()
    assert address not in repr([list(leaver.__dict__.values()), *Invitation.objects.values_list("email")])
    assert name not in leaver.get_full_name() and leaver.mandates.exists()
    assert not Notice.objects.filter(user=leaver).exists()
    seal()
    assert check().faults == (), "the journal is untouched"


@pytest.mark.parametrize("sign", ["role", "login", "objection", "young"])
def test_any_sign_of_life_keeps_an_account(leaver: User, cast: Cast, sign: str) -> None:
    if sign == "role":
        factories.make_mandate(leaver, Role.SUPPLEANT, structure=cast.structure)
    elif sign == "login":
        User.objects.filter(pk=leaver.pk).update(last_login=clock.now() - timedelta(days=2))
    elif sign == "objection":
        object_to(processing="comptes", reason="Gardez mon compte le temps de répondre.", by=leaver)
    else:
        User.objects.filter(pk=leaver.pk).update(date_joined=clock.now() - timedelta(days=9))
    assert not idle_people().exists()


def test_rules_that_run_are_those_that_the_register_of_processing_tells() -> None:
    from senacs.accounts.processing import processing_register

    told = [code for entry in processing_register().entries for code in entry.kept]
    assert sorted(told) == sorted(keeping_rules()) == sorted({*ERASERS, "comptes"})
