"""A release whose writings disagree is not signed; nor one that nobody has read, or whose files changed since."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.lib.refusals import Refused
from senacs.observatory import services
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import FiguresCheck, Release
from senacs.observatory.releases.figures_check import check_of, run_check
from senacs.observatory.tasks import check_figures
from tests import factories

WRONG = "budget_total, 59 — plaquette : « 12 » ; page : « 13 »"
SignIn = Callable[[User], Client]


@pytest.fixture
def candidate(surveyed: Campaign) -> Release:
    """A candidate without files: what the signature asks of its files is another matter (test_releases)."""
    release = services.create_release(campaign=surveyed, by=None)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.CANDIDATE)
    return Release.objects.get(pk=release.pk)


@pytest.fixture(autouse=True)
def without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "refuse_altered", lambda release: None)
    monkeypatch.setattr(services, "refuse_implausible", lambda release: None)
    monkeypatch.setattr(services, "refuse_leaking", lambda release: None)
    monkeypatch.setattr("senacs.web.national.releases.findings_of", lambda release: [])
    monkeypatch.setattr("senacs.observatory.releases.figures_check.reader_for", lambda release: None)
    monkeypatch.setattr("senacs.web.national.releases.reader_for", lambda release: type("R", (), {"methodology": None}))
    monkeypatch.setattr("senacs.web.national.releases.plausibility_summary", lambda release: None)


def sign(release: Release, by: User) -> None:
    services.sign_release(release=release, side=Side.CAF, by=by, seal=release.seal)


def test_what_nobody_read_is_not_signed(candidate: Release, national: User) -> None:
    with pytest.raises(Refused, match="pas été relues"):
        sign(candidate, national)


def test_a_disagreement_stops_the_signature_until_it_is_read_again_without_one(
    candidate: Release, national: User, reads_at_once: list[tuple[str, ...]]
) -> None:
    reads_at_once.append((WRONG,) * 150)
    assert len(run_check(candidate).disagreements) == 150
    with pytest.raises(Refused, match="150\xa0chiffres n’ont pas partout la même valeur") as refused:
        sign(candidate, national)
    assert refused.value.details[0] == WRONG and len(refused.value.details) == 100
    check_figures.call(candidate.pk)
    sign(candidate, national)
    assert candidate.signatures.count() == 1


def test_a_reading_under_way_or_of_other_files_is_none(candidate: Release, national: User) -> None:
    factories.checked(candidate)
    FiguresCheck.objects.update(checked_at=None, progress=40)
    with pytest.raises(Refused, match="en cours de relecture"):
        sign(candidate, national)
    factories.checked(candidate)
    candidate.manifest = {"files": [{"name": "cells.parquet", "size": 3, "sha256": "0" * 64}]}
    candidate.save(update_fields=["manifest"])
    assert check_of(candidate) is None
    # What explains a doubt is in the method note: no figure changes.
    factories.checked(candidate)
    candidate.manifest["files"].append({"name": "methodology.json", "size": 3, "sha256": "1" * 64})
    assert check_of(candidate) is not None


def test_the_page_has_them_read_and_tells_what_was_found(
    candidate: Release, national: User, reads_at_once: list[tuple[str, ...]], sign_in: SignIn,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    client, page = sign_in(national), f"/national/publications/{candidate.name}/"
    assert "Pas encore relus" in client.get(page).content.decode()
    reads_at_once.append((WRONG,))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post(f"{page}relire/")
    told = client.get(page).content.decode()
    assert WRONG in told and "ne peut pas être signée" in told
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post(f"{page}relire/")
    assert "10\xa0écritures lues" in client.get(page).content.decode()
    FiguresCheck.objects.update(checked_at=None, progress=40)
    assert "40" in client.get(f"{page}relecture/").content.decode()


def test_only_the_national_team_asks_for_it(candidate: Release) -> None:
    with pytest.raises(Refused, match="Seule l’équipe nationale"):
        services.ask_figures_check(release=candidate, by=factories.make_user())
