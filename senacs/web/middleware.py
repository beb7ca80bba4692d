"""What every request passes through: the charter first, then the second factor, the policy of the browser on all."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from senacs.accounts.factor_codes import SecretLostError
from senacs.accounts.permissions import keep_mandates
from senacs.accounts.queries import has_accepted_charte
from senacs.accounts.second_factor import owes_second_factor
from senacs.collection.readings import ReadingNeeded
from senacs.lib.kept_files import KeptFileError
from senacs.web.account import devices, proconnect
from senacs.web.errors import kept_lost
from senacs.web.requests import signed_in

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


def content_security_policy() -> str:
    # A browser refuses a form that leads elsewhere, even by the redirections that follow it: signing in and out does.
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            " ".join(["form-action 'self'", *proconnect.origins()]),
            "frame-ancestors 'none'",
        )
    )


class CharteMiddleware:
    """Everyone accepts the current charter before the first access; a new version asks again (design §2).

    From here on the person of the request is known, and their mandates are read once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        user = request.user
        is_public = not getattr(view, "login_required", True)
        if is_public or not user.is_authenticated or getattr(view, "before_charte", False):
            return None
        keep_mandates(user)
        if has_accepted_charte(user):
            return None
        if request.method != "GET":
            return redirect("charte_accept")
        return redirect(f"{reverse('charte_accept')}?{urlencode({'next': request.get_full_path()})}")


# What leads to a second factor, and the way out.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "second_factor",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)


class SecondFactorMiddleware:
    """Whoever sees or decides beyond one structure signs in with two factors, set up before the first page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if not devices.notice(request, signed_in(request)):
            logout(request)
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/espace/")
        reached = request.resolver_match.url_name if request.resolver_match else None
        if getattr(view, "before_charte", False) or reached in BEFORE_SECOND_FACTOR:
            return None
        if not owes_second_factor(signed_in(request)) or proconnect.vouches_for_two_factors(request):
            return None
        return redirect("second_factor")


class ReadingMiddleware:
    """A page that needs a « lecture motivée » leads to the form that asks why, and back; an act is refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReadingNeeded) or request.method not in {"GET", "HEAD"}:
            return None
        asked = reverse("national_reading", args=[exception.structure.pk])
        return redirect(f"{asked}?{urlencode({'next': request.get_full_path()})}")


class KeptFilesMiddleware:
    """What the site keeps and cannot read any more (a file, sealed codes) is told on a page, and in the journal for
    those who keep the site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, KeptFileError | SecretLostError):
            return None
        logger.error("%s", str(exception), exc_info=exception)
        return kept_lost(request, exception)


class PolicyMiddleware:
    """First of all, so that every answer carries it: nothing is loaded from elsewhere, nothing runs inline."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class NoStoreMiddleware:
    """Pages of people who signed in are never kept by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Who asks is in the database: when it is away, it is not asked again.
        if response.status_code != 503 and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
