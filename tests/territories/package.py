"""A geographic code of a dozen communes, written as the npm package writes it."""

import json
from pathlib import Path
from typing import Any

REGIONS = [
    {"code": "84", "nom": "Auvergne-Rhône-Alpes", "zone": "metro"},
    {"code": "11", "nom": "Île-de-France", "zone": "metro"},
    {"code": "94", "nom": "Corse", "zone": "metro"},
    {"code": "75", "nom": "Nouvelle-Aquitaine", "zone": "metro"},
    {"code": "978", "nom": "Saint-Martin", "zone": "com"},
]
DEPARTEMENTS = [
    {"code": "01", "nom": "Ain", "region": "84", "zone": "metro"},
    {"code": "26", "nom": "Drôme", "region": "84", "zone": "metro"},
    {"code": "69", "nom": "Rhône", "region": "84", "zone": "metro"},
    {"code": "75", "nom": "Paris", "region": "11", "zone": "metro"},
    {"code": "2A", "nom": "Corse-du-Sud", "region": "94", "zone": "metro"},
    {"code": "2B", "nom": "Haute-Corse", "region": "94", "zone": "metro"},
    {"code": "40", "nom": "Landes", "region": "75", "zone": "metro"},
    {"code": "64", "nom": "Pyrénées-Atlantiques", "region": "75", "zone": "metro"},
    {"code": "978", "nom": "Saint-Martin", "region": "978", "zone": "com"},
]
REGION_OF = {entry["code"]: entry["region"] for entry in DEPARTEMENTS}


def commune(code: str, name: str, population: int | None, *postal_codes: str, **more: Any) -> dict[str, Any]:
    departement = next(length for length in (code[:3], code[:2]) if length in REGION_OF)
    entry: dict[str, Any] = {
        "code": code,
        "nom": name,
        "type": "commune-actuelle",
        "departement": departement,
        "region": REGION_OF[departement],
        "zone": "metro",
        "codesPostaux": list(postal_codes),
    }
    if population is not None:
        entry["population"] = population
    return entry | more


def arrondissement(code: str, name: str, parent: str, population: int, *postal_codes: str) -> dict[str, Any]:
    return commune(code, name, population, *postal_codes, type="arrondissement-municipal", commune=parent)


def delegated(code: str, name: str, target: str) -> dict[str, Any]:
    entry = commune(code, name, None, type="commune-deleguee", chefLieu=target)
    del entry["codesPostaux"]
    return entry


COMMUNES = [
    commune("26362", "Valence", 64000, "26000"),
    commune("26281", "Romans-sur-Isère", 33000, "26100"),
    commune("26058", "Bourg-lès-Valence", 20000, "26500"),
    commune("26235", "Pierrelatte", 14000, "26700"),
    commune("26313", "Saint-Martin-d'Août", 400, "26330"),
    commune("26001", "Saint-Paul", 500, "26750"),
    commune("26002", "Saint-Paul", 600, "26750", anciensCodes=["26900"]),
    commune("01053", "Bourg-en-Bresse", 42000, "01000"),
    commune("01015", "Arboys en Bugey", 700, "01300", anciensCodes=["01340"]),
    delegated("01015", "Arbignieu", "01015"),
    delegated("01340", "Saint-Bois", "01015"),
    commune("69123", "Lyon", 519000, "69003", "69009"),
    arrondissement("69383", "Lyon 3e Arrondissement", "69123", 100000, "69003"),
    arrondissement("69389", "Lyon 9e Arrondissement", "69123", 53000, "69009"),
    commune("75056", "Paris", 2100000, "75012"),
    arrondissement("75112", "Paris 12e Arrondissement", "75056", 140000, "75012"),
    commune("2B033", "Bastia", 48000, "20200", "20600"),
    commune("2A004", "Ajaccio", 74000, "20000", "20090"),
    commune("40312", "Tarnos", 12000, "40220"),
    commune("64102", "Bayonne", 53000, "64100"),
    commune("64445", "Pau", 78000, "64000"),
    commune("97801", "Saint-Martin", 31000, "97150", zone="com"),
    commune("26999", "Terre déserte", None),
]
EPCIS = [
    {"code": "200040459", "nom": "CA Valence Romans Agglo", "type": "CA", "membres": ["26362", "26281", "26058"]},
    {"code": "200046977", "nom": "Métropole de Lyon", "type": "MET69", "membres": ["69123"]},
    {"code": "244000659", "nom": "CC du Seignanx", "type": "CC", "membres": ["40312"]},
    {"code": "200067106", "nom": "CA du Pays Basque", "type": "CA", "membres": ["64102"]},
    {"code": "200067254", "nom": "CA Pau Béarn Pyrénées", "type": "CA", "membres": ["64445"]},
]


def write_package(folder: Path, *, communes: list[dict[str, Any]] | None = None, version: str = "6.0.0") -> Path:
    """Writes the package under `folder` and gives the folder back."""
    epcis = [
        {**epci, "populationMunicipale": 1000, "membres": [{"code": code} for code in epci["membres"]]}
        for epci in EPCIS
    ]
    contents = {
        "regions": REGIONS,
        "departements": DEPARTEMENTS,
        "epci": epcis,
        "communes": COMMUNES if communes is None else communes,
    }
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"version": version}), encoding="utf-8")
    for name, content in contents.items():
        (folder / "data" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
