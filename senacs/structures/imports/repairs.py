"""What a doctored list has undergone, read rightly or told: merged and hidden rows, cells in error, wrong encodings."""

import re
from collections.abc import Mapping, Sequence

from senacs.lib.workbook_marks import MergedCells, column_letters

# What spreadsheets write in a cell that they could not work out, in French and in English, also in their CSV.
_IN_ERROR = re.compile(
    r"#(?:N/A|N/D|REF ?!|VALEUR ?!|VALUE!|DIV/0 ?!|NOM ?\?|NAME\?|NUL ?!|NULL!|NOMBRE ?!|NUM!|CALC ?!|SPILL!"
    r"|PROPAGATION ?!)"
    r"|Err:[0-9]{3}",
    re.IGNORECASE,
)
# « Ã‰cole », « l’Ã®le »: UTF-8 read as Windows-1252 by whoever saved the list before.
_TWICE_ENCODED = re.compile(
    "[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u017d\u017e\u0178\u0192\u02c6\u02dc\u2013-\u2122]|â€"
)
LOST = "\ufffd"
# Of a French list: letters that are expected, and those that betray another encoding.
_EXPECTED = frozenset("éèêëàâçôöîïûùüœÉÈÊÀÂÇÔÎÛ’«»°€–\u00a0")
# How a text may have been written, the likeliest first; the words tell which.
ENCODINGS = {"cp1252": "", "mac_roman": "Mac OS Roman", "cp850": "DOS (CP850)"}
# A letter of another encoding weighs more than an expected one: « é » never stands for it by chance.
_WEIGHT = 3


def without_error(text: str, place: str) -> tuple[str, str]:
    """A cell in error is an empty one, and told; else the text as it is."""
    shown = text.strip()
    if not _IN_ERROR.fullmatch(shown):
        return text, ""
    return "", f"cellule{place} en erreur ({shown}), lue comme vide"


def decoded_once(text: str) -> tuple[str, str]:
    """« Ã‰cole » is « École » again; a character that is lost for good is told."""
    if _TWICE_ENCODED.search(text):
        try:
            mended = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return text, f"« {text[:60]} » : encodage abîmé, à relire"
        return mended, f"« {text[:60]} » est lu « {mended[:60]} »"
    if LOST in text:
        return text, f"« {text[:60]} » : un caractère est perdu dans le fichier, à relire"
    return text, ""


def repaired_row(cells: Sequence[str], *, line: int, is_sheet: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells of a row as they should have been, and a sentence for each that was touched."""
    read, notes = [], []
    for column, cell in enumerate(cells):
        place = f" {column_letters(column)}{line}" if is_sheet else ""
        text, error = without_error(cell, place)
        text, encoding = decoded_once(text)
        read.append(text)
        notes += [note for note in (error, encoding) if note]
    return tuple(read), tuple(notes)


def unmerged(
    rows: Sequence[Sequence[str]], merged: Sequence[MergedCells]
) -> tuple[list[list[str]], Mapping[int, list[str]]]:
    """Rows of a sheet with each value of cells merged downwards repeated on every row, and what to say, by row from 1.

    Merged along a row alone (a title), cells are left as they are.
    """
    filled = [list(row) for row in rows]
    notes: dict[int, list[str]] = {}
    for area in merged:
        if area.last_row == area.first_row or area.first_row >= len(filled):
            continue
        first = filled[area.first_row]
        value = first[area.first_column] if area.first_column < len(first) else ""
        if not value.strip():
            continue
        for row in range(area.first_row + 1, min(area.last_row + 1, len(filled))):
            filled[row] += [""] * (area.first_column + 1 - len(filled[row]))
            filled[row][area.first_column] = value
            corner = f"{column_letters(area.first_column)}{area.first_row + 1}"
            notes.setdefault(row + 1, []).append(f"« {value[:60]} » repris de la cellule fusionnée {corner}")
    return filled, notes


def likeliest(content: bytes) -> tuple[str, str]:
    """Text that is not UTF-8, in the encoding that makes the most French of it, and which one when it is a rare one.

    UnicodeDecodeError when none gives a text that could be French.
    """
    found = []
    for rank, encoding in enumerate(ENCODINGS):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((_french(text), -rank, encoding, text))
    score, _, encoding, text = max(found)
    if score < 0 and encoding != "cp1252":
        raise UnicodeDecodeError(encoding, content[:20], 0, 1, "no French text in any encoding")
    return text, ENCODINGS[encoding]


def _french(text: str) -> int:
    """An expected letter counts for one; a strange one, or a capital in the middle of a word, against it."""
    score, before = 0, ""
    for letter in text:
        if ord(letter) > 127 or (ord(letter) < 32 and letter not in "\t\r\n"):
            is_odd = letter not in _EXPECTED or (letter.isupper() and before.islower())
            score += -_WEIGHT if is_odd else 1
        before = letter
    return score


def without_mark(content: bytes) -> str:
    """« utf-16-le », « utf-16-be » for a text without its byte order mark; "" for anything else."""
    sample = content[:4000]
    half = len(sample) // 2
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if half and odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.6 and odd < half * 0.05 else ""
