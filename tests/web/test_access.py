"""Login is the default, the charter comes first, and each response carries its security headers."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client, override_settings

from senacs.accounts.models import CharteAcceptance, User
from tests import factories


@pytest.mark.parametrize("url", ["/saisie/", "/espace/", "/compte/", "/charte/accepter/", "/compte/2fa/"])
def test_visitors_are_sent_to_the_login(db: None, client: Client, url: str) -> None:
    assert client.get(url).headers["Location"].startswith("/compte/login/")


def test_charter_comes_before_the_first_access(cast: factories.Cast, client: Client) -> None:
    version = factories.make_charte()
    client.force_login(cast.responsable, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/saisie/?x=1").headers["Location"] == "/charte/accepter/?next=%2Fsaisie%2F%3Fx%3D1"
    assert client.post("/saisie/1/valeurs/").headers["Location"] == "/charte/accepter/"
    assert client.get("/charte/").status_code == 200
    assert client.post("/charte/accepter/", {"next": "/saisie/"}).status_code == 200
    assert not CharteAcceptance.objects.exists()

    reply = client.post("/charte/accepter/", {"accept": "on", "next": "/saisie/"})
    assert reply.headers["Location"] == "/saisie/"
    assert CharteAcceptance.objects.get().version == version
    assert client.get("/saisie/").status_code == 200


def test_new_charter_asks_again(cast: factories.Cast, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(cast.responsable)
    assert client.get("/saisie/").status_code == 200
    factories.make_charte(2)
    assert client.get("/saisie/").status_code == 302


def test_charter_never_leads_to_another_site(cast: factories.Cast, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(cast.responsable)
    reply = client.post("/charte/accepter/", {"accept": "on", "next": "https://ailleurs.example/"})
    assert reply.headers["Location"] == "/espace/"


@pytest.mark.parametrize(
    ("who", "target"), [("responsable", "/saisie/"), ("correspondant_caf", "/suivi/"), ("national", "/national/")]
)
def test_space_goes_straight_to_the_only_audience(
    cast: factories.Cast, sign_in: Callable[[User], Client], who: str, target: str
) -> None:
    assert sign_in(getattr(cast, who)).get("/espace/").headers["Location"] == target


def test_space_offers_the_choice_between_several(cast: factories.Cast, sign_in: Callable[[User], Client]) -> None:
    factories.make_mandate(cast.responsable, "correspondant_caf", caf=cast.structure.caf)  # type: ignore[arg-type]
    html = sign_in(cast.responsable).get("/espace/").content.decode()
    assert 'href="/saisie/"' in html
    assert 'href="/suivi/"' in html


@pytest.mark.parametrize(("who", "words"), [("nobody", "Aucune habilitation"), ("copil", "Tableaux")])
def test_space_says_what_there_is_to_do(
    cast: factories.Cast, sign_in: Callable[[User], Client], who: str, words: str
) -> None:
    assert words in sign_in(getattr(cast, who)).get("/espace/").content.decode()


def test_security_headers(cast: factories.Cast, sign_in: Callable[[User], Client]) -> None:
    reply = sign_in(cast.responsable).get("/compte/")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert reply.headers["X-Frame-Options"] == "DENY"


def test_accounts_are_created_by_invitation_only(db: None, client: Client) -> None:
    assert "sur invitation" in client.get("/compte/signup/").content.decode()
    client.post("/compte/signup/", {"email": "x@exemple.fr", "password1": factories.PASSWORD})
    assert not User.objects.exists()


def test_demonstration_logins_show_in_a_demonstration_only(cast: factories.Cast, client: Client) -> None:
    assert cast.responsable.email in client.get("/compte/login/").content.decode()
    with override_settings(DEMO=False):
        html = client.get("/compte/login/").content.decode()
    assert cast.responsable.email not in html
    assert "Données de démonstration" not in html


def test_missing_page_speaks_french(db: None, client: Client) -> None:
    reply = client.get("/saisie-inconnue/")
    assert reply.status_code == 404
    assert "Page introuvable" in reply.content.decode()
