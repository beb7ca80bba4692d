"""A published release of the small campaign, behind the public pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import transaction

from senacs.accounts.enums import Role, Side
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.observatory import services
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.territories.models import Boundary, Departement, LoadedVintage, Region
from tests import factories
from tests.observatory.conftest import make_survey


class Shelf:
    """A published release that tests of a module share: made when one asks for it, kept in an open transaction above
    which each of them lives in a savepoint, and given up before a test that wants none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: transaction.Atomic | None = None
        self._pk = 0

    def take(self) -> int:
        """The key of the release; its folders lie in `folder`."""
        if self._rows is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._rows = transaction.atomic()
            self._rows.__enter__()
            with pytest.MonkeyPatch.context() as patch:
                for name, value in places(self.folder).items():
                    patch.setattr(project, name, value)
                self._pk = publish(make_survey()).pk
        return self._pk

    def give_up(self) -> None:
        if self._rows is not None:
            transaction.set_rollback(True)
            self._rows.__exit__(None, None, None)
            self._rows = None


@pytest.fixture(scope="module")
def shelf(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("published") / "site")
    yield made
    with django_db_blocker.unblock():
        made.give_up()


@pytest.fixture(autouse=True)
def shared(request: pytest.FixtureRequest, shelf: Shelf, django_db_blocker: Any) -> tuple[int, Path]:
    """Before the transaction of the test begins: what `published` shows it."""
    with django_db_blocker.unblock():
        if "published" in request.fixturenames:
            return shelf.take(), shelf.folder
        shelf.give_up()
    return 0, shelf.folder


@pytest.fixture
def published(shared: tuple[int, Path], db: None, settings: Any, tmp_path: Path) -> Release:
    pk, folder = shared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    folders(settings, tmp_path)
    return Release.objects.get(pk=pk)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What is shared comes, or goes, before anything else of the test: pytest-django's own would begin first."""
    names: list[str] = item.fixturenames  # type: ignore[attr-defined]
    names.remove("shared")
    names.insert(0, "shared")


def places(folder: Path) -> dict[str, Path]:
    return {
        "DATA_DIR": factories.FIXTURES / "observatory",
        "RELEASES_DIR": folder / "releases",
        "MICRODATA_DIR": folder / "microdata",
    }


def folders(settings: Any, folder: Path) -> None:
    for name, value in places(folder).items():
        setattr(settings, name, value)


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
