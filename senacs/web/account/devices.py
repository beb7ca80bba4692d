"""« Mes appareils »: the sessions of a person, closed from any of them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.devices import devices_of, end_sessions, see_device
from senacs.accounts.models import User
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.web.client import client_address_text
from senacs.web.incoming import sent
from senacs.web.requests import signed_in

_SEEN, _OPENED = "seen_at", "opened_at"
_SECONDS_BETWEEN = 300


def notice(request: HttpRequest, user: User) -> bool:
    """Notes the session of a request as seen, every five minutes at most; says whether it may go on.

    Writing a session puts its end off: it ends SESSION_COOKIE_AGE after the sign-in all the same.
    """
    now = clock.now().timestamp()
    if now - request.session.get(_SEEN, 0) < _SECONDS_BETWEEN or not request.session.session_key:
        return True
    if now - request.session.setdefault(_OPENED, now) > settings.SESSION_COOKIE_AGE:
        return False
    request.session[_SEEN] = now
    see_device(
        user=user,
        session_key=request.session.session_key,
        address=client_address_text(request),
        agent=request.headers.get("User-Agent", ""),
    )
    return True


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key or ""
    devices = devices_of(signed_in(request), current_key=key, address=client_address_text(request))
    return render(
        request, "account/devices.html", {"devices": devices, "others": sum(not d.is_current for d in devices)}
    )


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one session of the person's own, this one excepted: that is what « Se déconnecter » is for."""
    if not end_sessions(user=signed_in(request), pks=[pk], but=request.session.session_key or ""):
        raise Http404
    messages.success(request, "L’appareil est déconnecté : la prochaine page qu’il demandera sera celle de connexion.")
    return redirect("devices")


@require_POST
def end_all(request: HttpRequest) -> HttpResponse:
    """Everywhere else, or everywhere."""
    user = signed_in(request)
    if sent(request).text("ici"):
        end_sessions(user=user)
        logout(request)
        return redirect("account_login")
    count = end_sessions(user=user, but=request.session.session_key or "")
    told = plural(count, "autre appareil est déconnecté", "autres appareils sont déconnectés")
    messages.success(request, f"{told}.")
    return redirect("devices")
