"""Automated tables of a structure: its own figures beside the quartile bands of its peers, on screen and as XLSX."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from senacs.lib import french, xlsx_files
from senacs.observatory.releases.reader import latest_published
from senacs.publication.charts import Unit
from senacs.publication.fiches.composition import FicheMaker, Place, Standing
from senacs.publication.fiches.peers import MINIMUM_PEERS
from senacs.structures.models import Structure

NO_BANDS = "Trop peu de réponses, ou trop semblables, pour un repère."


@dataclass(frozen=True, slots=True)
class FicheRow:
    """One territory for one indicator, as text; `position` alone is told where there are no bands."""

    territory: str
    peers: str
    q1: str
    median: str
    q3: str
    position: str


@dataclass(frozen=True, slots=True)
class FicheTable:
    label: str
    definition: str
    year: int
    own: str
    rows: tuple[FicheRow, ...]


def automated_tables(structure: Structure) -> list[FicheTable]:
    """One table an indicator that the structure answered, own value and own gestionnaire left out of the bands."""
    return [_table(standing) for standing in FicheMaker(latest_published()).standings(structure)]


def _table(standing: Standing) -> FicheTable:
    unit = standing.unit
    return FicheTable(
        label=_label(standing),
        definition=standing.indicator.definition,
        year=standing.year,
        own=unit.full(standing.value),
        rows=tuple(_row(place, standing, Unit(unit.name)) for place in standing.places),
    )


def _label(standing: Standing) -> str:
    unit = standing.indicator.unit
    return standing.indicator.label if standing.unit.name or not unit else f"{standing.indicator.label} ({unit})"


def _row(place: Place, standing: Standing, unit: Unit) -> FicheRow:
    bands = place.bands
    return FicheRow(
        territory=place.territory.name,
        peers=french.number(bands.peers),
        q1=unit.full(bands.q1),
        median=unit.full(bands.median),
        q3=unit.full(bands.q3),
        position=bands.position(float(french.rounded(standing.value, standing.unit.decimals))),
    )


def tables_notice() -> tuple[str, ...]:
    """How to read them, in French."""
    return (
        "Les repères décrivent les autres structures du même type dont la réponse est validée. Votre structure et "
        "celles de votre gestionnaire en sont retirées.",
        f"Il faut au moins {MINIMUM_PEERS} gestionnaires ; une limite est la moyenne de plusieurs réponses, arrondie à "
        "deux chiffres : aucune n’est la réponse de quelqu’un.",
        "Un quart des autres structures est sous le premier quartile, la moitié sous la médiane, un quart au-dessus du "
        "troisième quartile.",
    )


def tables_workbook(structure: Structure, tables: Sequence[FicheTable]) -> bytes:
    """One line an indicator and territory; what cannot be told says so."""
    buffer = io.BytesIO()
    book = xlsx_files.workbook(buffer)
    sheet, bold = book.add_worksheet("Mes tableaux"), book.add_format({"bold": True, "bottom": 1})
    headers = ("Indicateur", "Année", "Ma structure", "Territoire", "Autres structures", "Premier quartile", "Médiane")
    for column, header in enumerate((*headers, "Troisième quartile", "Ma place")):
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 8, 20)
    row = 1
    for table in tables:
        for line in table.rows or (FicheRow("", "", "", "", "", NO_BANDS),):
            texts = (line.territory, line.peers, line.q1, line.median, line.q3, line.position)
            for column, text in enumerate((table.label, str(table.year), table.own, *texts)):
                sheet.write_string(row, column, text)
            row += 1
    notice = book.add_worksheet("Lire ces tableaux")
    notice.set_column(0, 0, 120)
    for number, text in enumerate((f"{structure.name} ({structure.code})", *tables_notice())):
        xlsx_files.words(notice, number, 0, text)
    book.close()
    return buffer.getvalue()
