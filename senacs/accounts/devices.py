"""The sessions that a person has open: from what, from where, last seen when; ended one by one or all at once."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from senacs.accounts.models import User
from senacs.lib import clock

# Order matters: each browser also names those that it descends from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "un iPhone"),
    ("iPad", "un iPad"),
    ("Android", "un appareil Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "un Mac"),
    ("CrOS", "un Chromebook"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    pk: int
    name: str
    place: str
    opened_at: datetime
    last_seen_at: datetime
    is_current: bool


@transaction.atomic
def see_device(*, user: User, session_key: str, address: str, agent: str) -> None:
    """Notes that a session is in use; called now and then, not at each request."""
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "ip": address, "user_agent": agent[:longest], "last_seen_at": clock.now()},
        create_defaults={
            "user": user,
            "ip": address,
            "user_agent": agent[:longest],
            "last_seen_at": clock.now(),
            "created_at": clock.now(),
        },
    )


def devices_of(user: User, *, current_key: str, address: str) -> list[Device]:
    """The sessions open today, this one first, then the last seen. `address` is that of the request that asks."""
    known = UserSession.objects.filter(user=user)
    open_keys = set(
        Session.objects.filter(
            session_key__in=[known_one.session_key for known_one in known], expire_date__gt=clock.now()
        )
        .order_by("pk")
        .values_list("session_key", flat=True)
    )
    found = [
        Device(
            pk=one.pk,
            name=name_of(one.user_agent),
            place=place_of(one.ip, seen_from=address),
            opened_at=one.created_at,
            last_seen_at=one.last_seen_at,
            is_current=one.session_key == current_key,
        )
        for one in known
        if one.session_key in open_keys
    ]
    return sorted(found, key=lambda device: (not device.is_current, -device.last_seen_at.timestamp()))


@transaction.atomic
def end_sessions(*, user: User, pks: Iterable[int] | None = None, but: str = "") -> int:
    """Ends sessions of `user`: those named, or all; never the one whose key is `but`. Gives how many were open.

    A session is read at each request: whoever holds it is out at the next one.
    """
    ended = UserSession.objects.filter(user=user).exclude(session_key=but)
    if pks is not None:
        ended = ended.filter(pk__in=list(pks))
    keys = list(ended.order_by("pk").values_list("session_key", flat=True))
    count = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).count()
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return count


def name_of(agent: str) -> str:
    """« Firefox sur Windows », from what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Un navigateur")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "un appareil inconnu")
    return f"{browser} sur {system}"


def place_of(address: str, *, seen_from: str) -> str:
    """Where a session is used, as far as its address alone tells: no service elsewhere is asked."""
    there, here = ipaddress.ip_address(address), ipaddress.ip_address(seen_from)
    if there.is_unspecified:
        return "une adresse que le site ne connaît pas"
    if there == here:
        return "la même connexion que maintenant"
    if there.version == here.version and there in ipaddress.ip_network(
        f"{seen_from}/{24 if here.version == 4 else 48}", strict=False
    ):
        return "le même réseau que maintenant"
    if there.is_private:
        return "un réseau interne"
    return f"une autre connexion ({address})"
