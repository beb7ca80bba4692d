"""What came out last, for the home page: releases, signed editions."""

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import published_releases
from senacs.publication.editions.shelf import Shelved, shelf

RELEASES = 3
EDITIONS = 6


def latest_releases() -> list[Release]:
    """Newest first."""
    return published_releases()[:RELEASES]


def latest_editions() -> list[Shelved]:
    """The signed plaquettes and notes that came out last, newest versions only."""
    return [shelved for shelved in shelf() if shelved.is_newest][:EDITIONS]
