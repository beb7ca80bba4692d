"""Snapshots of answers: erased after a year or ten, as they were set aside or published; never what is read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from senacs.agenda.retention import forget
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.observatory.answers import microdata
from senacs.observatory.enums import DisclosureKind, ReleaseState
from senacs.observatory.models import Disclosure, Release
from tests import factories
from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.MICRODATA_DIR = tmp_path


def release(number: int, state: ReleaseState, campaign: Campaign) -> Path:
    made = Release.objects.create(
        campaign=campaign,
        number=number,
        state=state,
        created_at=clock.now(),
        published_at=clock.now() if state == ReleaseState.PUBLISHED else None,
    )
    folder = microdata.folder(made.name)
    folder.mkdir()
    (folder / microdata.RESPONSES).write_bytes(b"x")
    return folder


def test_each_snapshot_goes_at_its_time(cast: Cast) -> None:
    campaign = factories.make_campaign()
    published = release(1, ReleaseState.PUBLISHED, campaign)
    failed = release(2, ReleaseState.FAILED, campaign)
    candidate = release(3, ReleaseState.CANDIDATE, campaign)
    assert list(forget()) == []
    with clock.frozen(clock.now() + timedelta(days=2 * 365)):
        assert ["publication écartée" in told for told in forget()] == [True]
    assert (published.exists(), failed.exists(), candidate.exists()) == (True, False, True)
    with clock.frozen(clock.now() + timedelta(days=3651)):
        assert any("dix ans" in told for told in forget())
    assert (published.exists(), candidate.exists()) == (False, True)


def test_tables_that_somebody_has_read_keep_their_answers(cast: Cast) -> None:
    campaign = factories.make_campaign()
    failed = release(1, ReleaseState.FAILED, campaign)
    Disclosure.objects.create(
        release=Release.objects.get(),
        kind=DisclosureKind.READ,
        source="read-1",
        places=[["departement", "26"]],
        shown_to="Copil",
        shown_at=clock.now(),
        digest="0" * 64,
    )
    with clock.frozen(clock.now() + timedelta(days=2 * 365)):
        assert not [told for told in forget() if "publication" in told]
    assert failed.exists()
