"""The public site tells a page again for two seconds; the whole site never does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import sleep
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from senacs.web.public.caching import SECONDS, PageMemory, PublicPagesMiddleware


@pytest.fixture
def number() -> Iterator[int]:
    return count(1)


@pytest.fixture
def middleware(settings: Any, number: Iterator[int]) -> PublicPagesMiddleware:
    """Of the public site; each page that is made has the next number."""
    settings.SITE = "public"

    def make(request: HttpRequest) -> HttpResponse:
        request.is_public_page = True  # type: ignore[attr-defined]
        sleep(0.01)
        answer = HttpResponse(f"page {next(number)} " + "x" * 500)
        if "compte" in request.path:
            answer["RateLimit-Remaining"] = "3"
        if "absent" in request.path:
            answer.status_code = 404
        return answer

    return PublicPagesMiddleware(make)


def ask(middleware: PublicPagesMiddleware, path: str = "/", **headers: str) -> HttpResponse:
    answer = middleware(RequestFactory().get(path, **headers))
    assert isinstance(answer, HttpResponse)
    return answer


def test_page_is_made_again_after_two_seconds(middleware: PublicPagesMiddleware) -> None:
    now = [100.0]
    middleware.memory = PageMemory(SECONDS, now=lambda: now[0])
    first, again = ask(middleware), ask(middleware)
    assert first.content[:6] == again.content[:6] == b"page 1" and first["ETag"] == again["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] and "Accept-Encoding" in again["Vary"]
    now[0] += SECONDS + 0.01
    assert ask(middleware).content[:6] == b"page 2"


def test_who_has_the_page_is_told_so_and_the_next_one_gets_it_whole(middleware: PublicPagesMiddleware) -> None:
    tag = ask(middleware)["ETag"]
    assert ask(middleware, HTTP_IF_NONE_MATCH=tag).status_code == 304
    # The first to ask has it already: what is kept is the page, not his 304.
    other = ask(middleware, "/autre/", HTTP_IF_NONE_MATCH="*")
    assert other.status_code == 304 and ask(middleware, "/autre/").content[:6] == b"page 2"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"HTTP_COOKIE": "sessionid=x"}),
        ("/", {"HTTP_HX_REQUEST": "true"}),
        ("/compte/", {}),
        ("/absent/", {}),
        ("/api/v1/chiffres", {}),
    ],
)
def test_what_is_not_alike_for_all_is_made_each_time(
    middleware: PublicPagesMiddleware, path: str, headers: dict[str, str]
) -> None:
    assert ask(middleware, path, **headers).content != ask(middleware, path, **headers).content


def test_addresses_hosts_and_encodings_are_apart(middleware: PublicPagesMiddleware) -> None:
    plain, packed = ask(middleware, "/?a=1"), ask(middleware, "/?a=1", HTTP_ACCEPT_ENCODING="gzip")
    assert plain.content.startswith(b"page 1") and packed["Content-Encoding"] == "gzip"
    assert ask(middleware, "/?a=2").content.startswith(b"page 3")
    assert ask(middleware, "/?a=1", HTTP_HOST="localhost").content.startswith(b"page 4")


def test_many_who_ask_at_once_wait_for_one(middleware: PublicPagesMiddleware) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: ask(middleware).content, range(24)))
    assert len(found) == 1


def test_whole_site_remembers_no_page(settings: Any) -> None:
    settings.SITE = "complet"
    assert PublicPagesMiddleware(lambda request: HttpResponse()).memory is None
