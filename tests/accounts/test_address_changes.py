"""An address changes by the link sent to the new one, after a fresh proof of identity, and by nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from senacs.accounts.address_changes import ask_address_change, confirm_address_change
from senacs.accounts.models import AddressChange, User
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests import factories
from tests.factories import Cast

NEW = "nouvelle@exemple.fr"


@pytest.fixture
def ask(django_capture_on_commit_callbacks: Any) -> Callable[..., str]:
    """Asks for a change; gives the key of the letter to the new address, "" if it carries none."""

    def asked(user: User, address: str = NEW) -> str:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            ask_address_change(user=user, new_email=address)
        link = re.search(rf"{re.escape(settings.PUBLIC_URL)}/compte/adresse/(\S+)/", mail.outbox[0].body)
        return link[1] if link else ""

    return asked


def signed_in(client: Client, user: User) -> Client:
    factories.accept_charte(user)
    client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
    return client


def test_the_old_address_is_told_twice(
    cast: Cast, ask: Callable[..., str], django_capture_on_commit_callbacks: Any
) -> None:
    key = ask(cast.responsable)
    assert [letter.to for letter in mail.outbox] == [[NEW], ["responsable@exemple.fr"]]
    assert key not in mail.outbox[1].body
    assert User.objects.get(pk=cast.responsable.pk).email == "responsable@exemple.fr"
    with django_capture_on_commit_callbacks(execute=True):
        confirm_address_change(key=key, user=cast.responsable)
    assert User.objects.get(pk=cast.responsable.pk).email == NEW
    assert mail.outbox[-1].to == ["responsable@exemple.fr"]


def test_the_page_asks_for_a_fresh_proof(cast: Cast, client: Client) -> None:
    signed_in(client, cast.responsable)
    factories.let_time_pass(client, cast.responsable)
    reply = client.post("/compte/adresse/", {"new_email": NEW})
    assert reply.headers["Location"].startswith("/compte/reauthenticate/")
    assert not AddressChange.objects.exists()
    assert mail.outbox == []


def test_by_the_pages_from_end_to_end(cast: Cast, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    signed_in(client, cast.responsable)
    factories.let_time_pass(client, cast.responsable)
    client.post("/compte/adresse/", {"new_email": "Nouvelle@Exemple.fr"})
    with django_capture_on_commit_callbacks(execute=True):  # the proof given, the act that waited is done
        reply = client.post("/compte/reauthenticate/", {"password": factories.PASSWORD, "next": "/compte/adresse/"})
    assert reply.headers["Location"] == "/compte/"
    link = re.search(r"(/compte/adresse/\S+/)", mail.outbox[0].body)
    assert link
    assert NEW in client.get(link[1]).content.decode()
    assert User.objects.get(pk=cast.responsable.pk).email == "responsable@exemple.fr"  # reading confirms nothing
    client.post(link[1])
    assert User.objects.get(pk=cast.responsable.pk).email == NEW
    assert client.post(link[1]).status_code == 410


@pytest.mark.parametrize("typed", ["", "sans-arobase", "a@", "responsable@exemple.fr", "\x00", "a" * 300 + "@x.fr"])
def test_a_wrong_address_is_told(cast: Cast, client: Client, typed: str) -> None:
    signed_in(client, cast.responsable)
    assert client.post("/compte/adresse/", {"new_email": typed}).status_code == 422
    assert not AddressChange.objects.exists()


def test_a_taken_address_is_told_to_its_holder_only(cast: Cast, ask: Callable[..., str]) -> None:
    assert ask(cast.responsable, cast.national.email.upper()) == ""
    told, to_asker = mail.outbox
    assert told.to == [cast.national.email]
    assert "déjà celle d’un compte" in told.body
    assert "déjà" not in to_asker.body


def test_two_who_claim_one_address_the_first_to_confirm_has_it(cast: Cast, ask: Callable[..., str]) -> None:
    first, second = ask(cast.responsable), ask(cast.suppleant)
    confirm_address_change(key=second, user=cast.suppleant)
    with pytest.raises(Refused, match="déjà un compte"):
        confirm_address_change(key=first, user=cast.responsable)
    assert User.objects.get(email=NEW) == cast.suppleant
    assert User.objects.get(pk=cast.responsable.pk).email == "responsable@exemple.fr"


def test_the_link_serves_its_asker_alone_once_and_for_a_day(cast: Cast, ask: Callable[..., str]) -> None:
    key = ask(cast.responsable)
    with pytest.raises(Refused, match="n’ouvre rien"):
        confirm_address_change(key=key, user=cast.suppleant)
    with clock.frozen(clock.now() + timedelta(hours=25)), pytest.raises(Refused, match="plus valable"):
        confirm_address_change(key=key, user=cast.responsable)
    newer = ask(cast.responsable, "encore@exemple.fr")
    with pytest.raises(Refused, match="n’ouvre rien"):
        confirm_address_change(key=key, user=cast.responsable)
    confirm_address_change(key=newer, user=cast.responsable)
    with pytest.raises(Refused, match="déjà servi"):
        confirm_address_change(key=newer, user=cast.responsable)


def test_a_reset_link_of_the_old_address_dies_with_it(
    cast: Cast, client: Client, ask: Callable[..., str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/compte/password/reset/", {"email": cast.responsable.email})
    link = re.search(r"(/compte/password/reset/key/\S+/)", mail.outbox[-1].body)
    assert link
    confirm_address_change(key=ask(cast.responsable), user=cast.responsable)
    reply = client.get(link[1], follow=True)
    assert "new-password" not in reply.content.decode()
