"""A small territory with a published synthetic release, and the people of its Copil."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.observatory import files
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication import editions
from senacs.publication.models import Edition
from tests import factories
from tests.publication.releases import sample_release

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TRAME = """code: departementale
title: Centres sociaux
subtitle: Ce qu’ils font
level: departement
blocks:
  - kind: couverture
  - {kind: editorial, title: Avant-propos, texts: [{author: caf, text: Bonjour.}, {author: federation, text: Merci.}]}
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
        release.manifest = {"files": files.fingerprints(release.directory), "changes": None}
        release.save()
        return release

    return publish


@pytest.fixture
def edition(publish_release: Callable[..., Release], committee: Committee) -> Edition:
    return editions.create_edition(
        release=publish_release(), level="departement", code="59", trame="departementale", by=committee.caf
    )
