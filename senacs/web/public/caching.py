"""Public pages kept by browsers and caches, asked again each time by their fingerprint, and sent compressed."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.text import compress_string

from senacs.web.incoming import asked_whole, cookie

# How long the public site may tell a page again without making it: what is published or withdrawn is seen as late.
SECONDS = 2.0
MOST_KEPT = 32 * 2**20  # bytes, in each process
SHORTEST = 400  # bytes: under that, compression gains nothing
_PUBLIC = "senacs.web.public"
# Files of the site, the calls that are counted, the probes: nobody waits there for another's answer.
_MADE_EACH_TIME = ("/static/", "/api/", "/sante", "/pret")
_TEXTS = ("text/", "application/json", "application/ld+json", "application/geo+json", "application/xml", "image/svg")


class PublicPagesMiddleware:
    """For who has not signed in: a page of the releases and of the register is the same for everybody.

    The fingerprint is that of the page itself: a release, a closed structure or a new style sheet change it at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # The whole site makes every page: who publishes there sees at once what they did.
        self.memory = PageMemory(SECONDS) if settings.SITE == "public" else None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.memory is None or request.method != "GET" or request.COOKIES or "HX-Request" in request.headers:
            return self._made(request)
        if request.path.startswith(_MADE_EACH_TIME):
            return self._made(request)
        accepts = "gzip" in request.headers.get("Accept-Encoding", "")
        return self.memory.answer((request.get_host(), request.get_full_path(), accepts), request, self._made)

    def _made(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_public = getattr(request, "is_public_page", False) and not cookie(request, settings.SESSION_COOKIE_NAME)
        if not is_public or response.status_code != 200 or response.cookies:
            return response
        return kept(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, object]
    ) -> None:
        is_read = request.method in {"GET", "HEAD"}
        request.is_public_page = is_read and getattr(view, "__module__", "").startswith(_PUBLIC)  # type: ignore[attr-defined]


Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class KeptPage:
    content: bytes
    headers: tuple[tuple[str, str], ...]
    made_at: float


class PageMemory:
    """Pages made in the last moments. Of those who ask at once for one that is not there, one makes it, others wait."""

    def __init__(self, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.now = seconds, now
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._size = 0
        self._making: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def answer(
        self, key: Key, request: HttpRequest, make: Callable[[HttpRequest], HttpResponseBase]
    ) -> HttpResponseBase:
        page = self._fresh(key)
        if page is not None:
            return _told(request, page)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            page = self._fresh(key)
            if page is not None:
                return _told(request, page)
            try:
                # Whatever the visitor already has: the next one may have nothing.
                with asked_whole(request):
                    response = make(request)
                page = self._keep(key, request, response)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return response if page is None else _told(request, page)

    def _fresh(self, key: Key) -> KeptPage | None:
        page = self._pages.get(key)
        return page if page is not None and self.now() - page.made_at < self.seconds else None

    def _keep(self, key: Key, request: HttpRequest, response: HttpResponseBase) -> KeptPage | None:
        """Only what every visitor is answered alike; what counts its callers (the API) is made each time."""
        is_alike = getattr(request, "is_public_page", False) and response.status_code == 200 and not response.cookies
        counts = any(name.lower().startswith("ratelimit") for name in response.headers)
        if not is_alike or counts or response.streaming or not response.has_header("ETag"):
            return None
        page = KeptPage(response.content, tuple(response.items()), self.now())  # type: ignore[attr-defined]
        with self._lock:
            old = self._pages.pop(key, None)
            self._size += len(page.content) - (len(old.content) if old else 0)
            self._pages[key] = page
            while self._size > MOST_KEPT:
                self._size -= len(self._pages.popitem(last=False)[1].content)
        return page


def _told(request: HttpRequest, page: KeptPage) -> HttpResponseBase:
    response = HttpResponse(page.content)
    for name, value in page.headers:
        response[name] = value
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def kept(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer with what caches need; 304 where the one who asks has it already."""
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    if response.streaming:
        return response
    if not response.has_header("ETag"):
        response["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    conditional = get_conditional_response(request, etag=response["ETag"], response=response)
    if conditional is not None and conditional.status_code == 304:
        return conditional
    return _compressed(request, response)


def _compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    is_text = response.get("Content-Type", "").startswith(_TEXTS)
    if accepts and is_text and len(response.content) > SHORTEST and not response.has_header("Content-Encoding"):
        response.content = compress_string(response.content)
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
    return response
