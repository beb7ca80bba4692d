"""What pages offer to somebody: their links and their forms, followed as a person would, each form sent and undone."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import Resolver404, resolve

from senacs.lib import clock, refusals

# Pages of one address that differ by what they name: two of them are enough to meet what it offers.
MOST_OF_ONE_ADDRESS = 2
WHY = "Le gestionnaire l’a demandé par écrit, après une réunion."
_INTERNAL = re.compile(r"^(?:/|\?|[a-z0-9-]+/)")


@dataclass
class OfferedForm:
    """A form that posts: where, and what a person leaves in its fields."""

    page: str
    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    button: str = ""
    has_file: bool = False
    has_button: bool = False


class Offered(HTMLParser):
    """The links and the forms of a page, outside its header and footer."""

    def __init__(self, page: str, html: str) -> None:
        super().__init__()
        self.page, self.links = page, list[str]()
        self.forms: list[OfferedForm] = []
        self._form: OfferedForm | None = None
        self._select: tuple[str, list[str]] | None = None
        self._textarea, self._in_button = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and _INTERNAL.match(given.get("href", "")):
            self.links.append(urljoin(self.page, given["href"]).split("#")[0])
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = OfferedForm(self.page, urljoin(self.page, given.get("action") or self.page))
            self.forms.append(self._form)
        elif self._form is not None:
            self._read_field(tag, given)

    def _read_field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "button":
            self._in_button = self._form.has_button = True
            if name:
                self._form.fields.setdefault(name, given.get("value", ""))
        elif tag == "select" and name:
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append(given.get("value", ""))
        elif tag == "textarea" and name:
            self._textarea = name
            self._form.fields[name] = ""
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            if kind == "file":
                self._form.has_file = True
            elif kind == "checkbox":
                self._form.fields.setdefault(name, given.get("value", "on"))
            elif kind == "radio":
                if name not in self._form.fields or "checked" in given:
                    self._form.fields[name] = given.get("value", "")
            else:
                self._form.fields[name] = given.get("value") or typed(kind, name)

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._in_button and not self._form.button:
            self._form.button = " ".join(data.split())
        if self._form is not None and self._textarea and data.strip():
            self._form.fields[self._textarea] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._in_button = False
        elif tag == "textarea" and self._textarea:
            if self._form is not None:
                self._form.fields[self._textarea] = self._form.fields[self._textarea] or WHY
            self._textarea = ""
        elif tag == "select" and self._select:
            name, options = self._select
            if self._form is not None and options:
                self._form.fields[name] = next((option for option in options if option), "")
            self._select = None


def typed(kind: str, name: str) -> str:
    """What a person writes in an empty field."""
    return {
        "email": "zoe.rey@exemple.fr",
        "date": f"{clock.today() + timedelta(days=40):%Y-%m-%d}",
        "number": "3",
        "tel": "04 75 00 00 00",
        "url": "https://exemple.fr/",
        "hidden": "",
        "password": "quatre-mots-assez-longs-2026",
    }.get(kind, "Rey")


@dataclass(frozen=True)
class Refusal:
    """A button that was refused: where it stands, what was said."""

    page: str
    button: str
    action: str
    said: str

    def __str__(self) -> str:
        return f"{self.page} « {self.button} » → {self.action}: {self.said}"


class _Undone(Exception):
    pass


def crawl(
    client: Client,
    start: list[str],
    *,
    skip: Callable[[str], bool],
    watched: list[str],
    sent: set[tuple[str, ...]],
) -> Iterator[Refusal]:
    """Follows every link from `start` and sends every form found; each act is rolled back.

    `watched` is where what services refuse is written while a form is sent; `sent` the forms that were, once each.
    """
    waiting, met = deque(start), dict[str, int]()
    seen = dict.fromkeys(start, "")
    while waiting:
        address = waiting.popleft()
        name = name_of(address)
        if name is None or skip(name):
            continue
        met[name] = met.get(name, 0) + 1
        if met[name] > MOST_OF_ONE_ADDRESS:
            continue
        reply = client.get(address, follow=True)
        if reply.status_code >= 400:
            yield Refusal(seen[address], "lien", address, str(reply.status_code))
            continue
        if not reply.headers.get("Content-Type", "").startswith("text/html") or reply.streaming:
            continue
        offered = Offered(reply.request["PATH_INFO"], reply.content.decode())
        for link in offered.links:
            if link not in seen:
                seen[link] = address
                waiting.append(link)
        for form in offered.forms:
            yield from _send(client, form, watched, sent, skip)


def name_of(address: str) -> str | None:
    try:
        return str(resolve(urlsplit(address).path).url_name)
    except Resolver404:
        return None


def _send(
    client: Client, form: OfferedForm, watched: list[str], sent: set[tuple[str, ...]], skip: Callable[[str], bool]
) -> Iterator[Refusal]:
    name = name_of(form.action)
    key = (str(name), urlsplit(form.action).path.rsplit("/", 2)[-2], *sorted(form.fields))
    if name is None or skip(name) or form.has_file or not form.has_button or key in sent:
        return
    sent.add(key)
    session, token = client.cookies.get("sessionid"), _get_new_csrf_string()
    client.cookies["csrftoken"] = token
    watched.clear()
    status = 0
    try:
        with transaction.atomic():
            status = client.post(form.action, form.fields | {"csrfmiddlewaretoken": token}).status_code
            raise _Undone
    except _Undone:
        client.cookies.clear()
        if session is not None:
            client.cookies["sessionid"] = session.value
    if status in {403, 404, 405} or status >= 500 or watched:
        yield Refusal(form.page, form.button, form.action, " ".join([str(status), *watched]))


def watch_refusals(monkeypatch: Any) -> list[str]:
    """The messages that services refuse with, from now on."""
    told: list[str] = []
    made = refusals.Refused.__init__

    def init(self: refusals.Refused, message: str, details: list[str] | None = None) -> None:
        told.append(message)
        made(self, message, details)

    monkeypatch.setattr(refusals.Refused, "__init__", init)
    return told
