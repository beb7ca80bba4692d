"""A small territory with a published synthetic release, and the people of its Copil."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.collection.enums import ResponseState
from senacs.observatory import frozen_files, services
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.publication.editions import composing
from senacs.publication.models import Edition
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from tests import factories
from tests.observatory.conftest import make_survey
from tests.publication.local import TRAME as LOCAL_TRAME
from tests.publication.local import Locality
from tests.publication.releases import sample_release

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRAME = """code: departementale
title: Centres sociaux
subtitle: Ce qu’ils font
level: departement
blocks:
  - kind: couverture
  - {kind: editorial, title: Avant-propos, texts: [{author: caf}, {author: federation}]}
  - {kind: chiffres_cles, title: Essentiel, intro: Des chiffres.}
  - kind: chapitre
    code: equipes
    title: Équipes
    theme: emplois
    figures: [salaries_total]
    visuals:
      - {kind: comparaison, title: ETP par structure, indicator: etp_total}
      - {kind: parts, title: Repères, indicators: {directeur_present: Direction pourvue, referent_familles: Familles}}
  - {kind: portrait, title: À la loupe, optional: true}
  - {kind: methode, title: Méthode}
  - {kind: annexe, title: Annexe}
"""


@dataclass(frozen=True)
class Committee:
    caf: User
    federation: User
    stranger: User


@pytest.fixture
def committee(db: None) -> Committee:
    nord = factories.make_departement("59", "Nord", region="32")

    def member(name: str, departement: Any, side: Side) -> User:
        user = factories.make_user(f"{name}@exemple.fr")
        factories.make_mandate(user, Role.COPIL, departement=departement, side=side)
        return user

    other = factories.make_departement("62", "Pas-de-Calais", region="32")
    return Committee(
        member("copil-caf", nord, Side.CAF),
        member("copil-federation", nord, Side.FEDERATION),
        member("copil-ailleurs", other, Side.CAF),
    )


@pytest.fixture
def publish_release(committee: Committee, settings: Any, tmp_path: Path) -> Callable[..., Release]:
    """Releases of one campaign, numbered from 1; `factor` moves the figures of the Nord."""
    settings.RELEASES_DIR, settings.MEDIA_ROOT, settings.DEMO = tmp_path / "releases", tmp_path / "media", False
    settings.DATA_DIR = tmp_path / "data"
    (settings.DATA_DIR / "trames").mkdir(parents=True)
    (settings.DATA_DIR / "trames" / "departementale.yaml").write_text(TRAME, encoding="utf-8")
    campaign = factories.make_campaign(year=2026)
    lille = factories.make_commune("59350", "Lille", departement=factories.make_departement("59", "Nord", region="32"))
    for i in range(3):
        factories.make_invited(factories.make_structure(name=f"Centre {i}", commune=lille), campaign)

    def publish(number: int = 1, factor: float = 1.0) -> Release:
        release = Release.objects.create(
            campaign=campaign, number=number, state=ReleaseState.PUBLISHED, created_at=AT, published_at=AT
        )
        places = (("departement", "59", factor), ("region", "32", 1.1), ("france", "FR", 0.9))
        sample_release(places=places).write(release.directory)
        release.manifest = {"files": frozen_files.fingerprints(release.directory), "changes": None}
        release.save()
        return release

    return publish


@pytest.fixture
def edition(publish_release: Callable[..., Release], committee: Committee) -> Edition:
    return composing.create_edition(
        release=publish_release(), level="departement", code="59", trame="departementale", by=committee.caf
    )


@pytest.fixture
def locality(db: None, settings: Any, tmp_path: Path) -> Locality:
    """Département 26 and its only commune, in a release built and published from answers."""
    data = tmp_path / "data"
    shutil.copytree(factories.FIXTURES / "observatory", data)
    (data / "trames").mkdir()
    (data / "trames" / "locale.yaml").write_text(LOCAL_TRAME, encoding="utf-8")
    settings.DATA_DIR, settings.MEDIA_ROOT, settings.DEMO = data, tmp_path / "media", False
    settings.RELEASES_DIR, settings.MICRODATA_DIR = tmp_path / "releases", tmp_path / "microdata"
    release = factories.checked(run_build(services.create_release(campaign=make_survey(), by=None).pk))
    for side in Side:
        national = factories.make_user(f"national-{side}@exemple.fr")
        factories.make_mandate(national, Role.NATIONAL, side=side)
        services.sign_release(release=release, side=side, by=national, seal=release.seal)
    release = services.publish_release(release=release, by=None)
    drome = Departement.objects.get(pk="26")
    people = []
    for side in Side:
        member = factories.make_user(f"copil-{side}@exemple.fr")
        factories.make_mandate(member, Role.COPIL, departement=drome, side=side)
        people.append(member)
    answered = Structure.objects.filter(departement=drome, responses__isnull=False).order_by("code")[:14]
    responsables = [factories.make_user(f"{structure.code}@exemple.fr".lower()) for structure in answered]
    for structure, user in zip(answered, responsables, strict=True):
        factories.make_mandate(user, Role.RESPONSABLE, structure=structure)
    return Locality(release, people[0], people[1], list(answered), responsables)


@pytest.fixture
def release(publish_release: Callable[..., Release], settings: Any) -> Release:
    """Three structures that answered; trames of the three levels; fiches of one indicator."""
    data = Path(settings.DATA_DIR)
    for code, level in (("regionale", "region"), ("nationale", "france")):
        text = TRAME.replace("level: departement", f"level: {level}")
        (data / "trames" / f"{code}.yaml").write_text(text, encoding="utf-8")
    (data / "indicators").mkdir()
    source = factories.FIXTURES / "observatory" / "indicators" / "emplois.yaml"
    (data / "indicators" / "emplois.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (data / "fiche.yaml").write_text("indicators: {etp_total: ETP}\n", encoding="utf-8")
    settings.MICRODATA_DIR = data / "microdata"
    published = publish_release()
    for structure in Structure.objects.order_by("pk"):
        factories.make_response(
            structure=structure, campaign=published.campaign, values={"etp_total": "3.5"}, state=ResponseState.VALIDATED
        )
    return published
