"""Ways of answering other than typing online, what waits for a choice, the keyboard alone, a phone, every page."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from senacs.accounts.models import User
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.proposals import propose_values
from senacs.collection.services import save_values
from senacs.collection.tokens import create_token
from senacs.collection.workbook import layout
from senacs.exchange.services import ask_question
from senacs.review.services import refresh_flags
from tests import factories
from tests.browser.conftest import Visit, assert_accessible, sign_in
from tests.factories import Cast

NewContext = Callable[..., BrowserContext]
COMPLETE = {"salaries_total": 5, "etp_total": "3.5", "budget_total": 1000, "budget_caf": 600, "budget_autres": 400}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return factories.make_cast()


@pytest.fixture
def response(cast: Cast) -> Response:
    return factories.make_response(structure=cast.structure, campaign=factories.make_campaign())


def section(response: Response, code: str) -> str:
    return reverse("saisie_section", args=[response.pk, code])


def stored(response: Response, code: str) -> Any:
    response.refresh_from_db()
    return response.values.get(code, {}).get("valeur")


def filled(content: bytes, values: dict[str, Any]) -> bytes:
    """The workbook with answers typed in, by program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1):
            if row[layout.CODE].value in values:
                row[layout.VALUE].value = values[row[layout.CODE].value]
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def other_person(user: User, new_context: NewContext, live_server: object) -> Page:
    context = new_context(viewport={"width": 1280, "height": 900})
    sign_in(context, user, str(live_server))
    return context.new_page()


def test_workbook_goes_down_is_filled_by_program_and_applied(
    response: Response, cast: Cast, visit: Visit, tmp_path: Path
) -> None:
    save_values(response=response, inputs={"salaries_total": "5"}, by=cast.suppleant)
    page = visit(cast.responsable)
    page.goto(reverse("saisie_dashboard", args=[response.pk]))
    page.get_by_role("link", name="Remplir dans un classeur").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le classeur").click()
    answers = {"salaries_total": 6, "etp_total": "beaucoup", "clas": "Oui", "clas_enfants": 12}
    path = tmp_path / download.value.suggested_filename
    path.write_bytes(filled(download.value.path().read_bytes(), answers))
    # Meanwhile, online: the same field.
    save_values(response=response, inputs={"clas_enfants": "9"}, by=cast.suppleant)
    page.get_by_label("Votre classeur rempli").set_input_files(path)
    page.get_by_role("button", name="Voir ce qui change").click()

    expect(page.get_by_role("heading", name="Ce que change le classeur")).to_be_visible()
    assert_accessible(page, page.url)
    refused = page.get_by_role("region", name="Refusées")
    expect(refused).to_contain_text("« beaucoup » n’est pas un nombre")
    expect(refused).to_contain_text("C. Emplois, C5")
    expect(page.get_by_role("region", name="Modifiées en ligne entre-temps")).to_contain_text("Enfants accompagnés")
    assert stored(response, "salaries_total") == 5
    page.get_by_label("Prendre celle du classeur").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Classeur appliqué")
    assert (stored(response, "salaries_total"), stored(response, "clas_enfants")) == (6, 12)
    assert stored(response, "clas") is True
    assert stored(response, "etp_total") is None


def test_value_entered_on_behalf_is_contested_and_validation_waits(
    response: Response, cast: Cast, visit: Visit, new_context: NewContext, live_server: object
) -> None:
    office = other_person(cast.correspondant_caf, new_context, live_server)
    office.goto(section(response, "finances"))
    expect(office.locator("main")).to_contain_text("Saisie pour le compte de")
    office.fill("#champ-budget_total", "1000")
    office.press("#champ-budget_total", "Tab")
    expect(office.locator("[data-savebar]")).to_contain_text("Tout est enregistré")

    page = visit(cast.responsable)
    page.goto(reverse("saisie_dashboard", args=[response.pk]))
    page.get_by_role("link", name="1 valeur saisie pour vous").click()
    page.get_by_text("Contester Budget total de fonctionnement").click()
    page.get_by_label("Pourquoi").fill("Le compte de résultat dit 1 200 €.")
    page.get_by_role("button", name="Contester cette valeur").click()
    page.get_by_text("La valeur est contestée").wait_for()

    answers = {"salaries_total": "5", "etp_total": "3,5", "budget_caf": "600", "budget_autres": "400", "clas": "non"}
    save_values(response=response, inputs=answers, by=cast.responsable)
    refresh_flags(response=Response.objects.get(pk=response.pk))
    factories.sign(response, ResponseState.SUBMITTED, by=cast.responsable)
    office.goto(reverse("suivi_response", args=[response.pk]))
    expect(office.locator("main")).to_contain_text("valeur contestée")
    # What would be refused is not offered: the page says why.
    expect(office.locator("main")).to_contain_text("Pas encore à valider.")
    expect(office.get_by_role("button", name="Valider")).to_have_count(0)


def test_proposals_of_the_software_are_accepted_in_the_browser(response: Response, cast: Cast, visit: Visit) -> None:
    token, _ = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=response, token=token, values={"salaries_total": 12, "etp_total": 7.5})
    page = visit(cast.responsable)
    page.goto(reverse("saisie_proposals", args=[response.pk]))
    save_values(response=response, inputs={"etp_total": "3"}, by=cast.suppleant)
    page.get_by_role("button", name="Tout accepter").click()
    expect(page.locator("main")).to_contain_text("votre réponse a changé entre-temps")
    expect(page.locator("table")).to_contain_text("3\u00a0ETP")
    assert (stored(response, "salaries_total"), stored(response, "etp_total")) == (12, "3")


def test_refused_value_and_conflict_wait_for_a_choice_whatever_page_is_open(
    response: Response, cast: Cast, visit: Visit, context: BrowserContext
) -> None:
    page = visit(cast.responsable)
    page.goto(section(response, "emplois"))
    page.fill("#champ-salaries_total", "douze")
    page.press("#champ-salaries_total", "Tab")
    expect(page.locator("#erreur-salaries_total")).to_contain_text("n’est pas un nombre")
    page.reload()
    expect(page.locator("#champ-salaries_total")).to_have_value("douze")
    expect(page.locator("#erreur-salaries_total")).to_contain_text("n’est pas un nombre")

    # Typed without a network, the tab closed; somebody else answers; another page sends what waited.
    page.route("**/valeurs/", lambda route: route.abort())
    page.fill("#champ-salaries_total", "7")
    page.press("#champ-salaries_total", "Tab")
    expect(page.locator("[data-savebar]")).to_contain_text("gardées sur cet appareil")
    page.close()
    save_values(response=response, inputs={"salaries_total": "8"}, by=cast.suppleant)
    again = context.new_page()
    again.goto(reverse("saisie_review", args=[response.pk]))
    told = again.get_by_role("status")
    expect(told).to_contain_text("attend votre choix")
    assert_accessible(again, again.url)
    told.get_by_role("link", name="Emplois").click()
    box = again.locator("[data-field=salaries_total] .sn-conflict")
    expect(box).to_contain_text("a répondu entre-temps : 8\u00a0personnes. Vous : 7.")
    box.get_by_role("button", name="Garder la mienne").click()
    expect(again.locator("[data-savebar]")).to_contain_text("Tout est enregistré")
    assert stored(response, "salaries_total") == 7
    again.reload()
    expect(again.locator(".sn-conflict")).to_have_count(0)


def test_whole_questionnaire_by_the_keyboard_alone(response: Response, cast: Cast, visit: Visit) -> None:
    page = visit(cast.responsable)
    page.goto(reverse("saisie_dashboard", args=[response.pk]))

    def reach(name: str, role: str = "link") -> None:
        """Tab until the link or button of that name has the focus, as somebody without a mouse does."""
        for _ in range(150):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.textContent.trim()")
            if focused.startswith(name):
                return
        pytest.fail(f"{role} « {name} » is not reached by the keyboard")

    def type_in(code: str, text: str) -> None:
        for _ in range(60):
            if page.evaluate("document.activeElement.id") == f"champ-{code}":
                page.keyboard.type(text)
                return
            page.keyboard.press("Tab")
        pytest.fail(f"{code} is not reached by the keyboard")

    reach("Aller au contenu")
    page.keyboard.press("Enter")
    reach("Commencer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrique/emplois/**")
    type_in("salaries_total", "5")
    type_in("etp_total", "3,5")
    reach("Continuer", "button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrique/finances/**")
    for code, text in (("budget_total", "1000"), ("budget_caf", "600"), ("budget_autres", "400")):
        type_in(code, text)
    reach("Continuer", "button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrique/activites/**")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "v-clas":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("[data-field=clas] [data-state]")).to_have_text("Enregistré")
    assert stored(response, "clas") is False
    reach("Vérifier et envoyer", "button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verifier/**")
    reach("Envoyer ma réponse", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Réponse envoyée")).to_be_visible()
    response.refresh_from_db()
    assert response.state == ResponseState.SUBMITTED


def test_section_is_filled_on_a_phone(response: Response, cast: Cast, visit: Visit) -> None:
    page = visit(cast.responsable)
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto(section(response, "emplois"))
    for code, text in (("salaries_total", "5"), ("personnes_animation", "3"), ("etp_animation", "2,5")):
        control = page.locator(f"#champ-{code}")
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 40, f"{code} is too small for a thumb"
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        control.fill(text)
    page.keyboard.press("Tab")
    expect(page.locator("#champ-personnes_ensemble")).to_have_text("3")
    expect(page.locator("[data-savebar]")).to_contain_text("Tout est enregistré")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/rubrique/finances/")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Voir avec Mme Durand pour le planning", "Mme Durand"),
        ("Rappeler au 06 12 34 56 78 le soir", "téléphone"),
        ("Écrire à jeanne.martin@exemple.fr", "adresse"),
    ],
)
def test_nominative_text_is_told_at_its_field(
    response: Response, cast: Cast, visit: Visit, typed: str, said: str
) -> None:
    page = visit(cast.responsable)
    page.goto(section(response, "activites"))
    page.fill("#champ-commentaire", typed)
    page.press("#champ-commentaire", "Tab")
    expect(page.locator("[data-field=commentaire] [data-state]").first).to_contain_text(said)
    assert stored(response, "commentaire") == typed


def test_every_page_of_the_entry_is_accessible_in_every_state(
    response: Response, cast: Cast, visit: Visit, errors: list[str], live_server: object, new_context: NewContext
) -> None:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    before = {"salaries_total": 12, "benevoles_actifs": 30}
    past = factories.make_response(
        structure=cast.structure, campaign=former, values=before, state=ResponseState.VALIDATED
    )
    inputs = {"salaries_total": "2", "etp_total": "4", "clas": "oui", "budget_total": "90", "budget_caf": "10"}
    save_values(response=response, inputs=inputs, by=cast.responsable)
    save_values(response=response, inputs={"budget_autres": "20"}, by=cast.correspondant_caf)
    ask_question(
        campaign=response.campaign,
        structure=cast.structure,
        field_code="benevoles",
        text="Les administrateurs comptent-ils ?",
        by=cast.suppleant,
    )
    token, _ = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=response, token=token, values={"benevoles": 12})
    page = visit(cast.responsable)
    pages = [
        *(f"rubrique/{code}/" for code in ("emplois", "finances", "activites")),
        *("", "preparation/", "verifier/", "reponses/", "classeur/", "logiciel/", "propositions/", "saisi-pour-vous/"),
        *("participation/", "question/benevoles/", "demandes/", "acces/", "fiche/", "tableaux/"),
    ]
    for path in pages:
        assert_accessible(page, f"/saisie/{response.pk}/{path}")
    for path in ("/saisie/equipe/", "/saisie/aide/", f"/saisie/{past.pk}/", f"/saisie/{past.pk}/rubrique/emplois/"):
        assert_accessible(page, path)
    assert errors == []
