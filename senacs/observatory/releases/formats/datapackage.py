"""datapackage.json of a release: its cells as a table with a schema, checked by any Frictionless tool."""

from collections.abc import Mapping, Sequence
from typing import Any

from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.enums import CellStatus
from senacs.observatory.frozen_files import CELLS_CSV, SECRET

DATAPACKAGE = "datapackage.json"
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
_TITLES = {
    "indicator": "Indicateur",
    "statistic": "Statistique",
    "level": "Niveau du territoire",
    "territory": "Code du territoire",
    "dimension": "Croisement (vide : toutes les structures)",
    "modality": "Réponse comptée",
    "value": "Valeur",
    "n": "Structures qui ont répondu",
    "status": "Publié ou masqué",
    "reason": "Pourquoi la valeur est masquée",
}


def datapackage(
    note: Mapping[str, Any], plan: Plan, columns: Sequence[str], csv: Mapping[str, Any]
) -> dict[str, object]:
    """The descriptor. `note` is the methodology, `csv` the fingerprint of cells.csv.gz: name, size, sha256."""
    name = str(note["name"])
    return {
        "profile": "tabular-data-package",
        "name": f"senacs-{name}",
        "title": f"SENACS, campagne {note['year']}, publication n° {note['number']}",
        "description": (
            f"Agrégats protégés de l’enquête SENACS {note['year']} (données {note['data_year']}). « {SECRET} » : "
            "figure masquée par le secret statistique."
        ),
        "version": name,
        "licenses": [LICENCE],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "cells",
                "title": "Cellules publiées et masquées",
                "path": CELLS_CSV,
                "format": "csv",
                "compression": "gz",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": csv["size"],
                "hash": f"sha256:{csv['sha256']}",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n"},
                "schema": cells_schema(note, plan, columns),
            }
        ],
    }


def cells_schema(note: Mapping[str, Any], plan: Plan, columns: Sequence[str]) -> dict[str, object]:
    """Table Schema of cells.csv.gz. An empty value is a ratio to nothing; a secret says its name."""
    allowed: dict[str, Sequence[str]] = {
        "indicator": [indicator["code"] for indicator in note["indicators"]],
        "level": plan.levels,
        "status": [str(status) for status in CellStatus],
    }
    titles = _TITLES | {code: dimension.label for code, dimension in plan.dimensions.items()}
    fields = []
    for column in columns:
        field: dict[str, object] = {"name": column, "title": titles[column], "type": "string"}
        if column in ("value", "n"):
            field["type"] = "number" if column == "value" else "integer"
        if column in allowed:
            field["constraints"] = {"required": True, "enum": list(allowed[column])}
        fields.append(field)
    identity = [column for column in columns if column not in ("value", "n", "status", "reason")]
    return {"fields": fields, "primaryKey": identity, "missingValues": ["", SECRET]}
