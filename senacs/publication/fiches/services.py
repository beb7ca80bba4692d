"""A fiche made: composed, typeset."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from senacs.lib import pdf
from senacs.observatory.releases.reader import latest_published
from senacs.publication.charts.sheets import sheet
from senacs.publication.fiches.composition import FicheMaker, Printed
from senacs.structures.models import Structure

TEMPLATE = "publication/typst/fiche.typ"


def compose_fiche(structure: Structure) -> Printed:
    """The fiche of one structure, beside the peers of the last published release."""
    return FicheMaker(latest_published()).compose(structure)


def render_fiche(document: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """Its PDF/UA-1; same document and same date, same bytes."""
    return pdf.render(TEMPLATE, printable(document), title=title_of(document), keywords=["SENACS"], at=at)


def title_of(document: Mapping[str, Any]) -> str:
    return f"{document['title']} : {document['structure']['name']}"


def printable(document: Mapping[str, Any]) -> Printed:
    """The document as plain data, the charts of a row in one drawing."""
    return {**document, "rows": [_printed_row(row) for row in document["rows"]]}


def _printed_row(row: Mapping[str, Any]) -> Printed:
    """A row with its charts in one drawing."""
    drawn = [chart for chart in (row["trajectory"], row["strip"]) if chart is not None]
    return {
        "label": row["label"],
        "drawing": sheet(drawn) if drawn else None,
        "alt": " ".join(f"{chart.title}. {chart.description}" for chart in drawn),
        "charts": len(drawn),
        "positions": row["positions"],
        "alone": row["alone"],
    }
