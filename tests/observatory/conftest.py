"""A small campaign: 120 structures in four départements of two régions, most of them validated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.observatory.models import Release
from senacs.observatory.releases import figures_check
from senacs.observatory.releases.figures_check import HeldTogether, Progress
from senacs.structures.models import Structure
from senacs.territories.queries import Territory
from tests import factories

# Département, région, structures. The last one is too small to be published alone.
PLACES = (("26", "84", 50), ("69", "84", 37), ("59", "32", 30), ("62", "32", 3))


@pytest.fixture
def data_dir(settings: Any) -> Path:
    settings.DATA_DIR = factories.FIXTURES / "observatory"
    return settings.DATA_DIR


@pytest.fixture
def folders(settings: Any, tmp_path: Path) -> Path:
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.MICRODATA_DIR = tmp_path / "microdata"
    return tmp_path


@pytest.fixture
def surveyed(db: None, data_dir: Path, folders: Path) -> Campaign:
    """The campaign under control: one structure in ten has not answered, the rest is validated."""
    return make_survey()


@pytest.fixture
def national(db: None) -> User:
    user = factories.make_user("cnaf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.CAF)
    return user


@pytest.fixture
def fcsf(db: None) -> User:
    user = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


@pytest.fixture
def reads_at_once(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Readings of a release that find what is put in the list, one after the other, then nothing: see test_one_value
    for what they really read.
    """
    found: list[tuple[str, ...]] = []

    def read(release: Release, places: Sequence[Territory], progress: Progress) -> HeldTogether:
        progress(1, 2)
        return HeldTogether(10, 5, 3, found.pop(0) if found else ())

    monkeypatch.setattr(figures_check, "_laid", [read])
    return found


def make_survey() -> Campaign:
    campaign = factories.make_campaign(phase=Phase.CONTROLE)
    by, now = factories.make_user(), clock.now()
    structures: list[Structure] = []
    for code, region, number in PLACES:
        departement = factories.make_departement(code, f"Département {code}", region=region)
        commune = factories.make_commune(f"{code}001", f"Ville {code}", departement=departement)
        structures += factories.make_structures(number, commune=commune)
    invited = InvitedStructure.objects.bulk_create(
        InvitedStructure(
            campaign=campaign,
            structure=structure,
            name=structure.name,
            kind="CS" if i % 5 < 3 else "EVS",
            gestion=("associatif", "associatif", "collectivite", "")[i % 4],
            commune_code=structure.commune_id,
            departement_code=structure.departement_id,
            region_code=structure.departement.region_id,
            territory_type="urbain",
            priority_geography="qpv" if i % 2 else "aucune",
            is_fcsf_member=True,
            gestionnaire_key=f"S{structure.pk}",
        )
        for i, structure in enumerate(structures)
    )
    Response.objects.bulk_create(
        Response(
            campaign=campaign,
            structure=one.structure,
            invited=one,
            state=ResponseState.VALIDATED,
            values={code: factories.stored(value) for code, value in answers(i).items()},
            submitted_at=now,
            submitted_by=by,
            validated_at=now,
            validated_by=by,
        )
        for i, one in enumerate(invited)
        if i % 10
    )
    return campaign


def answers(i: int) -> dict[str, Any]:
    """What structure number i declared; every seventh leaves its volunteers out, every ninth is not concerned."""
    found: dict[str, Any] = {
        "salaries_total": 5 + i % 20,
        "etp_total": f"{3 + i % 20 * 0.5:g}",
        "budget_total": 200_000 + 1_000 * i,
        "budget_caf": 80_000 + 500 * i,
        "budget_autres": 120_000 + 500 * i,
        "clas": i % 3 == 0,
        "themes": ["famille"] if i % 2 else ["jeunesse", "seniors"],
    }
    if i % 3 == 0:
        found["clas_enfants"] = 10 + i % 7
    if i % 7:
        found["benevoles"] = None if i % 9 == 0 else 20 + i % 11
    return found
