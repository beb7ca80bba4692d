"""What came out last, for the home page: releases, and the plaquettes built from the newest one."""

from dataclasses import dataclass

from senacs.observatory.models import Release
from senacs.observatory.queries import published_releases
from senacs.publication.models import Plaquette
from senacs.territories.queries import get_territory

RELEASES = 3
PLAQUETTES = 8


@dataclass(frozen=True, slots=True)
class NamedPlaquette:
    plaquette: Plaquette
    territory: str


def latest_releases() -> list[Release]:
    """Newest first."""
    return published_releases()[:RELEASES]


def latest_plaquettes(release: Release | None) -> list[NamedPlaquette]:
    """Plaquettes of a release, the widest territories first, each with the name of its territory."""
    if release is None:
        return []
    widest = {"france": 0, "region": 1, "departement": 2}
    found = sorted(Plaquette.objects.filter(release=release), key=lambda p: (widest.get(p.level, 3), p.code))
    named = ((plaquette, get_territory(plaquette.level, plaquette.code)) for plaquette in found[:PLAQUETTES])
    return [NamedPlaquette(plaquette, place.name) for plaquette, place in named if place]
