"""Pages on paper, as Chromium prints them: every column, no navigation, no address of a link, no empty sheet."""

import io
import re
import unicodedata

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from senacs.collection.models import Response
from senacs.structures.enums import StructureKind
from tests import factories, real_year
from tests.browser.conftest import Visit
from tests.real_year import RealYear

MENU = (
    "Menu principal",
    "Se déconnecter",
    "n’est pas claire",
    "Aller au contenu",
    "Données de démonstration : structures",
)
# Pixels between the margins of A4, and the cells that would stand beyond.
PAPER = 702
OUTSIDE = """width => [...document.querySelectorAll("th, td")]
  .filter(cell => cell.checkVisibility() && cell.getBoundingClientRect().right > width + 1)
  .map(cell => cell.textContent.trim().slice(0, 40))"""


@pytest.fixture
def answered(transactional_db: None) -> tuple[RealYear, Response]:
    """A centre social of the real year, its whole response given."""
    year = real_year.make_real_year(StructureKind.CENTRE_SOCIAL)
    campaign, structure = year.response.campaign, year.cast.structure
    year.response.delete()
    sheet = real_year.sheet_of(StructureKind.CENTRE_SOCIAL)
    values = {code: real_year.as_stored(year.fields[code], value) for code, value in sheet.items()}
    return year, factories.make_response(structure=structure, campaign=campaign, values=values)


def printed(page: Page, address: str) -> list[str]:
    """The text of each sheet of A4."""
    page.goto(address)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    cut = page.evaluate(OUTSIDE, PAPER)
    assert cut == [], f"{address}: cut at the edge of the paper"
    content = page.pdf(format="A4", print_background=False)
    return [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(content)).pages]


def told_in(text: str, words: str) -> bool:
    """Whether the words stand in the text, wherever a narrow column breaks them."""
    kept = [re.sub(r"[\s\u00ad\u2010-]", "", unicodedata.normalize("NFKC", each)) for each in (words, text)]
    return kept[0] in kept[1]


def test_pages_print_whole_without_what_is_for_the_screen(answered: tuple[RealYear, Response], visit: Visit) -> None:
    year, response = answered
    columns = [
        column
        for code in ("secteurs", "alsh_detail", "effectifs")
        for grid in [real_year.questionnaire().questions[code].grid]
        if grid is not None
        for column in grid.column_labels
    ]
    page, own = visit(year.cast.responsable), f"/saisie/{response.pk}"
    control = f"/suivi/{response.pk}/"
    for address, has_tables in (
        (f"{own}/reponses/", True),
        (f"{own}/rubrique/activites/", False),
        (f"{own}/preparation/", False),
        (control, True),
    ):
        page = visit(year.cast.correspondant_caf) if address == control else page
        sheets = printed(page, address)
        whole = " ".join(sheets)
        assert len(sheets[0]) > 300, f"{address}: the first sheet is nearly empty"
        assert all(sheets), f"{address}: an empty sheet"
        for words in MENU:
            assert not told_in(whole, words), f"{address}: {words}"
        assert not re.search(r"\((?:/|http)[^)]*\)", whole), f"{address}: the address of a link"
        if has_tables:
            assert [column for column in columns if not told_in(whole, column)] == [], address
