"""One search over everything: a figure for a question, a place, a choice where several fit, never a silent jump."""

import pytest
from django.test import Client

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.territories.models import Commune
from senacs.web.public.asked_figures import answers_to, read_question
from senacs.web.public.figures import key_figures
from senacs.web.public.glossary import glossary
from senacs.web.public.search import search_site
from tests import factories
from tests.web.public.test_views import text_of


@pytest.fixture
def places(db: None) -> None:
    val = factories.make_departement("94", "Val-de-Marne", region="11")
    factories.make_departement("59", "Nord", region="32")
    factories.make_commune("94028", "Créteil", departement=val)
    factories.make_commune("12060", "Centrès", departement=factories.make_departement("12", "Aveyron", region="76"))


@pytest.mark.parametrize(
    ("query", "words", "place", "year"),
    [
        ("bénévoles nord 2024", ("benevoles",), "59", 2024),
        ("2024 Nord bénévoles", ("benevoles",), "59", 2024),
        ("combien de salariés dans le Val de Marne ?", ("salaries",), "94", None),
        ("heures de bénévolat créteil", ("heures", "benevolat"), "94028", None),
        ("centres sociaux nord", ("centres", "sociaux"), "59", None),
        ("bénévoles en France", ("benevoles",), "FR", None),
        ("bénévoles", ("benevoles",), None, None),
        ("nord", (), "59", None),
    ],
)
def test_question_is_read_in_any_order(
    places: None, query: str, words: tuple[str, ...], place: str | None, year: int | None
) -> None:
    found = read_question(query)
    assert (found.words, found.place.code if found.place else None, found.year) == (words, place, year)


def test_figure_is_that_of_its_page(client: Client, published: Release) -> None:
    year = published.campaign.data_year
    reader = reader_for(published)
    page = text_of(client.get("/recherche/", {"q": f"équivalents temps plein departement 69 {year}"}))
    cell = reader.cell("etp", "departement", "69") if "etp" in reader.indicators else None
    found = answers_to(read_question(f"équivalents temps plein departement 69 {year}"))
    assert found and found[0].place.code == "69" and found[0].release == published
    assert found[0].shown.text.replace("\u202f", " ").replace("\xa0", " ") in page
    assert f"publication {published.name}" in page
    assert cell is None or found[0].shown.n == cell.n
    assert client.get(found[0].url).status_code == 200


def test_hidden_figure_is_told_hidden(client: Client, published: Release) -> None:
    found = answers_to(read_question("équivalents temps plein departement 62"))
    assert all(answer.shown.is_suppressed or answer.place.code != "62" for answer in found)


def test_commune_is_answered_by_the_smallest_territory_that_is_told(client: Client, published: Release) -> None:
    commune = Commune.objects.filter(departement="69").first()
    assert commune is not None
    text = text_of(client.get("/recherche/", {"q": f"équivalents temps plein {commune.name}"}))
    assert f"Aucun chiffre n’est publié pour {commune.name}" in text


def test_year_without_release_says_so(client: Client, published: Release) -> None:
    assert "Aucune publication ne donne de chiffre pour 2003" in text_of(
        client.get("/recherche/", {"q": "équivalents temps plein departement 69 2003"})
    )


def test_one_place_opens_and_several_are_a_choice(client: Client, places: None) -> None:
    assert client.get("/recherche/", {"q": "creteil"}).headers["Location"] == "/territoires/commune/94028/"
    factories.make_commune("26001", "Créteil")
    text = text_of(client.get("/recherche/", {"q": "creteil"}))
    assert "territoires" in text and "Val-de-Marne, 94" in text and "Drôme, 26" in text


def test_place_does_not_open_over_a_structure_of_its_name(client: Client, places: None) -> None:
    factories.make_structure(name="Centre social de Créteil")
    text = text_of(client.get("/recherche/", {"q": "Créteil"}))
    assert "Centre social de Créteil" in text and "1 territoire" in text


@pytest.mark.parametrize("typed", ["cretteil", "crétiel", "creteill", "Val de Marme"])
def test_mistyped_place_is_offered_not_opened(client: Client, places: None, typed: str) -> None:
    text = text_of(client.get("/recherche/", {"q": typed}))
    assert ("Créteil" if "r" in typed[:2].lower() else "Val-de-Marne") in text


@pytest.mark.parametrize("query", ["zzzzzz", "%%%", "¿", " . "])
def test_what_leads_nowhere_says_so(client: Client, places: None, query: str) -> None:
    assert client.get("/recherche/", {"q": query}).status_code == 200
    assert search_site(query, None).is_empty


def test_words_of_the_glossary_are_found_by_their_other_names(client: Client, db: None) -> None:
    assert "Ateliers sociolinguistiques" in text_of(client.get("/recherche/", {"q": "apprentissage du français"}))
    page = client.get("/methode/glossaire/").content.decode()
    assert len({word.code for word in glossary()}) == len(glossary())
    assert all(f'id="{word.code}"' in page for word in glossary())


def test_a_figure_found_is_said_as_its_place_says_it(client: Client, published: Release) -> None:
    """Where a total is raised to all structures, the answer holds its value, not its bounds alone."""
    reader, compared = reader_for(published), 0
    for answer in answers_to(read_question("équivalents temps plein departement 69")):
        for key in key_figures(reader, answer.place):
            if key.label == answer.label:
                compared += 1
                assert (key.shown, key.raised, key.declared) == (answer.shown, answer.raised, answer.declared)
    assert compared
