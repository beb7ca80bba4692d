"""Reset links: an hour, once, at the public address; a link that opens nothing says why and leads to sign in."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from senacs.accounts.models import User
from senacs.accounts.passwords import reset_link
from tests import factories
from tests.factories import Cast

STRONG = "quatre-velos-sous-la-pluie"


def path_of(user: User) -> str:
    found = re.search(r"/compte/\S+", reset_link(user))
    assert found
    return found[0]


def choose(client: Client, path: str, password: str = STRONG) -> Any:
    form = client.get(path, follow=True)
    return client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


@override_settings(PUBLIC_URL="https://senacs.example", ALLOWED_HOSTS=["*"])
def test_the_letter_is_ours_and_names_the_public_address(
    cast: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reply = client.post(
            "/compte/password/reset/",
            {"email": " RESPONSABLE@exemple.fr"},
            HTTP_HOST="pirate.example",
            HTTP_X_FORWARDED_HOST="pirate.example",
        )
    assert reply.status_code == 302
    [letter] = mail.outbox
    assert letter.to == ["responsable@exemple.fr"]
    assert letter.subject == "Choisir un nouveau mot de passe"
    assert "https://senacs.example/compte/password/reset/key/" in letter.body
    assert "pirate" not in letter.body
    assert "60\u00a0minutes" in letter.body


def test_an_unknown_address_gets_the_same_page_and_no_letter(
    cast: Cast, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    pages = []
    for email in ("responsable@exemple.fr", "inconnue@exemple.fr"):
        with django_capture_on_commit_callbacks(execute=True):
            pages.append(client.post("/compte/password/reset/", {"email": email}, follow=True).content)
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 1


def test_a_closed_account_receives_no_link(cast: Cast, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    User.objects.filter(pk=cast.responsable.pk).update(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/compte/password/reset/", {"email": cast.responsable.email})
    assert mail.outbox == []


def test_a_used_link_says_so_and_offers_to_sign_in(cast: Cast, client: Client) -> None:
    path = path_of(cast.responsable)
    assert "Mot de passe enregistré" in choose(client, path).content.decode()
    assert User.objects.get(pk=cast.responsable.pk).check_password(STRONG)
    html = client.get(path, follow=True).content.decode()
    assert "a déjà servi" in html
    assert "Me connecter" in html
    assert "Recevoir un nouveau lien" in html


def test_a_link_lasts_an_hour(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.account.forms import default_token_generator

    path = path_of(cast.responsable)
    for minutes, works in ((59, True), (61, False)):
        later = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005  (as Django's generator counts)
        monkeypatch.setattr(type(default_token_generator), "_now", lambda self, at=later: at)
        html = client.get(path, follow=True).content.decode()
        assert ("Choisir un mot de passe" in html) is works


@pytest.mark.parametrize("key", ["x", "zz-zz", "é", "c0ffee-" + "0" * 32, "-", "a" * 400])
def test_a_damaged_link_is_a_sentence(db: None, client: Client, key: str) -> None:
    reply = client.get(f"/compte/password/reset/key/1-{key}/", follow=True)
    assert reply.status_code == 200
    assert "Ce lien" in reply.content.decode()
    assert "Me connecter" in reply.content.decode()


@pytest.mark.parametrize("email", ["", "sans arobase", "x" * 400 + "@exemple.fr"])
def test_a_wrong_address_is_told(db: None, client: Client, email: str) -> None:
    reply = client.post("/compte/password/reset/", {"email": email})
    assert reply.status_code == 200
    assert "govuk-error-summary" in reply.content.decode()


def test_sign_in_leads_to_a_forgotten_password(db: None, client: Client) -> None:
    assert 'href="/compte/password/reset/"' in client.get("/compte/login/").content.decode()


def test_factories_password_signs_in_before_and_not_after(cast: Cast, client: Client) -> None:
    choose(client, path_of(cast.responsable))
    client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session
