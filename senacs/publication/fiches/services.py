"""A fiche made: composed, typeset."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.lib.pdf import rendering
from senacs.lib.refusals import NotAllowed
from senacs.observatory.releases.reader import latest_published
from senacs.publication.charts.sheets import sheet
from senacs.publication.fiches.composition import FicheMaker, Printed
from senacs.publication.fiches.sharing import log_visit
from senacs.publication.fiches.tables import FicheTable, automated_tables
from senacs.publication.models import ShareLink
from senacs.structures.models import Structure

TEMPLATE = "publication/typst/fiche.typ"


def read_fiche(structure: Structure, *, by: User) -> Printed:
    """The fiche as its own structure reads it (charte 1.3). Raises NotAllowed for anybody else."""
    _require_own(by, structure)
    return compose_fiche(structure)


def read_shared_fiche(link: ShareLink, *, is_pdf: bool) -> Printed:
    """The fiche to whoever holds a link that the structure gave; the reading is written down before it is made."""
    log_visit(link=link, is_pdf=is_pdf)
    return compose_fiche(link.structure)


def read_tables(structure: Structure, *, by: User) -> list[FicheTable]:
    """The automated tables as their own structure reads them (charte 1.3). Raises NotAllowed for anybody else."""
    _require_own(by, structure)
    return automated_tables(structure)


def _require_own(by: User, structure: Structure) -> None:
    if not can_enter(by, structure):
        raise NotAllowed("Seule la structure lit sa fiche et ses tableaux.")


def compose_fiche(structure: Structure) -> Printed:
    """The fiche of one structure, beside the peers of the last published release."""
    return FicheMaker(latest_published()).compose(structure)


def render_fiche(document: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """Its PDF/UA-1; same document and same date, same bytes."""
    return rendering.render(TEMPLATE, printable(document), title=title_of(document), keywords=["SENACS"], at=at)


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
