"""The door by which everything comes in: addresses, queries, forms and cookies are read here, once, for all views.

A view reads `asked(request)` (the query) or `sent(request)` (the form) where it has no form of Django's. A test of the
architecture keeps `request.GET` and `request.POST` from being read otherwise, and routes to the two converters.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.utils.http import url_has_allowed_host_and_scheme

from senacs.lib.incoming import is_keepable, whole_number, without_controls, without_direction
from senacs.web.errors import bad_request

LONGEST_PATH = 2000  # characters
LONGEST_SEARCH = 100
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
UNREADABLE = "Cette adresse contient des caractères qui ne se lisent pas."

GetResponse = Callable[[HttpRequest], HttpResponse]


class NumberConverter:
    """`<number:pk>`: digits 0 to 9 that fit any column; nothing else is an address."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class WordConverter:
    """`<word:code>`: a short text without control characters."""

    regex = r"[^/\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]{1,200}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


# Registered by the configuration of this package, before any route is read.
CONVERTERS: dict[str, type[NumberConverter | WordConverter]] = {"number": NumberConverter, "word": WordConverter}


class Given:
    """What a query or a form says, typed. What is absent or is no number is None or empty, never an error."""

    def __init__(self, data: QueryDict) -> None:
        self._data = data

    def __bool__(self) -> bool:
        return bool(self._data)

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def text(self, name: str, default: str = "", *, longest: int | None = None) -> str:
        """Without control characters; cut at `longest`, for what is searched rather than kept."""
        found = without_controls(str(self._data.get(name, default)))
        return found if longest is None else found[:longest]

    def texts(self, name: str) -> list[str]:
        return [without_controls(str(value)) for value in self._data.getlist(name)]

    def number(self, name: str) -> int | None:
        return whole_number(str(self._data.get(name, "")))

    def numbers(self, name: str) -> list[int]:
        """Those that are numbers."""
        found = (whole_number(str(value)) for value in self._data.getlist(name))
        return [number for number in found if number is not None]

    def page(self) -> int:
        """The page of a list that the query asks for; the first one by default."""
        return self.number("page") or 1


def asked(request: HttpRequest) -> Given:
    """The query of the address."""
    return Given(request.GET)


def sent(request: HttpRequest) -> Given:
    """The form that was sent."""
    return Given(request.POST)


def own_address(request: HttpRequest, wanted: str) -> str:
    """An address of this site where somebody wanted to go next; empty for any other, and for what is no address."""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    return wanted if is_ours and wanted.startswith("/") else ""


def body_of(request: HttpRequest) -> bytes:
    """The body of what a script sends; empty when it comes as a form, which was read already."""
    return b"" if request.content_type in FORMS else request.body


def announced_length(request: HttpRequest) -> int:
    """Of the body, in bytes; what is no number that fits is heavier than anything."""
    found = whole_number(str(request.META.get("CONTENT_LENGTH") or "0"))
    return sys.maxsize if found is None else found


def query_without_page(request: HttpRequest) -> str:
    """The query of a list, ready for the links to its other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def peer(request: HttpRequest) -> str:
    """The address of whoever opened the connection, as the server gives it; "" on a Unix socket."""
    return str(request.META.get("REMOTE_ADDR", ""))


def forwarded_for(request: HttpRequest) -> list[str]:
    """What `X-Forwarded-For` says, unjudged: anybody may have written it."""
    return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")


def is_of_this_machine(request: HttpRequest) -> bool:
    """Whether a program of this machine asks by itself: a proxy says for whom it asks, whoever that is."""
    relayed = any(request.headers.get(name) for name in ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"))
    try:
        return ip_address(peer(request)).is_loopback and not relayed
    except ValueError:
        return False


@contextmanager
def asked_whole(request: HttpRequest) -> Iterator[None]:
    """For a while, the request of somebody who has no copy of the page yet: the answer is never « not modified »."""
    etags = request.META.pop("HTTP_IF_NONE_MATCH", None)
    try:
        yield
    finally:
        if etags is not None:
            request.META["HTTP_IF_NONE_MATCH"] = etags


def cookie(request: HttpRequest, name: str) -> str:
    return str(request.COOKIES.get(name, ""))


class CookiesMiddleware:
    """Before sessions: a cookie that holds NUL or half a character is none of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if not is_keepable(name + value)]:
            del request.COOKIES[name]
        return self.get_response(request)


class IncomingMiddleware:
    """After the CSRF check: what no database keeps is refused with a sentence, marks of direction are dropped.

    Our own forms tell NUL at their field, where it was typed; pages of other packages (accounts) are closed to it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        is_for_machines = getattr(view, "csrf_exempt", False)
        if len(request.path) > LONGEST_PATH or not is_keepable(request.path):
            if is_for_machines:
                return JsonResponse({"detail": UNREADABLE, "erreurs": []}, status=404)
            raise Http404(UNREADABLE)
        if is_for_machines:
            return None
        if not _is_readable(request.GET):
            return bad_request(request)
        if request.method == "POST":
            try:
                form = request.POST
            except UnreadablePostError:  # the other end has gone away
                return bad_request(request)
            is_ours = getattr(view, "__module__", "").startswith("senacs.")
            if not all(map(is_keepable, form)) or not (is_ours or _is_readable(form)):
                return bad_request(request)
            request.POST = _without_direction(form)  # type: ignore[assignment]
        return None


def _is_readable(data: QueryDict) -> bool:
    return all(is_keepable(name) and all(map(is_keepable, values)) for name, values in data.lists())


def _without_direction(form: QueryDict) -> QueryDict:
    """The same form when there is nothing to drop; passwords stay as they were typed."""
    if all(value.isascii() for _, values in form.lists() for value in map(str, values)):
        return form
    copy = form.copy()
    for name, values in form.lists():
        if "password" not in name:
            copy.setlist(name, [without_direction(str(value)) for value in values])
    copy._mutable = False
    return copy
