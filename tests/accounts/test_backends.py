"""The person behind a request comes with their mandates and the charter in one query, and no right more than before."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from senacs.accounts.backends import PersonBackend
from senacs.accounts.enums import Role
from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import current_mandates
from senacs.accounts.queries import has_accepted_charte
from senacs.lib import clock
from tests import factories
from tests.factories import Cast


def person(user: User) -> User:
    read = PersonBackend().get_user(user.pk)
    assert read is not None
    return read


def test_one_query_reads_the_person_mandates_and_charter(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.accept_charte(cast.responsable)
    with django_assert_num_queries(1):
        read = person(cast.responsable)
        assert [mandate.role for mandate in current_mandates(read)] == [Role.RESPONSABLE]
        assert has_accepted_charte(read)


@pytest.mark.parametrize(("starts", "ends", "counts"), [(-3, None, 1), (-3, 0, 1), (-3, -1, 0), (1, None, 0)])
def test_only_mandates_in_force_are_kept(cast: Cast, starts: int, ends: int | None, counts: int) -> None:
    today = clock.today()
    Mandate.objects.filter(user=cast.responsable).update(
        starts_on=today + timedelta(days=starts), ends_on=None if ends is None else today + timedelta(days=ends)
    )
    read = person(cast.responsable)
    assert len(current_mandates(read)) == counts == len(current_mandates(User.objects.get(pk=read.pk)))


def test_somebody_without_mandate_is_read_all_the_same(cast: Cast) -> None:
    assert current_mandates(person(cast.nobody)) == []


def test_a_closed_account_is_nobody(cast: Cast) -> None:
    User.objects.filter(pk=cast.responsable.pk).update(is_active=False)
    assert PersonBackend().get_user(cast.responsable.pk) is None


def test_a_new_charter_is_asked_of_a_person_read_so(cast: Cast, client: Client) -> None:
    factories.accept_charte(cast.responsable)
    client.force_login(cast.responsable, backend="senacs.accounts.backends.PersonBackend")
    assert client.get("/saisie/").status_code == 200
    factories.make_charte(2)
    assert client.get("/saisie/").status_code == 302
    client.post("/charte/accepter/", {"accept": "on"})
    assert client.get("/saisie/").status_code == 200
