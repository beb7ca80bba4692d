"""Reads over publications."""

import hashlib
from pathlib import Path

from django.conf import settings

from senacs.observatory.models import Release
from senacs.publication.models import Plaquette


def find_plaquette(*, release: Release, level: str, code: str) -> Plaquette | None:
    return Plaquette.objects.filter(release=release, level=level, code=code).first()


def file_of(plaquette: Plaquette) -> Path:
    """Where its PDF lies."""
    return Path(settings.MEDIA_ROOT) / plaquette.path


def is_intact(plaquette: Plaquette) -> bool:
    """Whether the file is there and still what was built."""
    path = file_of(plaquette)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == plaquette.checksum
