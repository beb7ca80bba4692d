"""Where a request comes from: the client behind trusted proxies, its network, and the device that is known."""

import ipaddress
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from senacs.accounts.models import User
from senacs.web.incoming import cookie, forwarded_for, peer

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_COOKIE = "senacs_appareil"
_SALT = "senacs.web.client"
UNKNOWN_ADDRESS = "::"
_YEAR = 365 * 24 * 3600
_MOST_PEOPLE = 10


def client_address(request: HttpRequest) -> _Address | None:
    """The nearest address that is no trusted proxy; None where that is not known.

    `X-Forwarded-For` is believed from right to left, as long as a trusted proxy wrote it: what stands further left may
    have been written by anybody.
    """
    address = _read(peer(request))
    hops = forwarded_for(request)
    while hops and (address is None or _is_trusted(address)):
        hop = _read(hops.pop())
        if hop is None or (address is None and not settings.TRUSTED_PROXIES):
            return None
        address = hop
    if address is None or _is_trusted(address) or address.is_loopback:
        # A proxy of this machine that nobody declared: everybody would share its address.
        return None
    return address


def client_address_text(request: HttpRequest) -> str:
    """The same for what writes it down: UNKNOWN_ADDRESS where it is not known."""
    return str(client_address(request) or UNKNOWN_ADDRESS)


def network_of(request: HttpRequest) -> str:
    """What stands for a network: an IPv4 address, the /64 of an IPv6 one; "" where it is not known."""
    address = client_address(request)
    if address is None:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _read(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: _Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def known_device(request: HttpRequest, address: str) -> str:
    """The name of the device, if the person of that address has signed in from it before; else ""."""
    name, people = _device(request)
    return name if User.objects.filter(email=address, pk__in=people).exists() else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """From now on this browser is one from which `user` has signed in. It opens nothing by itself."""
    name, people = _device(request)
    people = [user.pk, *(pk for pk in people if pk != user.pk)][:_MOST_PEOPLE]
    response.set_cookie(
        _COOKIE,
        signing.dumps({"name": name or secrets.token_urlsafe(12), "people": people}, salt=_SALT),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _device(request: HttpRequest) -> tuple[str, list[int]]:
    """Its name and the people who have signed in from it."""
    try:
        device = signing.loads(cookie(request, _COOKIE), salt=_SALT, max_age=_YEAR)
    except signing.BadSignature:
        return "", []
    return device["name"], device["people"]
