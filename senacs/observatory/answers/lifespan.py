"""How long snapshots of answers are kept: erased by `senacs tick`, never under figures that are read."""

import shutil
from collections.abc import Iterable
from datetime import datetime

from senacs.observatory import ledger
from senacs.observatory.answers import microdata
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release


def erase_published(limit: datetime) -> int:
    """Those of releases published before; what is published stays whole, and is corrected no more."""
    return _erase(Release.objects.published().filter(published_at__lt=limit).select_related("campaign"))


def erase_set_aside(limit: datetime) -> int:
    """Those of releases that were set aside or failed, but of tables that somebody has read."""
    found = Release.objects.filter(state=ReleaseState.FAILED, campaign__review_ends_on__lt=limit.date())
    found = found.select_related("campaign").order_by("pk")
    return _erase(release for release in found if release.name not in ledger.readings_of(release.campaign))


def _erase(releases: Iterable[Release]) -> int:
    folders = [folder for release in releases if (folder := microdata.folder(release.name)).exists()]
    for folder in folders:
        shutil.rmtree(folder)
    return len(folders)
