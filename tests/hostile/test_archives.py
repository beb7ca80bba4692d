"""A workbook damaged at any byte is read as it is or refused with a sentence, wherever a workbook is read."""

import datetime
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given

from senacs.lib.workbooks import WorkbookError, check_archive, read_xlsx, refuse_macros
from tests.hostile.damage import bounded, damaged, everywhere, repacked


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"created": datetime.datetime(2026, 1, 1)})  # noqa: DTZ001 - same bytes in each process
        sheet = book.add_worksheet("Réponses")
        sheet.write_row(0, 0, ["code", "valeur", 3.5])
        sheet.write_formula(1, 2, "=B1*2", None, 4)
        book.add_worksheet("Codes").very_hidden()
    return out.getvalue()


WORKBOOK = workbook()


def open_all(path: Path, content: bytes, *, by_child: bool) -> str:
    """What the person is told; "" when the file is read."""
    path.write_bytes(content)
    try:
        refuse_macros(path, "classeur.xlsx")
        check_archive(path, "classeur.xlsx")
        if by_child:
            read_xlsx(path, name="classeur.xlsx", heaviest=len(content))
    except WorkbookError as error:
        return str(error)
    return ""


def test_archive_damaged_at_any_byte_is_told(tmp_path: Path) -> None:
    told = [open_all(tmp_path / "classeur.xlsx", content, by_child=False) for content in everywhere(WORKBOOK, step=80)]
    refused = [sentence for sentence in told if sentence]
    assert len(refused) > 150
    assert all(sentence.startswith("classeur.xlsx ") and sentence.endswith(".") for sentence in refused)


# What each reader of archives answers to one well-placed byte; each was an error of the server.
ENTRY = WORKBOOK.rindex(b"PK\x05\x06")
DIRECTORY = WORKBOOK.index(b"PK\x01\x02")


@pytest.mark.parametrize(
    ("at", "new"),
    [
        pytest.param(ENTRY + 16, b"\xff\xff\xff\x7f", id="list of members beyond the file"),
        pytest.param(ENTRY + 12, b"\xff\xff\xff\x7f", id="list of members longer than the file"),
        pytest.param(DIRECTORY + 10, b"\x63\x00", id="unknown compression"),
        pytest.param(DIRECTORY + 8, b"\x01\x00", id="encrypted"),
        pytest.param(DIRECTORY + 28, b"\xff\xff", id="name longer than the file"),
        pytest.param(DIRECTORY + 42, b"\xff\xff\xff\x7f", id="member beyond the file"),
        pytest.param(30 + len("[Content_Types].xml") + 2, b"\xff\xff\xff", id="no deflated stream"),
    ],
)
def test_place_that_broke_a_reader_is_told(tmp_path: Path, at: int, new: bytes) -> None:
    content = WORKBOOK[:at] + new + WORKBOOK[at + len(new) :]
    said = open_all(tmp_path / "classeur.xlsx", content, by_child=True)
    assert said.startswith("classeur.xlsx ") and said.endswith(".")


@pytest.mark.slow
@bounded(12)
@given(content=damaged(WORKBOOK) | repacked(WORKBOOK))
def test_damaged_workbook_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    said = open_all(tmp_path_factory.mktemp("classeur") / "classeur.xlsx", content, by_child=True)
    assert not said or said.endswith(".")
