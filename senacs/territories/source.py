"""Reads the official geographic code from the npm package `@etalab/decoupage-administratif`."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senacs.lib.french import apostrophes

FILES = ("regions.json", "departements.json", "epci.json", "communes.json")
# The package numbers its versions by itself; the vintage of the code officiel géographique is what people know.
VINTAGES = {"6.0.0": "COG 2026"}
EPCI_KINDS = {"MET69": "METRO"}


class SourceError(Exception):
    """The package is missing or unreadable; the message is for the administrator, in French."""


@dataclass(frozen=True)
class RegionRow:
    code: str
    name: str
    is_com: bool


@dataclass(frozen=True)
class DepartementRow:
    code: str
    name: str
    region: str
    is_com: bool


@dataclass(frozen=True)
class EpciRow:
    code: str
    name: str
    kind: str
    population: int | None


@dataclass(frozen=True)
class CommuneRow:
    """`parent` is the commune of a municipal arrondissement; `population` is None where none is published."""

    code: str
    name: str
    departement: str
    epci: str | None
    parent: str | None
    population: int | None
    postal_codes: tuple[str, ...]


@dataclass(frozen=True)
class FormerRow:
    """A code or a name that leads to a present commune; `name` is empty where the source only knows the code."""

    code: str
    name: str
    commune: str


@dataclass(frozen=True)
class Decoupage:
    vintage: str
    regions: tuple[RegionRow, ...]
    departements: tuple[DepartementRow, ...]
    epcis: tuple[EpciRow, ...]
    communes: tuple[CommuneRow, ...]
    formers: tuple[FormerRow, ...]

    def successors(self) -> dict[str, str]:
        """Former code → present commune, without the codes that a present commune bears itself."""
        present = {commune.code for commune in self.communes}
        return {former.code: former.commune for former in self.formers if former.code not in present}


def checksum(folder: Path) -> str:
    """SHA-256 over the files that are read.

    Raises SourceError when one is missing.
    """
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(_data_file(folder, name).read_bytes())
    return digest.hexdigest()


def read(folder: Path) -> Decoupage:
    """The whole package as rows.

    Raises SourceError when a file is missing or has not the expected form.
    """
    try:
        regions, departements, epcis, communes = (_load(folder, name) for name in FILES)
        membership = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
        rows = tuple(_commune(entry, membership) for entry in communes if entry["type"] in _PRESENT)
        return Decoupage(
            vintage=_vintage(folder),
            regions=tuple(RegionRow(r["code"], apostrophes(r["nom"]), r["zone"] == "com") for r in regions),
            departements=tuple(
                DepartementRow(d["code"], apostrophes(d["nom"]), d["region"], d["zone"] == "com") for d in departements
            ),
            epcis=tuple(
                EpciRow(
                    e["code"],
                    apostrophes(e["nom"]),
                    EPCI_KINDS.get(e["type"], e["type"]),
                    e.get("populationMunicipale"),
                )
                for e in epcis
            ),
            communes=rows,
            formers=_formers(communes, {row.code for row in rows}),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"Le découpage administratif de {folder} n’a pas la forme attendue : {error!r}.") from error


_PRESENT = {"commune-actuelle", "arrondissement-municipal"}


def _commune(entry: dict[str, Any], membership: dict[str, str]) -> CommuneRow:
    parent = entry.get("commune")
    return CommuneRow(
        code=entry["code"],
        name=apostrophes(entry["nom"]),
        departement=entry["departement"],
        epci=membership.get(parent or entry["code"]),
        parent=parent,
        population=entry.get("population"),
        postal_codes=tuple(dict.fromkeys(entry.get("codesPostaux", ()))),
    )


def _formers(communes: list[dict[str, Any]], present: set[str]) -> tuple[FormerRow, ...]:
    """Delegated and associated communes by name, then the former codes that no name goes with."""
    names = {entry["code"]: entry["nom"] for entry in communes if entry["type"] == "commune-actuelle"}
    rows: dict[tuple[str, str], FormerRow] = {}
    for entry in communes:
        target = entry.get("chefLieu")
        if target in present and names.get(target) != entry["nom"]:
            name = apostrophes(entry["nom"])
            rows[entry["code"], name] = FormerRow(entry["code"], name, target)
    named = {code for code, _ in rows}
    for entry in communes:
        for code in entry.get("anciensCodes", ()):
            if code not in named and entry["code"] in present:
                rows[code, ""] = FormerRow(code, "", entry["code"])
    return tuple(rows.values())


def _vintage(folder: Path) -> str:
    manifest = folder / "package.json"
    if not manifest.is_file():
        return "inconnu"
    version = str(json.loads(manifest.read_text(encoding="utf-8")).get("version", "inconnu"))
    return VINTAGES.get(version, f"paquet {version}")[:20]


def _data_file(folder: Path, name: str) -> Path:
    for candidate in (folder / "data" / name, folder / name):
        if candidate.is_file():
            return candidate
    raise SourceError(
        f"Le découpage administratif est introuvable : {folder / 'data' / name} n’existe pas. "
        "Lancez « npm ci » à la racine du projet, ou indiquez le dossier du paquet avec --source."
    )


def _load(folder: Path, name: str) -> list[dict[str, Any]]:
    path = _data_file(folder, name)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(f"{path} n’est pas un fichier JSON lisible : {error}.") from error
    if not isinstance(content, list) or not content:
        raise SourceError(f"{path} devrait contenir une liste non vide.")
    return content
