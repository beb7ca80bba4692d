"""First of all middleware: each request has a number, a line in the log and its place among the measures."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from senacs.lib import metrics
from senacs.lib.log_lines import numbered, request_number

_logger = logging.getLogger("senacs.requests")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
HEADER = "X-Request-ID"

GetResponse = Callable[[HttpRequest], HttpResponse]


class ObservedMiddleware:
    """Told by its route (« saisie/<number:pk>/ »), never by its address: that may hold a link or what was searched."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = numbered(request.headers.get(HEADER, ""))
        token = request_number.set(number)
        begun = perf_counter()
        try:
            response = self.get_response(request)
            _tell(request, response, perf_counter() - begun)
        finally:
            request_number.reset(token)
        response.headers[HEADER] = number
        return response


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    part = part_of(request)
    metrics.latency.labels(part).observe(seconds)
    metrics.requests.labels(part, f"{response.status_code // 100}xx").inc()
    if not _logger.isEnabledFor(logging.INFO):
        return
    facts = {
        "method": request.method if request.method in METHODS else "OTHER",
        "route": request.resolver_match.route if request.resolver_match else part,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    _logger.info("", extra={"facts": facts})


def part_of(request: HttpRequest) -> str:
    """A dozen words: the page’s audience, « autosave » for what is measured most, « none » for no page of ours."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "none"
    if match.url_name == "saisie_autosave":
        return "autosave"
    parts = getattr(match.func, "__module__", "").split(".")
    return parts[2] if parts[:2] == ["senacs", "web"] and len(parts) > 3 else "site"
