"""Caf and federations: their reference tables, and which of them a commune belongs to."""

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from senacs.lib import clock
from senacs.lib.text import search_key
from senacs.structures.models import Caf, Federation
from senacs.territories.models import Departement, LoadedVintage

DATASET = "caf-et-federations"
CAF_FILE = "caf.csv"
FEDERATION_FILE = "federations.csv"


class BodiesError(Exception):
    """The reference tables cannot be used; the message is French."""


@dataclass(frozen=True)
class BodiesReport:
    cafs: int
    federations: int
    is_changed: bool


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / name
    if not path.is_file():
        raise BodiesError(f"La table de référence {path} n’existe pas.")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@transaction.atomic
def load_bodies(*, folder: Path, force: bool = False) -> BodiesReport:
    """Brings the Caf and the federations to the tables of `folder`; does nothing when they are loaded already.

    Rows are found again by code, so that their people and structures stay theirs; none is deleted.
    Raises BodiesError when a table is missing or names a département that is not loaded.
    """
    cafs, federations = _rows(folder, CAF_FILE), _rows(folder, FEDERATION_FILE)
    checksum = hashlib.sha256(repr((cafs, federations)).encode()).hexdigest()
    if not force and LoadedVintage.objects.filter(dataset=DATASET, checksum=checksum).exists():
        return BodiesReport(len(cafs), len(federations), is_changed=False)
    departements = Departement.objects.in_bulk()
    for model, rows in ((Caf, cafs), (Federation, federations)):
        for row in rows:
            codes = row["departements"].split()
            unknown = [code for code in codes if code not in departements]
            if unknown:
                raise BodiesError(
                    f"{row['nom']} : département {unknown[0]} inconnu. Lancez d’abord « senacs load_territories »."
                )
            body, _ = model._default_manager.update_or_create(code=row["code"], defaults={"name": row["nom"]})
            body.departements.set([departements[code] for code in codes])
    LoadedVintage.objects.update_or_create(
        dataset=DATASET, defaults={"vintage": "référence", "checksum": checksum, "loaded_at": clock.now()}
    )
    return BodiesReport(len(cafs), len(federations), is_changed=True)


class BodyIndex:
    """Who a commune belongs to, in memory for a whole import."""

    def __init__(self, folder: Path) -> None:
        self._cafs = {caf.code: caf for caf in Caf.objects.prefetch_related("departements")}
        self._by_departement: defaultdict[str, list[Caf]] = defaultdict(list)
        for caf in self._cafs.values():
            for departement in caf.departements.all():
                self._by_departement[departement.code].append(caf)
        self._federations: defaultdict[str, list[Federation]] = defaultdict(list)
        for federation in Federation.objects.prefetch_related("departements"):
            for departement in federation.departements.all():
                self._federations[departement.code].append(federation)
        # « 40:244000659 »: communes of that département in that EPCI belong to this Caf (data/reference/README.md).
        self._claims = {
            tuple(claim.split(":", 1)): self._cafs[row["code"]]
            for row in _rows(folder, CAF_FILE)
            for claim in row["epci"].split()
            if row["code"] in self._cafs
        }

    def caf(self, departement: str, epci: str | None) -> tuple[Caf | None, str]:
        """The Caf of a commune, or None and the reason in French."""
        if claimed := self._claims.get((departement, epci or "")):
            return claimed, ""
        found = self._by_departement[departement]
        if len(found) == 1:
            return found[0], ""
        if found:
            names = " ou ".join(sorted(caf.name for caf in found))
            return None, f"Caf à préciser dans une colonne « Caf » : {names}"
        return None, "aucune Caf connue pour ce département"

    def cafs_of(self, departement: str) -> list[Caf]:
        return self._by_departement[departement]

    def named_caf(self, text: str, departement: str) -> Caf | None:
        """The Caf that a cell names, by code or by name, within the département first."""
        key = search_key(text)
        for pool in (self._by_departement[departement], list(self._cafs.values())):
            for caf in pool:
                if text.upper() == caf.code or key == search_key(caf.name) or f"caf {key}" == search_key(caf.name):
                    return caf
        within = [caf for caf in self._by_departement[departement] if _share(key, search_key(caf.name))]
        return within[0] if len(within) == 1 else None

    def name_of(self, kind: str, pk: object) -> str:
        """The name of a Caf (« caf ») or of a federation by its key; "" for none of them."""
        known = self._cafs.values() if kind == "caf" else [one for some in self._federations.values() for one in some]
        return next((body.name for body in known if body.pk == pk), "")

    def federation(self, departement: str) -> Federation | None:
        found = self._federations[departement]
        return found[0] if len(found) == 1 else None


def _share(typed: str, name: str) -> bool:
    """Whether the typed words all stand in the name: « Béarn », « CAF Pays Basque »."""
    words = set(typed.split()) - {"caf", "de", "du", "des", "la", "l", "d", "le", "et"}
    return bool(words) and words <= set(name.split())
