"""The files that tell a document in a room and beyond: made as an edition is published, at once for a draft."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from senacs.publication.decks.on_paper import deck_pdf
from senacs.publication.decks.pictures import shared_pictures
from senacs.publication.decks.powerpoint import deck_pptx
from senacs.publication.decks.workbook import figures_workbook
from senacs.publication.documents.typesetting import write_whole

Document = Mapping[str, Any]


class DeckFile(NamedTuple):
    """One file: what a person reads of it, its ending, its type, what makes it from a document and a date."""

    label: str
    ending: str
    media_type: str
    make: Callable[[Document, datetime], bytes]


def _pictures(document: Document, at: datetime) -> bytes:
    """The pictures and a text with their alternative words, in one archive."""
    out = io.BytesIO()
    stamp = at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        words = []
        for number, picture in enumerate(shared_pictures(document), 1):
            name = f"{number:02}.png"
            archive.writestr(zipfile.ZipInfo(name, stamp), picture.content)
            words.append(f"{name}\r\n{picture.title}\r\nTexte de remplacement : {picture.alt}\r\n")
        archive.writestr(zipfile.ZipInfo("textes-de-remplacement.txt", stamp), "\r\n".join(words).encode("utf-8-sig"))
    return out.getvalue()


FILES: Mapping[str, DeckFile] = {
    "diaporama-pdf": DeckFile(
        "Diaporama à projeter (PDF)",
        "pdf",
        "application/pdf",
        lambda document, at: deck_pdf(document, at=at),
    ),
    "diaporama-pptx": DeckFile(
        "Diaporama à modifier (PPTX)",
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        lambda document, at: deck_pptx(document, at=at),
    ),
    "chiffres-xlsx": DeckFile(
        "Chiffres des graphiques (XLSX)",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda document, _: figures_workbook(document),
    ),
    "images-zip": DeckFile(
        "Images à partager, avec leur texte de remplacement (ZIP)", "zip", "application/zip", _pictures
    ),
}


def write_files(document: Document, folder: Path, *, at: datetime) -> None:
    """Every file of a document, each whole or not at all. Raises PdfError."""
    for name, made in FILES.items():
        write_whole(folder / f"{name}.{made.ending}", made.make(document, at))


def present_files(folder: Path) -> list[str]:
    """The names of those that lie in the folder: an edition published before decks were made has none."""
    return [name for name, made in FILES.items() if (folder / f"{name}.{made.ending}").is_file()]
