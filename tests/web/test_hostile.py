"""Every address × what strangers send in its place: a page, a sentence, never an error of the server."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest
from django import forms
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.encoding import repercent_broken_unicode

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.models import Flag
from tests.factories import Cast
from tests.walk.routes import ROUTES

pytestmark = pytest.mark.django_db

HOSTILE = {
    "nul": "a\x00b",
    "superscript": "²",
    "digits": "9" * 5000,
    "overflow": str(2**63),
    "negative": "-1",
    "surrogate": "\ud800",
    "marks": "\u202efdp.exe\u2066\r\nSet-Cookie: x=1",
    "markup": "javascript:alert(1)//'\"><script>%s{{7*7}}",
    "path": "../../etc/passwd",
    "empty": "",
    "long": "é" * 300,
}
# Numbers that lead somewhere, so that what follows them is tried too.
PLACES = {"year": "2026", "number": "1", "page": "1"}
# Who is let in, by the beginning of the address; a visitor elsewhere.
OPENERS = {
    "saisie": "responsable",
    "espace": "responsable",
    "fiche": "responsable",
    "compte": "responsable",
    "suivi": "correspondant_caf",
    "copil": "copil",
    "tables": "copil",
    "national": "national",
    "questionnaire": "national",
}
WEB = Path(__file__).parents[2] / "senacs" / "web"
_SLOT = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^()]*\)")


@cache
def names_read() -> list[str]:
    """Every name that views and forms of the site look for in a query or a post."""
    found = {"page", "next", "csrfmiddlewaretoken", "login", "password", "email", "action_add", "id", "code"}
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            reads = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            if reads and node.func.attr in {"text", "texts", "number", "numbers"}:  # type: ignore[attr-defined]
                name = node.args[0]  # type: ignore[attr-defined]
                found |= {name.value} if isinstance(name, ast.Constant) and isinstance(name.value, str) else set()
    return sorted(found | {name for form in _forms(forms.BaseForm) for name in getattr(form, "base_fields", {})})


def _forms(of: type) -> Iterator[Any]:
    for form in of.__subclasses__():
        yield form
        yield from _forms(form)


def opener(route: str) -> str:
    return OPENERS.get(route.lstrip("^").partition("/")[0], "visitor")


def filled(route: str, hostile: str | None, turn: int, pk: int) -> str:
    """The address with its place of that turn hostile; with none of them for None."""
    places = iter(range(len(_SLOT.findall(route))))

    def fill(slot: re.Match[str]) -> str:
        if next(places) == turn and hostile is not None:
            return quote(hostile.encode("utf-8", "surrogatepass"))
        return PLACES.get(slot[2] or slot[3], str(pk) if slot[1] == "number" else "a")

    return "/" + _SLOT.sub(fill, route).replace("^", "").replace("$", "").replace("\\", "")


def leads_somewhere(path: str) -> bool:
    """Whether a page is at this address, read as the site reads it."""
    try:
        resolve(repercent_broken_unicode(unquote_to_bytes(path)).decode())
    except Resolver404:
        return False
    return True


def failures(client: Client, who: str, hostile: str, pk: int) -> list[str]:
    """What the site fails on among the addresses that `who` opens (`anybody`: all of them), as « method address ».

    Each address is asked with every name that the site reads holding the hostile value, then with each of its places
    in turn.
    """
    client.raise_request_exception = False
    raw = hostile.encode("utf-8", "surrogatepass")
    fields = urlencode(dict.fromkeys(names_read(), raw))
    failed: list[str] = []
    lost: set[str] = set()

    def ask(method: str, path: str, sent: str | bytes = "") -> None:
        if client.generic(method, path, sent, "application/x-www-form-urlencoded").status_code >= 500:
            failed.append(f"{method} {path[:120]}")

    for route, _ in ROUTES:
        if route.startswith("compte/logout") or who not in {"anybody", opener(route)}:
            continue
        methods = ("GET", "POST", "PUT") if route.startswith("api/") else ("GET", "POST")
        plain = filled(route, None, 0, pk)
        ask("GET", f"{plain}?{fields}")
        ask("POST", plain, fields)
        if "PUT" in methods:
            ask("PUT", plain, raw)
        for turn in range(len(_SLOT.findall(route))):
            path = filled(route, hostile, turn, pk)
            if leads_somewhere(path):
                for method in methods:
                    ask(method, path)
            elif (audience := route.partition("/")[0]) not in lost:
                # No page reads it: it is answered as any other that leads nowhere there.
                lost.add(audience)
                ask("GET", path)
    return failed


@pytest.fixture(autouse=True)
def is_built(settings: Any, tmp_path: Path) -> None:
    """A site whose style sheets are built: without them `/pret` says 503, and is right."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}", encoding="utf-8")


@pytest.fixture
def numbered(response: Response) -> Response:
    """A response, and a flag of the same number."""
    now = clock.now()
    Flag.objects.create(
        pk=response.pk, response=response, rule_code="A", severity="to_justify", raised_at=now, updated_at=now
    )
    return response


# What only a database minds, on a second one; the rest is refused before it.
STORED = ["nul", "overflow"]
KINDS = [kind if kind in STORED else pytest.param(kind, marks=pytest.mark.once) for kind in HOSTILE]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_address_fails(
    cast: Cast, numbered: Response, sign_in: Callable[[User], Client], client: Client, kind: str
) -> None:
    """Each address is tried by somebody whom it lets in: whoever is sent away is sent away before anything is read."""
    failed = failures(client, "visitor", HOSTILE[kind], numbered.pk)
    for who in sorted(set(OPENERS.values())):
        sign_in(cast.users()[who])
        failed += failures(client, who, HOSTILE[kind], numbered.pk)
    assert failed == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nul", pytest.param("surrogate", marks=pytest.mark.once)])
def test_no_address_fails_for_a_visitor(client: Client, numbered: Response, kind: str) -> None:
    assert failures(client, "anybody", HOSTILE[kind], numbered.pk) == []
