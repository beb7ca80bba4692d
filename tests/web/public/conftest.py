"""A published release of the small campaign, behind the public pages."""

from pathlib import Path
from typing import Any

import pytest

from senacs.accounts.enums import Role, Side
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.observatory import services
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.territories.models import Boundary, Departement, LoadedVintage, Region
from tests import factories
from tests.observatory.conftest import make_survey


@pytest.fixture
def published(db: None, settings: Any, tmp_path: Path) -> Release:
    folders(settings, tmp_path)
    return publish(make_survey())


def folders(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = factories.FIXTURES / "observatory"
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.MICRODATA_DIR = tmp_path / "microdata"


def publish(campaign: Campaign) -> Release:
    release = services.create_release(campaign=campaign, by=None)
    release = factories.checked(run_build(release.pk))
    for side in (Side.CAF, Side.FEDERATION):
        user = factories.make_user()
        factories.make_mandate(user, Role.NATIONAL, side=side)
        services.sign_release(release=release, side=side, by=user, seal=release.seal)
    return services.publish_release(release=release, by=None)


def draw_outlines() -> None:
    """A square for each département and région of the release."""
    for level, model in (("departement", Departement), ("region", Region)):
        for x, one in enumerate(model._default_manager.order_by("pk")):
            ring = [[x, 46.0], [x + 0.9, 46.0], [x + 0.9, 47.0], [x, 47.0], [x, 46.0]]
            geometry = {"type": "Polygon", "coordinates": [ring]}
            Boundary.objects.create(level=level, code=one.pk, vintage="essai", source="Essai", geometry=geometry)
        LoadedVintage.objects.create(
            dataset=f"boundaries-{level}", vintage="essai", checksum="x", loaded_at=clock.now()
        )
