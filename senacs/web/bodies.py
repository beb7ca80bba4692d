"""How much may be sent: looked at before anything is read, more only from who is signed in, where a page needs it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from senacs.lib.french import NBSP
from senacs.web.errors import too_heavy
from senacs.web.incoming import announced_length

MEGABYTE = 1024 * 1024
ANYBODY = 10 * MEGABYTE
# Around a file, a form adds its other fields and its boundaries.
FORM = MEGABYTE

GetResponse = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponse])


def accepts_up_to(heaviest: int) -> Callable[[View], View]:
    """For a view that takes a file: what somebody signed in may send to it, in bytes."""

    def marked(view: View) -> View:
        view.heaviest_body = heaviest  # type: ignore[attr-defined]
        return view

    return marked


class BodyLimitMiddleware:
    """Before the CSRF check, which is the first to read a form.

    The length that is announced is the length that is read: a body without one is taken as empty.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        announced = announced_length(request)
        if announced <= ANYBODY:
            return None
        heaviest = getattr(view, "heaviest_body", ANYBODY)
        if announced <= heaviest and request.user.is_authenticated:
            return None
        said = f"Il dépasse {max(heaviest - FORM, ANYBODY) // MEGABYTE}{NBSP}Mo. Rien n’en a été lu ni enregistré."
        return too_heavy(request, said)
