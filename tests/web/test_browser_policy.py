"""What browsers are told with every answer, and what cookies are over HTTPS."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from senacs.collection.models import Response
from tests.factories import PASSWORD, Cast, accept_charte
from tests.walk.routes import ROUTES

ASKED = (
    "import json; from config import settings as s;"
    "print(json.dumps({n: getattr(s, n) for n in ("
    "'SESSION_COOKIE_NAME','CSRF_COOKIE_NAME','SESSION_COOKIE_SECURE','CSRF_COOKIE_SECURE','SECURE_HSTS_SECONDS',"
    "'SECURE_HSTS_INCLUDE_SUBDOMAINS','SECURE_SSL_REDIRECT')}))"
)


@pytest.mark.slow
def test_cookies_and_transport_over_https() -> None:
    own = {"SENACS_HTTPS": "1", "SENACS_DEMO": "0", "SENACS_SECRET_KEY": "x" * 60, "SENACS_HOSTS": "senacs.exemple.fr"}
    told = subprocess.run(
        [sys.executable, "-c", ASKED], env=os.environ | own, cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    found = json.loads(told.stdout)
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"] and found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 31536000 and found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


@pytest.mark.django_db
def test_every_answer_carries_the_policy(client: Client) -> None:
    client.raise_request_exception = False
    answers = [
        client.get("/"),
        client.get("/nulle-part/"),
        client.get("/espace/"),
        client.get("/sante"),
        client.get("/api/reponse"),
        client.delete("/charte/"),
        client.post("/charte/", b"x" * 20, content_type="text/plain", headers={"Content-Length": str(10**9)}),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy, answer
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert {answer.status_code for answer in answers} >= {200, 302, 401, 404, 405}


@pytest.mark.django_db
def test_session_cookie_is_out_of_reach_of_scripts(cast: Cast, client: Client) -> None:
    accept_charte(cast.responsable)
    client.post("/compte/login/", {"login": cast.responsable.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


@pytest.mark.django_db
def test_no_other_site_reads_an_answer(client: Client) -> None:
    for address in ("/", "/api/reponse", "/structures/", "/catalogue.jsonld"):
        for reply in (client.get(address, headers={"Origin": "https://autre.fr"}), client.options(address)):
            assert not [name for name in reply.headers if name.startswith("Access-Control-")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/.git/config", "/static/", "/media/", "/.env", "/admin/", "/static/../config/settings.py"]
)
def test_nothing_of_the_server_is_shown(client: Client, address: str) -> None:
    client.raise_request_exception = False
    reply = client.get(address)
    page = reply.content.decode()
    assert reply.status_code == 404
    assert not any(word in page for word in ("Traceback", "DEBUG", "urlconf", "settings.py", "Index of"))
    assert client.generic("TRACE", "/").status_code == 405


@pytest.mark.django_db
def test_files_are_named_by_the_site(cast: Cast, response: Response, client: Client) -> None:
    accept_charte(cast.responsable)
    client.force_login(cast.responsable, backend="django.contrib.auth.backends.ModelBackend")
    for kind in ("json", "xlsx", "pdf"):
        named = client.get(f"/saisie/{response.pk}/copie.{kind}?filename=a%22%0d%0ab.exe").headers[
            "Content-Disposition"
        ]
        assert named.endswith(f'.{kind}"') and "exe" not in named and "attachment" in named


def _address(route: str) -> str:
    """An address of the route: nobody is signed in, so that what it names need not exist."""
    filled = re.sub(r"<(number|int):\w+>", "1", route)
    return "/" + re.sub(r"<(?:\w+:)?\w+>", "x", filled)


@pytest.mark.django_db
def test_every_address_tells_browsers_what_they_may_do(settings: Any) -> None:
    """Over HTTPS, whatever the address answers: a page, a refusal, a way to sign in."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    client = Client(raise_request_exception=False)
    answers = {route: client.get(_address(route), secure=True) for route, _ in ROUTES if not route.startswith("^")}
    expected = {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    wrong = {
        (route, name)
        for route, answer in answers.items()
        for name, value in expected.items()
        if answer.headers.get(name) != value
    }
    assert wrong == set()
    loose = {
        route
        for route, answer in answers.items()
        if re.search("unsafe-|https?:|\\*", answer.headers["Content-Security-Policy"])
    }
    assert loose == set() and len(answers) > 200
    # The policy is kept, not only said: no page has a script or a style of its own.
    inline = re.compile(rb"<script(?![^>]*\bsrc=)(?![^>]*application/(?:json|ld\+json))|<style|\sstyle=|\son[a-z]+=\"")
    assert [route for route, answer in answers.items() if not answer.streaming and inline.search(answer.content)] == []
