"""A published campaign, the Copil of one of its départements, and structures that a local plaquette asks."""

from dataclasses import dataclass
from typing import Any

from senacs.accounts.models import User
from senacs.observatory.models import Release
from senacs.publication.editions import agreements
from senacs.publication.enums import LocalLevel
from senacs.publication.models import Edition
from senacs.structures.models import Structure
from senacs.territories.models import Departement

PURPOSE = "Préparer la rencontre avec la ville et ses partenaires."
# What the fixture campaign declares (tests/fixtures/observatory).
TRAME = """code: locale
title: Centres sociaux
subtitle: Ensemble
levels: [commune, epci, groupe]
blocks:
  - {kind: couverture}
  - {kind: chiffres_cles, title: Essentiel, intro: Des chiffres.}
  - kind: chapitre
    code: moyens
    title: Moyens
    theme: finances
    figures: [budget_total, salaries_total]
    visuals: [{kind: comparaison, title: Budget, indicator: budget_total}]
  - {kind: structures_nommees, code: nommees, title: Une à une, figures: [budget_total, salaries_total]}
  - {kind: liste_structures, title: Les structures}
  - {kind: methode, title: Méthode}
  - {kind: annexe, title: Annexe}
"""


@dataclass(frozen=True)
class Locality:
    """`structures`: those of commune 26001, in order of code, each with its responsable."""

    release: Release
    caf: User
    federation: User
    structures: list[Structure]
    responsables: list[User]


def begin(locality: Locality, *, by: User | None = None, structures: int = 0, **changed: Any) -> Edition:
    asked: dict[str, Any] = {"level": LocalLevel.COMMUNE, "code": "26001", "name": "Ville 26", "purpose": PURPOSE}
    return agreements.request_agreements(
        release=locality.release,
        departement=Departement.objects.get(pk="26"),
        structures=locality.structures[: structures or len(locality.structures)],
        by=by or locality.caf,
        **(asked | changed),
    )


def agree(edition: Edition, locality: Locality, number: int, *, named: int = 0) -> None:
    """The first `number` structures agree, the first `named` of them by name too."""
    assert edition.group is not None
    asked = {a.structure_id: a for a in edition.group.agreements.all()}
    for i, (structure, user) in enumerate(zip(locality.structures, locality.responsables, strict=True)):
        if i < number:
            agreements.answer_agreement(agreement=asked[structure.pk], name="accept", is_named=i < named, by=user)
