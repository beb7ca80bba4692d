"""Public pages work without an account, show what is published and nothing else."""

import csv
import hashlib
import io
import re
from pathlib import Path

import pytest
from django.test import Client

from senacs.observatory.models import Release
from tests import factories

PAGES = ["/", "/territoires/", "/territoires/france/", "/methode/", "/publications/", "/structures/"]


def text_of(response) -> str:  # type: ignore[no-untyped-def]
    content = response.content.decode()
    return " ".join(
        re.sub(r"<[^>]+>", " ", content).replace("&nbsp;", " ").replace("\u202f", " ").replace("\xa0", " ").split()
    )


@pytest.mark.parametrize("url", PAGES)
def test_page_works_before_any_release(client: Client, db: None, url: str) -> None:
    factories.make_structure()
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", [*PAGES, "/territoires/region/84/", "/territoires/departement/69/"])
def test_page_works_with_a_release(client: Client, published: Release, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


def test_home_shows_key_figures_with_their_respondents(client: Client, published: Release) -> None:
    text = text_of(client.get("/"))
    # 108 validated responses: the sum worked out in tests/observatory.
    assert "108 réponses validées pour 120 structures interrogées (90 %)" in text
    assert "Budget total de fonctionnement" in text and "somme des 108 répondants" in text


def test_territory_compares_with_the_wider_ones(client: Client, published: Release) -> None:
    text = text_of(client.get("/territoires/departement/69/"))
    assert "Département 69" in text
    kinds = "centres sociaux espaces de vie sociale"
    assert re.search(rf"en moyenne par structure {kinds} Département 69 .* Région 84 .* France", text)


def test_hidden_figure_says_so(client: Client, published: Release) -> None:
    text = text_of(client.get("/territoires/departement/62/"))
    # Three structures in 62: neither their sum nor their mean may appear, nor how many they are.
    key = text[text.index("Équivalents temps plein") : text.index("Structures qui mènent un CLAS")]
    assert key.count("masqué (secret statistique)") >= 2
    assert "répondants" not in key


@pytest.mark.parametrize(
    "url", ["/territoires/departement/00/", "/territoires/commune/26362/", "/structures/inconnue/"]
)
def test_unknown_is_404(client: Client, published: Release, url: str) -> None:
    assert client.get(url).status_code == 404


def test_territory_download_holds_its_cells_only(client: Client, published: Release) -> None:
    response = client.get("/territoires/departement/62/chiffres.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["territory"] for row in rows} == {"62"}
    assert all(row["value"] == row["n"] == "secret" for row in rows if row["status"] != "published")


def test_published_files_have_the_printed_checksum(client: Client, published: Release) -> None:
    page = client.get("/publications/").content.decode()
    for entry in published.files:
        response = client.get(f"/publications/{published.name}/{entry['name']}")
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert entry["sha256"] in page


def test_file_outside_the_release_is_not_served(client: Client, published: Release) -> None:
    assert (published.directory / "manifest.json").exists()
    assert client.get(f"/publications/{published.name}/manifest.json").status_code == 404
    assert client.get(f"/publications/{published.name}/..%2f..%2fsecret").status_code == 404


def test_candidate_is_not_public(client: Client, published: Release) -> None:
    Release.objects.update(state="candidate", published_at=None)
    assert client.get(f"/publications/{published.name}/cells.csv.gz").status_code == 404
    assert "Aucune campagne n’est encore publiée" in text_of(client.get("/publications/"))


def test_search_leads_to_the_territory(client: Client, published: Release) -> None:
    assert client.get("/territoires/", {"q": "69"}).headers["Location"] == "/territoires/departement/69/"
    assert client.get("/territoires/", {"q": "ville 59"}).headers["Location"] == "/territoires/commune/59001/"
    assert "Aucun territoire" in text_of(client.get("/territoires/", {"q": "atlantide"}))


def test_register_filters(client: Client, db: None) -> None:
    nord = factories.make_departement("59", "Nord", region="32")
    lille = factories.make_commune("59350", "Lille", departement=nord)
    factories.make_structure(name="Centre social de Fives", commune=lille)
    factories.make_structure(name="Le Plan", kind="EVS")
    assert "Le Plan" not in text_of(client.get("/structures/", {"departement": "59"}))
    assert "Fives" not in text_of(client.get("/structures/", {"kind": "EVS"}))
    assert "Fives" in text_of(client.get("/structures/", {"city": "lille", "name": "fives"}))
    assert "Aucune structure ne répond" in text_of(client.get("/structures/", {"name": "introuvable"}))


@pytest.mark.parametrize("count", [1, 3])
def test_register_list_takes_the_same_queries(client: Client, db: None, django_assert_num_queries, count: int) -> None:  # type: ignore[no-untyped-def]
    factories.make_structures(count)
    client.get("/structures/")
    with django_assert_num_queries(4):
        client.get("/structures/")


def test_identity_sheet_shows_the_register(client: Client, db: None) -> None:
    structure = factories.make_structure(name="Centre social du Plan", project_axes=["Familles", "Jeunesse"])
    text = text_of(client.get(f"/structures/{structure.code}/"))
    assert "Centre social du Plan" in text
    assert "Familles" in text
    assert "ne sont jamais publiées" in text


def test_signed_in_person_sees_the_same_page(client: Client, published: Release, cast: factories.Cast) -> None:
    client.force_login(cast.nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200


def test_public_pages_import_nothing_of_the_answers() -> None:
    folder = Path(__file__).parents[3] / "senacs" / "web" / "public"
    for path in folder.glob("*.py"):
        assert not re.search(r"senacs\.(collection|review)", path.read_text(encoding="utf-8")), path.name


def test_catalogue_describes_each_file_at_an_absolute_address(client: Client, published: Release) -> None:
    response = client.get("/catalogue.jsonld")
    assert response.headers["Content-Type"] == "application/ld+json"
    dataset = response.json()["dcat:dataset"][0]
    assert dataset["dct:identifier"] == f"senacs-{published.name}"
    assert [d["dct:title"] for d in dataset["dcat:distribution"]] == [entry["name"] for entry in published.files]
    for distribution in dataset["dcat:distribution"]:
        url = distribution["dcat:downloadURL"]["@id"]
        content = b"".join(client.get(url).streaming_content)  # type: ignore[attr-defined]
        assert url.startswith("http://testserver/")
        assert hashlib.sha256(content).hexdigest() == distribution["spdx:checksum"]["spdx:checksumValue"]["@value"]


def test_estimate_for_all_structures_stands_beside_what_was_declared(client: Client, published: Release) -> None:
    home, note = text_of(client.get("/")), text_of(client.get("/methode/"))
    # France tells the whole network first, then what respondents add up to; a département the other way round.
    budget = home[home.index("Budget total de fonctionnement") :]
    found = re.match(
        r".*?fonctionnement ([\d,]+) M€ estimation, entre ([\d,]+) M€ et ([\d,]+) M€ .*?"
        r"estimation pour toutes les structures, entre \2 M€ et \3 M€ ; entre "
        r"[\d,]+ M€ et [\d,]+ M€ si les silencieuses diffèrent des autres somme des 108 répondants : ([\d,]+) M€",
        budget,
    )
    assert found is not None
    value, low, high, declared = (float(text.replace(",", ".")) for text in found.groups())
    assert declared < low < value < high
    page = text_of(client.get("/territoires/departement/69/"))
    assert re.search(r"\(33 répondants\) [\d,]+ M€ .*?estimation pour toutes les structures : [\d,]+ M€ \(entre ", page)
    assert "Comment les totaux sont étendus" in note and "Budget total de fonctionnement" in note


def test_theme_is_a_page_with_its_table(client: Client, published: Release) -> None:
    overview = client.get("/territoires/departement/69/").content.decode()
    assert 'href="/territoires/departement/69/finances/"' in overview
    text = text_of(client.get("/territoires/departement/69/finances/"))
    assert "Tableau comparé" in text
    assert "Budget total de fonctionnement, centres sociaux en moyenne par structure" in text
    assert "Budget total de fonctionnement, espaces de vie sociale en moyenne par structure" in text


def test_hidden_figure_of_a_theme_says_so(client: Client, published: Release) -> None:
    text = text_of(client.get("/territoires/departement/62/finances/"))
    assert re.search(r"Budget total de fonctionnement, centres sociaux en moyenne par structure masqué masqué", text)


@pytest.mark.parametrize("theme", ["inconnu", "gouvernance"])
def test_theme_of_which_nothing_is_published_is_404(client: Client, published: Release, theme: str) -> None:
    assert client.get(f"/territoires/departement/69/{theme}/").status_code == 404


def test_structures_of_a_territory_come_by_pages(client: Client, published: Release) -> None:
    first = client.get("/territoires/france/FR/structures/").content.decode()
    assert first.count('href="/structures/') == 50 + 2  # and the ways to the register: menu, its own search
    last = client.get("/territoires/france/FR/structures/?page=3").content.decode()
    assert last.count('href="/structures/') == 20 + 2


def test_home_says_what_came_out_last(client: Client, published: Release) -> None:
    text = text_of(client.get("/"))
    assert "Vous dirigez une structure" in text
    assert f"Données {published.campaign.data_year}, publiées le" in text


def test_method_tells_who_answers_and_who_does_not(client: Client, published: Release) -> None:
    note = text_of(client.get("/methode/"))
    told = note[note.index("Qui répond, qui se tait") : note.index("Comment les totaux sont étendus")]
    # One structure in ten is silent, all of them centres, half of them associations.
    assert re.search(r"Mode de gestion Associatif 60 54 6 90 % ", told)
    assert re.search(r"Type de structure Centres sociaux 72 60 12 83 % ", told)
    # And what an attacker found in the files, reader by reader.
    attacked = note[note.index("Ce que trouve qui attaque la publication") :]
    assert re.search(r"D’un seul côté Oui ou non fixés Lecteur extérieur \d+ 0 0 0 0 ", attacked)
    assert "Sommes exactes de trop peu de gestionnaires, par addition ou soustraction de chiffres : 0." in attacked
