"""The entry in a real browser: autosave, totals, conditions, checks, conflicts, a cut network, the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from tests import factories
from tests.browser.conftest import Visit, assert_accessible, sign_in

COMPLETE = {"salaries_total": 5, "etp_total": "3.5", "budget_total": 1000, "budget_caf": 600, "budget_autres": 400}


@pytest.fixture
def response(transactional_db: None) -> Response:
    cast = factories.make_cast()
    return factories.make_response(structure=cast.structure, campaign=factories.make_campaign())


@pytest.fixture
def director(response: Response) -> Any:
    return response.structure.mandates.get(role="responsable").user


def section(response: Response, code: str) -> str:
    return f"/saisie/{response.pk}/rubrique/{code}/"


def state_of(page: Page, code: str) -> Any:
    return page.locator(f"[data-field={code}] [data-state]").first


def stored(response: Response, code: str) -> Any:
    response.refresh_from_db()
    return response.values.get(code, {}).get("valeur")


def test_field_is_saved_as_it_is_left_and_the_check_shows(
    response: Response, director: Any, visit: Visit, errors: list[str]
) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.fill("#champ-salaries_total", "3")
    page.fill("#champ-etp_total", "4,5")
    page.press("#champ-etp_total", "Tab")
    expect(state_of(page, "etp_total")).to_have_text("Enregistré")
    check = page.locator("[data-rule=ETP_SALARIES]")
    expect(check).to_have_count(2)
    expect(check.first).to_contain_text("4,5\u00a0ETP")

    page.fill("#champ-etp_total", "2,5")
    page.press("#champ-etp_total", "Tab")
    expect(check).to_have_count(0)
    assert stored(response, "etp_total") == "2.5"
    assert errors == []


def test_probable_error_is_told_while_typing_and_corrected_by_a_click(
    response: Response, director: Any, visit: Visit, errors: list[str]
) -> None:
    page = visit(director)
    page.goto(section(response, "finances"))
    for code, value in (("budget_caf", "60000"), ("budget_autres", "40000"), ("budget_total", "1000000")):
        page.fill(f"#champ-{code}", value)
        page.press(f"#champ-{code}", "Tab")
        expect(state_of(page, code)).to_have_text("Enregistré")
    hint = page.locator("[data-hint]")
    expect(hint).to_have_count(1)
    expect(hint).to_contain_text("un zéro de trop ?")
    hint.get_by_role("button", name="Remplacer par 100000").click()
    expect(state_of(page, "budget_total")).to_have_text("Enregistré")
    expect(hint).to_have_count(0)
    assert stored(response, "budget_total") == 100_000
    assert errors == []


def test_refused_value_says_why_and_stays_in_the_field(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.fill("#champ-salaries_total", "douze")
    page.press("#champ-salaries_total", "Tab")
    expect(page.locator("#erreur-salaries_total")).to_contain_text("n’est pas un nombre")
    expect(page.locator("[data-savebar]")).to_contain_text("pas enregistrée")
    assert page.input_value("#champ-salaries_total") == "douze"
    assert stored(response, "salaries_total") is None


def test_total_of_a_grid_follows_and_a_row_can_be_not_concerned(
    response: Response, director: Any, visit: Visit
) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.fill("#champ-personnes_animation", "1200")
    page.fill("#champ-personnes_administratif", "34")
    page.press("#champ-personnes_administratif", "Tab")
    expect(page.locator("#champ-personnes_ensemble")).to_have_text("1\u202f234")
    page.check("[data-nc-row][value~=etp_administratif]")
    expect(page.locator("#champ-personnes_ensemble")).to_have_text("1\u202f200")
    response.refresh_from_db()
    assert response.values["personnes_administratif"]["etat"] == "non_concerne"
    assert response.values["etp_administratif"]["etat"] == "non_concerne"


def test_conditional_question_appears_without_reload(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(section(response, "activites"))
    expect(page.locator("#q-clas_enfants")).to_be_hidden()
    page.get_by_role("group", name="Le centre mène-t-il un CLAS ?").get_by_label("Oui").check()
    expect(page.locator("#q-clas_enfants")).to_be_visible()
    page.get_by_role("group", name="Le centre mène-t-il un CLAS ?").get_by_label("Non", exact=True).check()
    expect(page.locator("#q-clas_enfants")).to_be_hidden()


def test_two_browsers_on_one_field_see_both_values_and_choose(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    deputy = response.structure.mandates.get(role="suppleant").user
    save_values(response=response, inputs={"salaries_total": "8"}, by=deputy)
    page.fill("#champ-salaries_total", "9")
    page.press("#champ-salaries_total", "Tab")
    conflict = page.locator(".sn-conflict")
    expect(conflict).to_contain_text("8 personnes")
    expect(conflict).to_contain_text("Vous : 9")
    assert stored(response, "salaries_total") == 8

    conflict.get_by_role("button", name="Garder la mienne").click()
    expect(state_of(page, "salaries_total")).to_have_text("Enregistré")
    assert stored(response, "salaries_total") == 9


def test_network_cut_in_the_middle_of_a_section_loses_nothing(
    response: Response, director: Any, visit: Visit, context: BrowserContext
) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    context.set_offline(True)
    for code, value in (("salaries_total", "6"), ("etp_total", "4"), ("salaries_total", "7")):
        page.fill(f"#champ-{code}", value)
        page.press(f"#champ-{code}", "Tab")
    expect(state_of(page, "etp_total")).to_have_text("En attente d’envoi")
    expect(page.locator("[data-savebar]")).to_contain_text("gardées sur cet appareil")
    assert stored(response, "salaries_total") is None

    context.set_offline(False)
    expect(page.locator("[data-savebar]")).to_contain_text("Tout est enregistré")
    assert (stored(response, "salaries_total"), stored(response, "etp_total")) == (7, "4")


def test_what_waits_survives_a_closed_tab(
    response: Response, director: Any, visit: Visit, context: BrowserContext
) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.route("**/valeurs/", lambda route: route.abort())
    page.fill("#champ-salaries_total", "6")
    page.press("#champ-salaries_total", "Tab")
    expect(state_of(page, "salaries_total")).to_have_text("En attente d’envoi")
    page.close()

    again = context.new_page()
    again.goto(section(response, "emplois"))
    expect(again.locator("#champ-salaries_total")).to_have_value("6")
    expect(state_of(again, "salaries_total")).to_have_text("Enregistré")
    assert stored(response, "salaries_total") == 6


def test_two_tabs_keep_what_each_has_waiting(
    response: Response, director: Any, visit: Visit, context: BrowserContext
) -> None:
    tabs = {"salaries_total": visit(director), "etp_total": context.new_page()}
    for code, page in tabs.items():
        page.goto(section(response, "emplois"))
        page.route("**/valeurs/", lambda route: route.abort())
        page.fill(f"#champ-{code}", "6")
        page.press(f"#champ-{code}", "Tab")
        expect(state_of(page, code)).to_have_text("En attente d’envoi")
    for page in tabs.values():
        page.close()
    again = context.new_page()
    again.goto(section(response, "emplois"))
    expect(again.locator("[data-savebar]")).to_contain_text("Tout est enregistré")
    assert (stored(response, "salaries_total"), stored(response, "etp_total")) == (6, "6")


def test_last_year_is_taken_over_field_by_field(director: Any, response: Response, visit: Visit) -> None:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=response.structure,
        campaign=former,
        values={"salaries_total": 12, "benevoles_actifs": 30},
        state=ResponseState.VALIDATED,
    )
    page = visit(director)
    page.goto(section(response, "emplois"))
    expect(page.locator("[data-field=salaries_total] .sn-previous")).to_contain_text("12 personnes")
    page.get_by_role("button", name="Pareil en 2025 ?").click()
    expect(state_of(page, "salaries_total")).to_contain_text("confirmé")
    page.get_by_role("button", name="Tout reprendre de").click()
    expect(page.locator("#champ-benevoles")).to_have_value("30")
    response.refresh_from_db()
    assert {response.values[code]["provenance"] for code in ("salaries_total", "benevoles")} == {"reprise"}
    expect(state_of(page, "salaries_total")).to_have_text("comme l’an dernier, confirmé")
    expect(state_of(page, "benevoles")).to_have_text("repris de l’an dernier")


def test_keyboard_alone_fills_and_goes_on(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.focus("#champ-salaries_total")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("#champ-etp_total")).to_be_focused()
    page.keyboard.type("3,5")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continuer : D. Finances").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrique/finances/")
    assert (stored(response, "salaries_total"), stored(response, "etp_total")) == (5, "3.5")


def test_director_explains_sends_and_gets_a_receipt(response: Response, director: Any, visit: Visit) -> None:
    campaign, structure = response.campaign, response.structure
    Response.objects.filter(pk=response.pk).delete()
    response = factories.make_response(
        structure=structure, campaign=campaign, values={**COMPLETE, "budget_autres": 300, "clas": False}
    )
    page = visit(director)
    page.goto(f"/saisie/{response.pk}/verifier/")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("demandent une explication")
    page.get_by_label("Votre explication").fill("Une subvention de 100 € n’entre dans aucune case.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("heading", name="Réponse envoyée")).to_be_visible()
    response.refresh_from_db()
    assert response.state == ResponseState.SUBMITTED
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF de l’enquête").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert_accessible(page, f"/saisie/{response.pk}/envoyee/")
    page.goto(section(response, "emplois"))
    expect(page.locator("#champ-salaries_total")).to_be_disabled()


def test_without_script_the_form_saves_a_section(
    response: Response, director: Any, new_context: Callable[..., BrowserContext], live_server: object
) -> None:
    context = new_context(java_script_enabled=False)
    sign_in(context, director, str(live_server))
    page = context.new_page()
    page.goto(section(response, "emplois"))
    page.fill("#champ-salaries_total", "5")
    page.fill("#champ-etp_total", "abc")
    page.press("#champ-etp_total", "Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("n’est pas un nombre")
    expect(page.locator("#champ-etp_total")).to_have_value("abc")
    assert stored(response, "salaries_total") == 5
    page.fill("#champ-etp_total", "4")
    page.get_by_role("button", name="Continuer : D. Finances").click()
    page.wait_for_url("**/rubrique/finances/")
    assert stored(response, "etp_total") == "4"


def test_every_page_of_the_entry_is_accessible(
    response: Response, director: Any, visit: Visit, errors: list[str]
) -> None:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=response.structure,
        campaign=former,
        values={"salaries_total": 12, "benevoles_actifs": 30},
        state=ResponseState.VALIDATED,
    )
    save_values(response=response, inputs={"salaries_total": "2", "etp_total": "4", "clas": "oui"}, by=director)
    page = visit(director)
    for path in (
        "",
        "preparation/",
        "rubrique/emplois/",
        "rubrique/activites/",
        "question/benevoles/",
        "verifier/",
        "reponses/",
    ):
        assert_accessible(page, f"/saisie/{response.pk}/{path}")
    for path in ("/saisie/equipe/", "/saisie/aide/"):
        assert_accessible(page, path)
    assert errors == []


def test_nominative_text_says_what_it_saw_and_a_nir_is_not_saved(
    response: Response, director: Any, visit: Visit
) -> None:
    page = visit(director)
    page.goto(section(response, "activites"))
    page.fill("#champ-commentaire", "Écrire à jeanne.martin@exemple.fr")
    page.press("#champ-commentaire", "Tab")
    expect(state_of(page, "commentaire")).to_contain_text("adresse")
    page.fill("#champ-commentaire", "Le salarié 2 69 05 49 588 157 80 est parti")
    page.press("#champ-commentaire", "Tab")
    expect(page.locator("#erreur-commentaire")).to_contain_text("sécurité sociale")
    assert stored(response, "commentaire") == "Écrire à jeanne.martin@exemple.fr"
    page.fill("#champ-commentaire", "Un salarié est parti")
    page.press("#champ-commentaire", "Tab")
    expect(state_of(page, "commentaire")).to_have_text("Enregistré")


def test_response_that_holds_a_nir_is_not_sent(response: Response, director: Any, visit: Visit) -> None:
    # As an older version, or another way in, could have stored it.
    values = {**COMPLETE, "clas": False, "commentaire": "2 69 05 49 588 157 80"}
    campaign, structure = response.campaign, response.structure
    Response.objects.filter(pk=response.pk).delete()
    response = factories.make_response(structure=structure, campaign=campaign, values=values)
    page = visit(director)
    page.goto(f"/saisie/{response.pk}/verifier/")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("sécurité sociale")
    response.refresh_from_db()
    assert response.state == ResponseState.DRAFT


def test_unclear_question_is_asked_answered_and_read_at_its_place(
    response: Response, director: Any, visit: Visit, new_context: Callable[..., BrowserContext], live_server: object
) -> None:
    page = visit(director)
    page.goto(section(response, "emplois"))
    page.locator("#q-benevoles").get_by_role("link", name="Cette question n’est pas claire").click()
    page.get_by_label("Qu’est-ce qui n’est pas clair ?").fill("Les administrateurs comptent-ils ?")
    page.get_by_role("button", name="Envoyer la question").click()
    expect(page.locator("#q-benevoles")).to_contain_text("la réponse se lira ici")

    other = new_context()
    sign_in(other, factories.User.objects.get(email="caf@exemple.fr"), str(live_server))
    office = other.new_page()
    assert_accessible(office, "/suivi/questions/")
    office.get_by_label("Votre réponse").fill("Oui : ils donnent aussi de leur temps.")
    office.get_by_role("button", name="Répondre à la structure").click()
    expect(office.locator("main")).to_contain_text("Déjà répondues")
    page.goto(section(response, "emplois"))
    expect(page.locator("#q-benevoles")).to_contain_text("ils donnent aussi de leur temps")


def test_responsable_invites_and_removes_a_deputy(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(f"/saisie/{response.pk}/")
    page.get_by_role("link", name="Inviter ou retirer un suppléant").click()
    for label, text in (("Prénom", "Inès"), ("Nom", "Roche"), ("Courriel", "ines.roche@exemple.fr")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("Une invitation est partie à ines.roche@exemple.fr")
    page.get_by_role("button", name="Reprendre l’invitation de Inès Roche").click()
    expect(page.get_by_role("alert")).to_contain_text("n’ouvre plus rien")


def test_ticks_of_the_preparation_are_remembered(response: Response, director: Any, visit: Visit) -> None:
    page = visit(director)
    page.goto(f"/saisie/{response.pk}/preparation/")
    page.get_by_label("Tableau des effectifs").check()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Tableau des effectifs")).to_be_checked()
