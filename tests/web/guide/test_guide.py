"""The guide in the site: every page leads to a part that exists, searched, printed with its pictures."""

import re
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from senacs.campaigns.models import Campaign
from senacs.exchange.services import answer_question, ask_question, escalate_question
from senacs.web.guide.chapters import BY_NAME, CHAPTERS, FOLDER, HELP, IMAGES, help_for
from senacs.web.guide.frequent import AnsweredQuestion
from senacs.web.guide.printing import guide_pdf
from senacs.web.guide.reading import anchor_of, sections_of
from senacs.web.guide.searching import search
from tests import factories
from tests.factories import Cast
from tests.walk.rows import ROWS

# Texts for who runs the server, read beside the code.
NOT_IN_THE_SITE = {"exploitation"}


def test_every_text_is_a_chapter() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} - NOT_IN_THE_SITE == set(BY_NAME)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_page_leads_to_a_part_that_exists(name: str) -> None:
    chapter, part = help_for(name)
    assert not part or part in {section.anchor for section in chapter.sections}


def test_each_beginning_serves_a_page() -> None:
    assert not [start for start in HELP if not any(name.startswith(start) for name in ROWS)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.name)
def test_links_and_pictures_of_a_chapter_lead_somewhere(chapter, db: None, client: Client) -> None:
    html = client.get(f"/guide/{chapter.name}/").content.decode()
    anchors = [section.anchor for section in chapter.sections[1:]]
    assert len(anchors) == len(set(anchors)) and all(f'id="{anchor}"' in html for anchor in anchors)
    body = "".join(section.html for section in chapter.sections)
    for link in re.findall(r'(?:href|src)="(/guide/[^"#]+)', body):
        assert client.get(link).status_code == 200, link
    assert "<h1" in html and "<script>" not in body


def test_a_text_keeps_its_html_as_text_and_leads_nowhere_unknown() -> None:
    (title, part) = sections_of(
        "# Titre\n\n## L’accord, à deux\n\n<b>x</b> [un](controle.md#relancer) [deux](../settings.md) **gras** `code`"
    )
    assert (title.title, part.anchor) == ("Titre", "l-accord-a-deux")
    assert "&lt;b&gt;" in part.html and 'href="/guide/controle/#relancer"' in part.html
    assert "settings.md" not in part.html and "deux" in part.words
    with pytest.raises(ValueError, match="title"):
        sections_of("Sans titre.")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("suppléant", "/guide/saisie/#8-inviter-un-suppleant"),
        ("SUPPLEANT inviter", "/guide/saisie/#8-inviter-un-suppleant"),
        ("relances après la clôture", "/guide/controle/#relancer"),
        ("journal sceau", "/guide/equipe-nationale/#journal-des-actes"),
    ],
)
def test_words_are_found_in_any_order_accents_aside(text: str, url: str) -> None:
    assert url in [found.url for found in search(text, [], frozenset())][:3]


def test_nothing_is_found_for_nothing() -> None:
    assert search("", [], frozenset()) == search("zygomatique", [], frozenset()) == []


@pytest.mark.parametrize(
    ("who", "first"),
    [("responsable", "Saisir l’enquête SENACS"), ("national", "Conduire l’année"), ("copil", "Le comité de pilotage")],
)
def test_each_role_finds_its_own_first_and_its_page_leads_there(
    who: str, first: str, cast: Cast, campaign: Campaign, sign_in
) -> None:
    client = sign_in(cast.users()[who])
    html = client.get("/guide/").content.decode()
    mine, others = html.split("Pour vous")[1].split("Les autres chapitres")
    assert first in mine and first not in others
    page = client.get("/saisie/" if who == "responsable" else "/calendrier/", follow=True).content.decode()
    link = re.search(r'href="(/guide/[^"#]+)[^"]*">Aide sur cette page', page)
    assert link and client.get(link[1]).status_code == 200


def test_what_the_comite_answered_is_in_it_for_who_takes_part(cast: Cast, campaign: Campaign, sign_in) -> None:
    factories.make_response(structure=cast.structure, campaign=campaign)
    asked = ask_question(
        campaign=campaign, structure=cast.structure, field_code="clas", text="Et le mercredi ?", by=cast.responsable
    )
    escalate_question(question=asked, by=cast.correspondant_caf)
    answer_question(question=asked, text="Le mercredi compte aussi.", by=cast.comite_technique)
    assert "Le mercredi compte aussi." in sign_in(cast.neighbour_responsable).get("/guide/?q=mercredi").content.decode()
    assert "mercredi" not in Client().get("/guide/").content.decode()


def test_the_whole_is_printed_with_its_pictures() -> None:
    content = guide_pdf([AnsweredQuestion("A : Clas", "Et le mercredi ?", "Le mercredi compte aussi.")])
    read = PdfReader(BytesIO(content))
    text = "\n".join(page.extract_text() for page in read.pages)
    for chapter in CHAPTERS:
        assert chapter.title.split(" ")[-1] in text
    assert "Le mercredi compte aussi." in text
    used = {m for chapter in CHAPTERS for m in re.findall(r"images/([a-z-]+\.png)", chapter.path.read_text("utf-8"))}
    assert used and used <= {path.name for path in IMAGES.glob("*.png")}
    assert sum(len(page.images) for page in read.pages) >= len(used)


def test_anchors_are_plain() -> None:
    assert anchor_of("3. Répondre : l’essentiel !") == "3-repondre-l-essentiel"
