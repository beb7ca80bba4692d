"""What came out last, for the home page: releases, signed editions, plaquettes built from the newest release."""

from dataclasses import dataclass

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import published_releases
from senacs.publication.editions.shelf import Shelved, shelf
from senacs.publication.models import Plaquette
from senacs.territories.queries import get_territory

RELEASES = 3
PLAQUETTES = 8
EDITIONS = 6


@dataclass(frozen=True, slots=True)
class NamedPlaquette:
    plaquette: Plaquette
    territory: str


def latest_releases() -> list[Release]:
    """Newest first."""
    return published_releases()[:RELEASES]


def latest_editions() -> list[Shelved]:
    """The signed plaquettes and notes that came out last, newest versions only."""
    return [shelved for shelved in shelf() if shelved.is_newest][:EDITIONS]


def latest_plaquettes(release: Release | None, *, most: int | None = PLAQUETTES) -> list[NamedPlaquette]:
    """Plaquettes of a release, the widest territories first, each with the name of its territory; all for None."""
    if release is None:
        return []
    widest = {"france": 0, "region": 1, "departement": 2}
    found = sorted(Plaquette.objects.filter(release=release), key=lambda p: (widest.get(p.level, 3), p.code))
    named = ((plaquette, get_territory(plaquette.level, plaquette.code)) for plaquette in found[:most])
    return [NamedPlaquette(plaquette, place.name) for plaquette, place in named if place]
