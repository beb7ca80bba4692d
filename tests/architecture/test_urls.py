"""Every URL: which are open to everyone (an explicit list), and that all others close to visitors and to strangers."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.models import Flag
from tests import factories
from tests.factories import Cast

# A new URL is closed. Opening one takes a line here.
PUBLIC = {
    # released figures, the register, texts
    "home",
    "territories",
    "territory_france",
    "territory",
    "territory_csv",
    "territory_theme",
    "territory_structures",
    "method",
    "publications",
    "catalogue",
    "release_file",
    "plaquette",
    "edition",
    "edition_pdf",
    "register",
    "register_structure",
    "charte",
    "accessibility",
    # what a structure shows by a link of its own
    "shared_fiche",
    "shared_fiche_pdf",
    "about",
    "health",  # states and counts, for monitors
    # the API: its description, and operations that each ask for a token (tests/web/api)
    "api_documentation",
    "api-root",
    "openapi-json",
    "schema",
    "response",
    "questionnaire",
    "values",
    "values_csv",
    "proposals",
    # the way in
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # says that accounts are opened by invitation
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "invitation",  # opened by the one-time key of a letter
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_signup",
}


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern
        else:
            yield from walk(pattern, prefix + str(pattern.pattern))


ROUTES = list(walk(get_resolver()))
CLOSED = [(route, pattern) for route, pattern in ROUTES if pattern.name not in PUBLIC]
OF_A_STRUCTURE = [route for route, pattern in CLOSED if "<number:pk>" in route and not route.startswith("compte/")]


def address(route: str, pk: int = 1) -> str:
    """An address that the route matches; regular expressions of allauth are all public."""
    return "/" + re.sub(r"<(?:int:|number:)?(\w+)>|<\w+:(\w+)>", lambda found: str(pk) if found[1] else "x", route)


def is_open(pattern: URLPattern) -> bool:
    return not getattr(pattern.callback, "login_required", True)


def test_open_urls_are_exactly_those_listed() -> None:
    assert {pattern.name for _, pattern in ROUTES if is_open(pattern)} == PUBLIC


def answers(client: Client, path: str) -> set[int]:
    return {client.get(path).status_code, client.post(path).status_code}


@pytest.mark.django_db
def test_visitor_is_sent_to_sign_in(client: Client) -> None:
    for route, _ in CLOSED:
        for answer in (client.get(address(route)), client.post(address(route))):
            assert answer.status_code == 302, route
            assert answer.headers["Location"].startswith("/compte/login/"), route


@pytest.mark.parametrize("name", ["stranger", "copil", "neighbour_responsable", "comite_technique", "nobody"])
def test_stranger_never_reaches_a_response(client: Client, cast: Cast, response: Response, name: str) -> None:
    now = clock.now()
    Flag.objects.create(
        pk=response.pk, response=response, rule_code="A", severity="to_justify", raised_at=now, updated_at=now
    )
    user = cast.users()[name]
    factories.accept_charte(user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    reached = {route: answers(client, address(route, response.pk)) - {403, 404, 405} for route in OF_A_STRUCTURE}
    assert {route: codes for route, codes in reached.items() if codes} == {}
    assert reached
