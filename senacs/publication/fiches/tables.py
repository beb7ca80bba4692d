"""Automated tables of a structure: its own figures beside the quartile bands of its peers, on screen and as XLSX."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from senacs.lib import french, xlsx_files
from senacs.observatory.releases.reader import latest_published
from senacs.publication.charts import Unit
from senacs.publication.fiches.composition import FicheMaker, Place, Standing
from senacs.publication.fiches.peers import MINIMUM_PEERS
from senacs.structures.models import Structure

NO_BANDS = "Trop peu de réponses, ou trop semblables, pour un repère."


@dataclass(frozen=True, slots=True)
class FicheRow:
    """One territory for one indicator, as text; `figures`: how many peers, then the three limits, as numbers."""

    territory: str
    peers: str
    q1: str
    median: str
    q3: str
    position: str
    figures: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FicheTable:
    label: str
    definition: str
    year: int
    own: str
    standing: Standing
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
        standing=standing,
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
        position=bands.position(_own_figure(standing)),
        figures=(bands.peers, bands.q1, bands.median, bands.q3),
    )


def _own_figure(standing: Standing) -> float:
    return float(french.rounded(standing.value, standing.unit.decimals))


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


_COLUMNS = (
    ("Indicateur", 42), ("Année", 8), ("Ma structure", 14), ("Territoire", 22), ("Autres structures", 11),
    ("Premier quartile", 13), ("Médiane", 13), ("Troisième quartile", 13), ("Ma place", 42),
)  # fmt: skip


def tables_workbook(structure: Structure, tables: Sequence[FicheTable]) -> bytes:
    """One line an indicator and territory, figures as numbers; what cannot be told says so. Printed on A4."""
    buffer = io.BytesIO()
    with xlsx_files.workbook(buffer) as book:
        _write_tables(book, tables, f"{structure.name} ({structure.code})")
        notice = book.add_worksheet("Lire ces tableaux")
        notice.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
        texts = (f"{structure.name} ({structure.code})", *tables_notice())
        for number, text in enumerate(texts):
            notice.set_row(number, xlsx_files.height([(text, 100)]))
            xlsx_files.words(notice, number, 0, text)
        xlsx_files.for_paper(notice, last_row=len(texts) - 1, last_column=0, head_rows=0, footer=texts[0])
    return buffer.getvalue()


def _number_format(unit: Unit, value: float) -> str:
    """The spreadsheet's format under which a number reads as on the page, its unit behind it."""
    digits = french.number(value, unit.decimals).partition(",")[2]
    name = f'"{french.NBSP}{unit.name}"' if unit.name else ""
    return "#,##0" + ("." + "0" * len(digits) if digits else "") + name


def _write_tables(book: Any, tables: Sequence[FicheTable], footer: str) -> None:
    sheet = book.add_worksheet("Mes tableaux")
    look = {"bold": True, "bottom": 1, "bg_color": xlsx_files.PALE, "text_wrap": True, "valign": "top"}
    head, plain = book.add_format(look), book.add_format({"align": "left", "indent": 1})
    for column, (header, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        xlsx_files.words(sheet, 0, column, header, head)
    sheet.set_row(0, xlsx_files.height([("deux\nlignes", 20)]))
    sheet.freeze_panes(1, 1)
    formats: dict[str, Any] = {}

    def figure(row: int, column: int, value: float, unit: Unit) -> None:
        asked = _number_format(unit, value)
        style = formats.setdefault(asked, book.add_format({"num_format": asked}))
        xlsx_files.put(sheet, row, column, value, style)

    row = 0
    for table in tables:
        own, name = table.standing.unit, Unit(table.standing.unit.name)
        for line in table.rows or (None,):
            row += 1
            xlsx_files.words(sheet, row, 0, table.label, plain)
            xlsx_files.put(sheet, row, 1, table.year, plain)
            figure(row, 2, _own_figure(table.standing), own)
            if line is None:
                xlsx_files.words(sheet, row, 8, NO_BANDS, plain)
                continue
            xlsx_files.words(sheet, row, 3, line.territory, plain)
            for column, value in enumerate(line.figures, start=4):
                figure(row, column, value, Unit() if column == 4 else name)
            xlsx_files.words(sheet, row, 8, line.position, plain)
    xlsx_files.for_paper(sheet, last_row=row, last_column=len(_COLUMNS) - 1, head_rows=1, footer=footer)
