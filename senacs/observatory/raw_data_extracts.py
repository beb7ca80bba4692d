"""Raw data of a département, for the person whom both sides named: marked, and written in the ledger (charte 3.2).

Rows are those of the snapshot from which a release was built, so that what is prepared agrees with what is published.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl
from django.db import transaction

from senacs.accounts.enums import AccessAction
from senacs.accounts.models import AccessEntry, User
from senacs.accounts.permissions import can_extract_raw_data
from senacs.accounts.services import log_access, stated_purpose
from senacs.lib import french, xlsx_files
from senacs.lib.csv_files import csv_text
from senacs.lib.kept_files import kept
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.answers import microdata
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import built_releases
from senacs.questionnaire.engine.polars_backend import PREVIOUS_SUFFIX
from senacs.structures.models import Structure
from senacs.territories.models import Departement

MINIMUM_STRUCTURES = 5
MARK = "marque"


class ExtractFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Extract:
    filename: str
    content: bytes
    entry: AccessEntry


def extractable_releases() -> list[Release]:
    """Built releases whose snapshot of answers is still kept, newest first."""
    return [r for r in built_releases() if (microdata.folder(r.name) / microdata.RESPONSES).exists()]


@transaction.atomic
def extract_raw_data(
    *, departement: Departement, release: Release, file_format: ExtractFormat, purpose: str, by: User
) -> Extract:
    """The validated responses of a département, one row a structure, each row marked with who took it and why.

    The ledger is written first, in the same transaction: no file without its line. Raises NotAllowed for anybody but
    the person in charge, Refused without a purpose, without a snapshot, or under MINIMUM_STRUCTURES structures.
    """
    if not can_extract_raw_data(by, departement):
        raise NotAllowed("Les données brutes ne s’ouvrent qu’à la personne nommée par la Caf et la fédération.")
    stated = stated_purpose(purpose)
    path = microdata.folder(release.name) / microdata.RESPONSES
    if not path.exists():
        raise Refused("Les réponses de cette campagne ne sont plus conservées pour être extraites.")
    with kept(f"les réponses de la publication {release.name}"):
        rows = pl.read_parquet(path).filter(pl.col("departement") == departement.pk)
    rows = rows.select(name for name in rows.columns if not name.endswith(PREVIOUS_SUFFIX))
    if len(rows) < MINIMUM_STRUCTURES:
        raise Refused(f"Il faut au moins {MINIMUM_STRUCTURES} réponses validées pour une extraction.")
    concerned = Structure.objects.filter(code__in=rows["structure"].to_list())
    entry = log_access(
        user=by, action=AccessAction.EXTRACT, structures=concerned, purpose=stated, departement=departement
    )
    mark = mark_of(entry)
    content = _WRITERS[file_format](rows.insert_column(0, pl.lit(mark).alias(MARK)), mark)
    return Extract(f"senacs-brut-{release.name}-{departement.pk}-{entry.pk}.{file_format}", content, entry)


def mark_of(entry: AccessEntry) -> str:
    """What each row and each page of an extract says: its number in the ledger, who holds it, why."""
    name = f"{entry.user.get_full_name()} ({entry.user.email})"
    return (
        f"Extrait n° {entry.pk} remis à {name} le {french.long_date(entry.at)}. "
        f"Finalité : {entry.purpose} Ne pas transmettre (charte, 3.2)."
    )


def _parquet(rows: pl.DataFrame, mark: str) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def _csv(rows: pl.DataFrame, mark: str) -> bytes:
    return csv_text([rows.columns, *(map(_plain, row) for row in rows.iter_rows())]).encode("utf-8-sig")


def _xlsx(rows: pl.DataFrame, mark: str) -> bytes:
    buffer = io.BytesIO()
    book = xlsx_files.workbook(buffer)
    book.set_properties({"title": "SENACS, données brutes", "comments": mark})
    sheet, bold = book.add_worksheet("Réponses"), book.add_format({"bold": True, "bottom": 1})
    sheet.set_header(f"&L{mark.replace('&', '&&')[:240]}")
    sheet.set_landscape()
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 30)
    for column, name in enumerate(rows.columns):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows.iter_rows(), start=1):
        for column, value in enumerate(row):
            xlsx_files.put(sheet, number, column, _plain(value), None)
    book.close()
    return buffer.getvalue()


def _plain(value: Any) -> str | bool | int | float | None:
    """Choices of several are joined, dates told as ISO 8601."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ";".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else value


_WRITERS: dict[ExtractFormat, Callable[[pl.DataFrame, str], bytes]] = {
    ExtractFormat.XLSX: _xlsx,
    ExtractFormat.CSV: _csv,
    ExtractFormat.PARQUET: _parquet,
}
