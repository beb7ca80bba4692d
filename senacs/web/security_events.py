"""Sign-ins, ways out and refused attempts, told to the log of security as the accounts library announces them."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa import signals as factors
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from senacs.accounts.models import User
from senacs.accounts.throttling import account_lane
from senacs.audit.security import tell
from senacs.web.client import network_of


def source_of(request: HttpRequest | None) -> dict[str, str]:
    """Tells attempts of one network from those of another, without saying which network it is."""
    network = network_of(request) if request is not None else ""
    return {"source": salted_hmac("senacs.security", network).hexdigest()[:12]} if network else {}


def _signed_in(request: HttpRequest | None, user: Any, **_: object) -> None:
    tell("sign_in", account=user.pk, **source_of(request))


def _signed_out(request: HttpRequest | None, user: Any, **_: object) -> None:
    if user is not None:
        tell("sign_out", account=user.pk, **source_of(request))


def _refused(credentials: Mapping[str, object], request: HttpRequest | None = None, **_: object) -> None:
    """The account that was tried, if there is one: never what was typed."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    account = User.objects.filter(email=account_lane(typed).key).values_list("pk", flat=True).first()
    tell("sign_in_refused", account=account, **source_of(request))


def _factor_added(request: HttpRequest, user: Any, **_: object) -> None:
    tell("factor_added", account=user.pk, **source_of(request))


def _factor_removed(request: HttpRequest, user: Any, **_: object) -> None:
    tell("factor_removed", account=user.pk, **source_of(request))


def watch_accounts() -> None:
    uid = "senacs.web.security_events"
    user_logged_in.connect(_signed_in, dispatch_uid=uid)
    user_logged_out.connect(_signed_out, dispatch_uid=uid)
    user_login_failed.connect(_refused, dispatch_uid=uid)
    factors.authenticator_added.connect(_factor_added, dispatch_uid=uid)
    factors.authenticator_removed.connect(_factor_removed, dispatch_uid=uid)
