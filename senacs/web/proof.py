"""Fresh proof of identity before an act that binds: an open screen signs, publishes and mandates nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from senacs.lib import clock
from senacs.web.requests import signed_in

View = Callable[..., HttpResponseBase]
# A sign-in by ProConnect may come from a session opened elsewhere in the morning: it proves nothing of this moment.
_PROVING = frozenset({"password", "mfa"})


def has_fresh_proof(request: HttpRequest) -> bool:
    """Whether the person typed a password or used a second factor here in the last ten minutes, at sign-in or since."""
    if not request.user.is_authenticated:
        return False
    oldest = clock.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, signed_in(request))
    return any(record["method"] in _PROVING and record["at"] >= oldest for record in records)


def ask_for_proof(request: HttpRequest) -> HttpResponse:
    """The way to the page that asks; the act that waits is done once the proof is given, without a second click."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        # No password and no second factor: there is nothing to ask for yet.
        return redirect("second_factor")
    return suspend_request(request, methods[0]["url"])


def fresh_proof(view: View) -> View:
    """Marks a view whose POST binds the person or others."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not has_fresh_proof(request):
            return ask_for_proof(request)
        return view(request, *args, **kwargs)

    guarded.asks_proof = True  # type: ignore[attr-defined]
    return guarded


def fresh_proof_for(*acts: str) -> Callable[[View], View]:
    """The same for a view of several acts: for those whose `act`, in the address, begins so."""

    def mark(view: View) -> View:
        asking = fresh_proof(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            chosen = asking if str(kwargs["act"]).startswith(acts) else view
            return chosen(request, *args, **kwargs)

        guarded.asks_proof = True  # type: ignore[attr-defined]
        return guarded

    return mark
