"""A document told in a room: the figures of the paper, charts that are charts, pictures that say what they show."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pypdf
import pytest
from PIL import Image
from pptx import Presentation

from senacs.publication.charts import Break, LineSeries, Point, TimeAxis, lines
from senacs.publication.decks.files import FILES
from senacs.publication.decks.slides import slides_of
from senacs.publication.decks.wording import LONGEST_TITLE, finding_of
from senacs.publication.documents.page_checks import faults_of
from senacs.publication.editions.composing import compose_edition
from senacs.publication.models import Edition
from senacs.publication.richtext import parse

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def document(edition: Edition) -> dict[str, Any]:
    return compose_edition(edition)


def made(document: dict[str, Any], name: str) -> bytes:
    return FILES[name].make(document, AT)


def texts_of(slide: Any) -> str:
    return " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_every_known_card_and_every_drawing_has_its_slide(document: dict[str, Any]) -> None:
    slides = slides_of(document)
    assert (slides[0]["kind"], slides[-1]["kind"]) == ("cover", "end")
    cards = [card["label"] for slide in slides if slide["kind"] == "figures" for card in slide["cards"]]
    printed = [card["label"] for block in document["blocks"] for card in block.get("cards", ()) if card["known"]]
    assert cards and sorted(cards) == sorted(printed)
    drawn = [visual["title"] for slide in slides if slide["kind"] == "drawings" for visual in slide["visuals"]]
    assert drawn == ["ETP par structure", "Repères"]


def test_what_people_wrote_is_on_a_slide(document: dict[str, Any]) -> None:
    text = parse("Un **jardin** partagé.\n\n- un chantier\n- un goûter")
    photo = {"svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>", "alt": "Le jardin", "credit": "Zoé"}
    story = {"kind": "portrait", "code": "portrait", "title": "À la loupe", "intro": [], "icon": "", "text": text}
    told = ["Un jardin partagé.", "un chantier", "un goûter"]
    (_, pictured, _) = slides_of({**document, "blocks": [{**story, "image": photo}]})
    assert (pictured["kind"], pictured["words"]) == ("map", told)
    (_, written, _) = slides_of({**document, "blocks": [{**story, "image": None}]})
    assert [section["words"] for section in written["sections"]] == told
    texts = [{"author": "Caf du Nord", "paragraphs": parse("Merci. " * 400)}]
    foreword = {"kind": "editorial", "code": "avant_propos", "title": "Avant-propos", "texts": texts, "rate": None}
    whole = {**document, "blocks": [foreword, {**story, "image": photo}]}
    deck = Presentation(io.BytesIO(made(whole, "diaporama-pptx")))
    said = " ".join(map(texts_of, deck.slides))
    assert "Caf du Nord" in said and "Merci." in said and "Photo : Zoé" in said.replace("\u00a0", " ")
    assert said.count("Merci.") == 400
    assert not faults_of(made(whole, "diaporama-pdf"), {})


def test_the_file_of_slides_holds_the_figures_of_the_paper(document: dict[str, Any]) -> None:
    deck = Presentation(io.BytesIO(made(document, "diaporama-pptx")))
    slides = list(deck.slides)
    assert len(slides) == len(slides_of(document))
    assert all(slide.shapes.title.text for slide in slides)
    said = " ".join(map(texts_of, slides))
    for card in (card for block in document["blocks"] for card in block.get("cards", ()) if card["known"]):
        assert card["value"] in said and card["label"] in said
    charts = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    visuals = [visual for block in document["blocks"] for visual in block.get("visuals", ())]
    assert len(charts) == len(visuals) == 2
    for shape, visual in zip(charts, visuals, strict=True):
        rows = visual["figures"]["rows"]
        plotted = list(shape.chart.plots[0].series[0].values)
        assert plotted == [row["values"][0] for row in rows]
        assert list(shape.chart.plots[0].categories) == [row["label"] for row in rows]
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == visual["alt"]


def test_a_working_deck_says_so_on_each_slide(document: dict[str, Any]) -> None:
    deck = Presentation(io.BytesIO(made(document, "diaporama-pptx")))
    assert all("Document de travail" in texts_of(slide) for slide in deck.slides)
    signed = {**document, "draft": False}
    deck = Presentation(io.BytesIO(made(signed, "diaporama-pptx")))
    assert not any("Document de travail" in texts_of(slide) for slide in deck.slides)


def test_slides_on_paper_are_as_many(document: dict[str, Any]) -> None:
    pages = pypdf.PdfReader(io.BytesIO(made(document, "diaporama-pdf"))).pages
    assert len(pages) == len(slides_of(document))
    assert float(pages[0].mediabox.width) / float(pages[0].mediabox.height) == pytest.approx(16 / 9, abs=0.01)


def test_the_workbook_has_numbers_where_the_paper_has_figures(document: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(document, "chiffres-xlsx")))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for visual in (visual for block in document["blocks"] for visual in block.get("visuals", ())):
        for row in visual["figures"]["rows"]:
            for value, words in zip(row["values"], row["words"], strict=False):
                assert (words if value is None else value) in cells


def test_pictures_come_with_words_that_tell_the_same(document: dict[str, Any]) -> None:
    with zipfile.ZipFile(io.BytesIO(made(document, "images-zip"))) as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        words = archive.read("textes-de-remplacement.txt").decode("utf-8-sig")
        sizes = {Image.open(io.BytesIO(archive.read(name))).size for name in pictures}
    assert sizes == {(1200, 675)}
    known = [card for block in document["blocks"] if block["kind"] == "chiffres_cles" for card in block["cards"]]
    assert len(pictures) == sum(card["known"] for card in known) + 1
    assert all(card["value"] in words for card in known if card["known"])
    assert words.count("Texte de remplacement") == len(pictures)


def test_a_line_that_is_cut_is_not_drawn_again() -> None:
    series = [LineSeries("Nord", [Point(12.0), Point(15.5), Point(9.0)])]
    whole = lines("Titre", TimeAxis(["2022", "2023", "2024"]), series, prefix="a")
    cut = lines("Titre", TimeAxis(["2022", "2023", "2024"], [Break("2024", "question changée")]), series, prefix="a")
    assert whole.figures is not None and whole.figures.lines == ((12.0,), (15.5,), (9.0,))
    assert cut.figures is None


@pytest.mark.parametrize(
    ("reading", "title", "expected"),
    [
        ("Sept structures sur dix.", "Repères", "Sept structures sur dix."),
        ("", "Repères sur l’emploi", "Équipes : repères sur l’emploi"),
        ("x" * (LONGEST_TITLE + 1), "t" * LONGEST_TITLE, "t" * LONGEST_TITLE),
    ],
)
def test_the_title_of_a_slide_is_what_is_seen(reading: str, title: str, expected: str) -> None:
    assert finding_of({"reading": reading, "title": title}, "Équipes") == expected
