"""A league table that is not zero stops the signature, whatever is in it; all zeros stop nothing."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.observatory import services
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.attack_gate import findings
from tests import factories

LINE = {"sought": 40, "exact": 0, "within": [0, 0, 0], "one_sided": 0, "fixed": 0}
COUNTED = ("sums_of_too_few", "counts_of_too_few", "shown_on_too_few", "shown_too_close", "not_understood")
NOTHING: dict[str, Any] = {
    "variables": 3,
    "figures": 120,
    "within_percent": [1, 5, 10],
    "intruders": [{**LINE, "intruder": who} for who in ("lecteur extérieur", "un gestionnaire", "deux gestionnaires")],
    **dict.fromkeys(COUNTED, 0),
}


def with_one(place: int, entry: str, value: object) -> dict[str, Any]:
    found = deepcopy(NOTHING)
    found["intruders"][place][entry] = value
    return found


def test_all_zeros_tell_nothing() -> None:
    assert findings(NOTHING, coalition=2, margin=10) == []
    # Of a neighbour, a bound on one side is printed, not refused; so is what more of them find than the plan promises.
    assert findings(with_one(2, "one_sided", 3), coalition=2, margin=10) == []
    assert findings(with_one(2, "exact", 3), coalition=1, margin=10) == []
    assert findings(with_one(0, "one_sided", 3), coalition=2, margin=10, corrects=True) == []
    assert findings(with_one(0, "one_sided", 3), coalition=2, margin=0) == []
    assert findings(with_one(0, "within", [0, 0, 4]), coalition=2, margin=5) == []


@pytest.mark.parametrize("key", COUNTED)
def test_each_count_is_told(key: str) -> None:
    assert len(findings({**NOTHING, key: 2}, coalition=1, margin=10)) == 1
    assert findings({**NOTHING, key: 2}, coalition=1, margin=10)[0].startswith("2")


@pytest.mark.parametrize(
    ("place", "entry", "value"),
    [(0, "exact", 1), (1, "within", [0, 0, 1]), (2, "fixed", 4), (0, "one_sided", 1), (2, "within", [1, 1, 1])],
)
def test_each_finding_of_each_intruder_is_told(place: int, entry: str, value: object) -> None:
    (told,) = findings(with_one(place, entry, value), coalition=2, margin=10)
    assert NOTHING["intruders"][place]["intruder"] in told


@pytest.fixture
def candidate(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A candidate whose only file is what the attack found: the other files have tests of their own."""
    settings.RELEASES_DIR = tmp_path
    monkeypatch.setattr(services, "refuse_altered", lambda release: None)
    monkeypatch.setattr(services, "refuse_implausible", lambda release: None)
    monkeypatch.setattr("senacs.web.national.releases.reader_for", lambda release: type("R", (), {"methodology": None}))
    monkeypatch.setattr("senacs.web.national.releases.plausibility_summary", lambda release: None)
    campaign = factories.make_campaign(phase=Phase.CONTROLE)
    release = Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.CANDIDATE, created_at=clock.now(), manifest={"files": []}
    )
    release.directory.mkdir()
    (release.directory / "methodology.json").write_text(json.dumps({"plan": {"rules": {"coalition": 2, "margin": 10}}}))
    return factories.checked(release)


def lay(release: Release, found: dict[str, Any]) -> None:
    (release.directory / "attack.json").write_text(json.dumps(found))


def test_what_an_outsider_finds_is_not_signed(
    candidate: Release, national: User, sign_in: Callable[[User], Client]
) -> None:
    lay(candidate, {**NOTHING, "sums_of_too_few": 1})
    with pytest.raises(Refused, match="1\u00a0somme exacte"):
        services.sign_release(release=candidate, side=Side.CAF, by=national, seal=candidate.seal)
    client = sign_in(national)
    page = client.get(f"/national/publications/{candidate.name}/").content.decode()
    assert "somme exacte de trop peu" in page
    assert "signer-caf" not in page
    lay(candidate, NOTHING)
    assert "signer-caf" in client.get(f"/national/publications/{candidate.name}/").content.decode()
    services.sign_release(release=candidate, side=Side.CAF, by=national, seal=candidate.seal)


def test_what_was_never_attacked_is_not_signed(candidate: Release, national: User) -> None:
    with pytest.raises(Refused, match="aucune attaque"):
        services.sign_release(release=candidate, side=Side.CAF, by=national, seal=candidate.seal)
