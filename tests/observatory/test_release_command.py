"""`senacs release` builds, signs and publishes from a terminal."""

import io

import pytest
from django.core.management import CommandError, call_command

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("release", *args, stdout=out)
    return out.getvalue()


def test_builds_a_candidate_and_prints_its_checksums(surveyed: Campaign) -> None:
    printed = run("2026")
    release = Release.objects.get()
    assert release.state == ReleaseState.CANDIDATE
    assert "Publication 2026-1 : candidate." in printed
    assert all(entry["sha256"] in printed for entry in release.files)


@pytest.mark.usefixtures("reads_at_once")
def test_publishes_with_both_signatures(surveyed: Campaign, national: User, fcsf: User) -> None:
    run("2026", "--cnaf", national.email, "--fcsf", fcsf.email, "--publish")
    assert Release.objects.get().state == ReleaseState.PUBLISHED


def test_refuses_to_publish_without_them(surveyed: Campaign) -> None:
    with pytest.raises(CommandError, match="Il manque la signature de : Cnaf, Fcsf"):
        run("2026", "--publish")


@pytest.mark.parametrize(
    ("args", "words"), [(["1999"], "Aucune campagne"), (["2026", "--cnaf", "x@y.fr"], "Aucun compte")]
)
def test_mistakes_are_told(surveyed: Campaign, args: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*args)


def test_unfinished_build_goes_on_under_its_number(surveyed: Campaign) -> None:
    Release.objects.create(campaign=surveyed, number=3, created_at="2026-01-01T00:00:00Z")
    run("2026")
    assert Release.objects.get().name == "2026-3"


def test_background_leaves_the_work_to_a_task(surveyed: Campaign) -> None:
    """Tasks of the tests run at once: what the command itself prints is the promise only."""
    printed = run("2026", "--background")
    assert printed.strip().endswith("en construction, suivie sur /national/publications/.")
    assert Release.objects.get().state == ReleaseState.CANDIDATE


def test_background_builds_and_does_no_more(surveyed: Campaign) -> None:
    with pytest.raises(CommandError, match="retirez --background"):
        run("2026", "--background", "--publish")
    assert not Release.objects.exists()
