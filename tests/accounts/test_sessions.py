"""A session is read at each request: closed, expired or made up, it is none."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from senacs.accounts.sessions import SessionStore
from senacs.lib import clock
from tests.factories import Cast


def opened(client: Client, cast: Cast) -> str:
    client.force_login(cast.responsable)
    return str(client.session.session_key)


def test_a_session_comes_back_in_one_query(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = opened(client, cast)
    for _ in range(2):
        with django_assert_num_queries(1):
            assert SessionStore(key)["_auth_user_id"] == str(cast.responsable.pk)


def test_a_session_closed_elsewhere_is_none_at_once(cast: Cast, client: Client) -> None:
    key = opened(client, cast)
    Session.objects.filter(pk=key).delete()
    store = SessionStore(key)
    assert (store.load(), store.session_key) == ({}, None)
    assert client.get("/saisie/").url.startswith("/compte/login/")  # type: ignore[attr-defined]


def test_an_expired_session_is_none(cast: Cast, client: Client) -> None:
    key = opened(client, cast)
    with clock.frozen(clock.now() + timedelta(hours=13)):
        assert SessionStore(key).load() == {}


def test_a_key_that_nobody_was_given_is_none(db: None) -> None:
    assert SessionStore("x' OR '1'='1").load() == {}
    assert SessionStore(None).load() == {}
