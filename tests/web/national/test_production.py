"""The page of mass production: for the national team, each archive logged where structures read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from senacs.accounts.models import AccessEntry, User
from senacs.lib import clock
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication.models import ProducedFile, Production
from tests import factories
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


@pytest.fixture
def release(cast: Cast, settings: Any, tmp_path: Path) -> Release:
    settings.MEDIA_ROOT = tmp_path
    now = clock.now()
    release = Release.objects.create(
        campaign=factories.make_campaign(), number=1, state=ReleaseState.PUBLISHED, created_at=now, published_at=now
    )
    code = cast.structure.code
    (tmp_path / "fiche.pdf").write_bytes(b"%PDF")
    ProducedFile.objects.create(
        release=release,
        key=f"fiche/{code}",
        departement="26",
        fingerprint="x",
        checksum="x",
        path="fiche.pdf",
        built_at=now,
    )
    return release


def test_archive_states_its_purpose_and_is_logged(cast: Cast, release: Release, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    address = reverse("national_production_archive", args=[release.name, "26"])
    assert client.post(address, {"purpose": "réunion"}).status_code == 302
    assert not AccessEntry.objects.exists()
    answer = client.post(address, {"purpose": "Réunion des directeurs du 5 mai"})
    assert b"".join(answer).startswith(b"PK")  # type: ignore[arg-type]
    entry = AccessEntry.objects.get()
    assert entry.purpose == "Réunion des directeurs du 5 mai" and list(entry.structures.all()) == [cast.structure]


def test_page_shows_progress_and_archives(cast: Cast, release: Release, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    client.post(reverse("national_production_start", args=[release.name]))
    assert Production.objects.count() == 1
    Production.objects.update(total=10, done=4)
    page = flat(client.get(reverse("national_production", args=[release.name])))
    assert "> Drôme<" in page and "1\u00a0document<" in page and "40\u00a0%" in page
    progress = reverse("national_production_progress", args=[release.name])
    assert "HX-Refresh" not in client.get(progress).headers
    Production.objects.update(ended_at=clock.now())
    assert client.get(progress).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["correspondant_caf", "copil", "responsable", "comite_technique"])
def test_closed_to_others(cast: Cast, release: Release, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    assert client.get(reverse("national_production", args=[release.name])).status_code == 403
    assert client.post(reverse("national_production_archive", args=[release.name, "26"])).status_code == 403
