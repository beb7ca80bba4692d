"""Public pages kept by browsers and caches, asked again each time by their fingerprint, and sent compressed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.text import compress_string

from senacs.web.incoming import cookie

SHORTEST = 400  # bytes: under that, compression gains nothing
_PUBLIC = "senacs.web.public"
_TEXTS = ("text/", "application/json", "application/ld+json", "application/geo+json", "application/xml", "image/svg")


class PublicPagesMiddleware:
    """For who has not signed in: a page of the releases and of the register is the same for everybody.

    The fingerprint is that of the page itself: a release, a closed structure or a new style sheet change it at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
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
