"""One mailbox, one spelling: what looks like another address never gives somebody's account."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from senacs.accounts.addresses import canonical_address
from senacs.accounts.models import User
from tests import factories


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Anne.Roux@Exemple.FR ", "anne.roux@exemple.fr"),
        ("anne.roux@exemple.fr", "anne.roux@exemple.fr"),
        ("\uff41nne@exemple.fr", "anne@exemple.fr"),  # full-width a: the same letter
        ("\u212aarim@exemple.fr", "karim@exemple.fr"),  # the Kelvin sign
        ("anne@mus\u00e9e.fr", "anne@xn--muse-dpa.fr"),
        ("m\u0131ke@exemple.fr", ""),  # dotless i: no mailbox, and not Mike's
        ("\u00e9lise@exemple.fr", ""),
        ("anne\x00@exemple.fr", ""),
        ("anne@", ""),
        ("anne", ""),
        ("", ""),
        ("anne@" + "a" * 80 + ".fr", ""),
        ("anne@ex..fr", ""),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert canonical_address(typed) == stored
    assert canonical_address(stored) == stored


def test_two_spellings_are_one_account(db: None) -> None:
    factories.make_user("mike@exemple.fr")
    for spelling in ("MIKE@exemple.fr", "Mike@Exemple.fr"):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.make_user(spelling)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Mike@exemple.fr")


@pytest.mark.parametrize("typed", ["m\u0131ke@exemple.fr", "mike@exemple.fr\x00", "m\u0131ke@exemple.fr " * 300])
def test_a_look_alike_neither_signs_in_nor_receives_a_letter(
    db: None, client: Client, mailoutbox: list[object], typed: str
) -> None:
    factories.make_user("mike@exemple.fr")
    reply = client.post("/compte/login/", {"login": typed, "password": factories.PASSWORD})
    assert reply.status_code in {200, 400}
    assert "_auth_user_id" not in client.session
    assert client.post("/compte/password/reset/", {"email": typed}).status_code in {200, 400}
    assert mailoutbox == []


@pytest.mark.parametrize("typed", ["MIKE@EXEMPLE.FR", " mike@exemple.fr"])
def test_case_does_not_matter_to_sign_in(db: None, client: Client, typed: str) -> None:
    user = factories.make_user("mike@exemple.fr")
    client.post("/compte/login/", {"login": typed, "password": factories.PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
