"""Reads over publications."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from senacs.accounts.models import User
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import latest_published
from senacs.publication.editions.composing import trame_of
from senacs.publication.models import Edition, Plaquette
from senacs.publication.permissions import territories_composed_by
from senacs.territories.queries import get_territory


def working_documents(user: User) -> list[tuple[Plaquette, str]]:
    """What was computed from the newest release for the territories that the user composes, with their names.

    Nobody has signed it: the public never sees it.
    """
    release = latest_published()
    if release is None:
        return []
    mine = territories_composed_by(user)
    found = [
        p for p in Plaquette.objects.filter(release=release).order_by("level", "code") if (p.level, p.code) in mine
    ]
    places = ((plaquette, get_territory(plaquette.level, plaquette.code)) for plaquette in found)
    return [(plaquette, place.name) for plaquette, place in places if place]


def find_plaquette(*, release: Release, level: str, code: str) -> Plaquette | None:
    return Plaquette.objects.filter(release=release, level=level, code=code).first()


def file_of(plaquette: Plaquette) -> Path:
    """Where its PDF lies."""
    return Path(settings.MEDIA_ROOT) / plaquette.path


def is_intact(plaquette: Plaquette) -> bool:
    """Whether the file is there and still what was built."""
    path = file_of(plaquette)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == plaquette.checksum


@dataclass(frozen=True, slots=True)
class Shelved:
    """A published edition in the list; `is_newest` among the versions of the same publication."""

    edition: Edition
    territory: str
    title: str
    is_newest: bool


def editions_of(level: str, code: str) -> list[Shelved]:
    """The published editions of a territory, and of the places inside a département; newest versions only."""
    where = Q(level=level, code=code)
    if level == "departement":
        where |= Q(group__departement=code)
    found = Edition.objects.published().filter(where).select_related("release__campaign", "group")
    return [shelved for shelved in _shelved(found) if shelved.is_newest]


def shelf() -> list[Shelved]:
    """Every published edition, newest first: the list and its archive."""
    return _shelved(Edition.objects.published().select_related("release__campaign", "group"))


def newest_version(edition: Edition) -> Edition | None:
    same = Edition.objects.published().filter(level=edition.level, code=edition.code, trame=edition.trame)
    return same.order_by("-version").first()


def name_of(edition: Edition) -> str:
    """What an edition is about: a group, a commune, a territory. Ask with `group` at hand."""
    if edition.group:
        return edition.group.name
    place = get_territory(edition.level, edition.code)
    return place.name if place else edition.code


def _shelved(editions: Iterable[Edition]) -> list[Shelved]:
    ordered = sorted(editions, key=lambda edition: (edition.published_at, edition.pk), reverse=True)
    newest: dict[tuple[str, str, str], int] = {}
    for edition in ordered:
        key = (edition.level, edition.code, edition.trame)
        newest[key] = max(newest.get(key, 0), edition.version or 0)
    names = {(e.level, e.code): name_of(e) for e in ordered}
    return [
        Shelved(
            edition=edition,
            territory=names[edition.level, edition.code],
            title=trame_of(edition).subtitle,
            is_newest=edition.version == newest[edition.level, edition.code, edition.trame],
        )
        for edition in ordered
    ]
