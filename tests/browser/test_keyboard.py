"""The real questionnaire of 2026, with last year's answers, filled by the keyboard: none lost, none doubtful."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.structures.enums import StructureKind
from tests import real_year
from tests.browser.conftest import Visit, assert_accessible, axe_violations
from tests.real_year import RealYear

PASTE = """([id, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  const target = document.getElementById(id);
  target.focus();
  if (target.dispatchEvent(event)) target.setRangeText(text.trim(), 0, target.value.length, "end");
}"""


@pytest.fixture
def year(transactional_db: None) -> RealYear:
    return real_year.make_real_year(StructureKind.CENTRE_SOCIAL)


@pytest.fixture
def at(year: RealYear, visit: Visit) -> Any:
    page = visit(year.cast.responsable)

    def section(code: str) -> Page:
        page.goto(f"/saisie/{year.response.pk}/rubrique/{code}/")
        return page

    return section


def stored(year: RealYear, *codes: str) -> list[Any]:
    values = Response.objects.get(pk=year.response.pk).values
    return [None if code not in values else values[code]["valeur"] for code in codes]


def settled(page: Page) -> None:
    """Nothing is on its way: the bar may still say « enregistré » of an earlier value."""
    expect(page.locator("[data-status=saving]")).to_have_count(0)
    expect(page.locator("[data-savebar][data-status=saved]")).to_contain_text("Tout est enregistré")


def asked(page: Page, act: Callable[[], object]) -> tuple[str, str]:
    """Kind and words of the question that an act raises; answered no."""
    said: list[tuple[str, str]] = []
    page.once("dialog", lambda dialog: (said.append((dialog.type, dialog.message)), dialog.dismiss()))
    with page.expect_event("dialog"):
        act()
    return said[0]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_tab_goes_from_field_to_field_and_every_number_is_kept(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-salaries_direction")
    expected = ["salaries_direction", "etp_direction", "salaries_accueil", "etp_accueil", "salaries_referent_familles"]
    for code, text in zip(expected, "34567", strict=True):
        assert focused(page) == f"champ-{code}"
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    settled(page)
    assert stored(year, *expected) == [3, "4", 5, "6", 7]


def test_focus_selects_so_that_typing_replaces(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.fill("#champ-etp_accueil", "0,7")
    page.focus("#champ-etp_direction")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert focused(page) == "champ-etp_accueil"
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    settled(page)
    assert stored(year, "etp_direction", "etp_accueil") == ["1", "2"]


def test_enter_goes_down_then_to_the_next_question_and_never_sends(year: RealYear, at: Any) -> None:
    page = at("emplois")
    url = page.url
    page.focus("#champ-etp_technique")
    for text in ("1", "2", "30"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    settled(page)
    # « Ensemble » is calculated: after the last row, the question on contracts.
    assert stored(year, "etp_technique", "etp_autres", "contrats_cdi") == ["1", "2", 30]
    for _ in range(60):
        page.keyboard.press("Enter")
        if page.evaluate("document.activeElement.matches('[data-continue]')"):
            break
    else:
        pytest.fail("« Continuer » is not reached by Enter")
    assert page.url == url


def test_arrows_move_and_escape_restores(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-salaries_direction")
    page.keyboard.type("3")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "champ-etp_direction"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "champ-etp_accueil"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "champ-salaries_direction"
    page.keyboard.type("99")
    page.wait_for_timeout(1700)  # longer than the pause after which what is typed is saved
    page.keyboard.press("Escape")
    settled(page)
    assert page.input_value("#champ-salaries_direction") == "3"
    assert stored(year, "salaries_direction") == [3]


def test_pause_in_the_middle_of_a_number_does_not_change_what_is_typed_next(year: RealYear, at: Any) -> None:
    page = at("finances")
    page.focus("#champ-budget_total")
    page.keyboard.type("1234")
    expect(page.locator("[data-field=budget_total] [data-state]")).to_contain_text("Enregistré")
    page.keyboard.type("5,49")
    page.keyboard.press("Tab")
    expect(page.locator("[data-field=budget_total] [data-state]")).to_contain_text("noté 12\u202f345\u00a0€")
    expect(page.locator("#champ-budget_total")).to_have_value("12\u202f345")
    assert stored(year, "budget_total") == [12345]


def test_documented_key_reaches_what_tab_passes_by(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-salaries_accueil")
    page.keyboard.press("F2")
    assert "pareil" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    settled(page)
    assert focused(page) == "champ-salaries_accueil"
    assert stored(year, "salaries_accueil") == [year.last.values["salaries_accueil"]["valeur"]]
    page.keyboard.press("F2")
    for _ in range(6):
        if "n’est pas claire" in page.evaluate("document.activeElement.textContent"):
            break
        page.keyboard.press("F2")
    else:
        pytest.fail("« cette question n’est pas claire » is not reached by F2")
    page.keyboard.press("Escape")
    assert focused(page) == "champ-salaries_accueil"


def test_non_concerned_never_eats_a_number(year: RealYear, at: Any) -> None:
    page = at("emplois")
    row = page.locator("tr", has=page.locator("#champ-contrats_cdd"))
    page.focus("#champ-contrats_cdd")
    page.keyboard.type("4")
    row.locator("[data-nc-row]").check()
    settled(page)
    assert stored(year, "contrats_cdd") == [None]
    page.locator(".sn-summary").get_by_role("button", name="Annuler").click()
    settled(page)
    assert stored(year, "contrats_cdd") == [4]
    row.locator("[data-nc-row]").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    settled(page)
    assert stored(year, "contrats_cdd") == [7]


def test_block_of_a_spreadsheet_is_pasted_told_and_undone(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.fill("#champ-etp_accueil", "2")
    page.press("#champ-etp_accueil", "Tab")
    settled(page)
    block = "Poste\tSalariés\tETP\nDirection\t1\t1,0\nAccueil\t2\t1,5\nRéférent\tdeux\t0,8\t9\n"
    page.evaluate(PASTE, ["champ-salaries_direction", block])
    box = page.locator(".sn-summary")
    expect(box.get_by_role("status")).to_have_text("Collé : 5 cases remplies, 4 éléments refusés.")
    for text in ("n’est pas un nombre", "hors du tableau", "titres laissés de côté", "libellés de lignes"):
        expect(box).to_contain_text(text)
    codes = ("salaries_direction", "etp_direction", "salaries_accueil", "etp_accueil", "etp_referent_familles")
    assert stored(year, *codes) == [1, "1", 2, "1.5", "0.8"]
    assert stored(year, "salaries_referent_familles") == [None]
    page.keyboard.press("Control+z")
    expect(page.locator("[data-status=saving]")).to_have_count(0)
    expect(page.locator("#champ-etp_accueil")).to_have_value("2")
    assert stored(year, *codes) == [None, None, None, "2", None]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1\u202f234  1\u00a0250h30\n12  7h30", [1234, "1250.5", 12, "7.5"]),  # a mail, columns in spaces
        ("1\u202f234 900\n12 30", [1234, "900", 12, "30"]),  # a PDF
        ("1 234;900\r\n12;30\r\n", [1234, "900", 12, "30"]),
        ("12 345\n8 9", [None, None, 8, "9"]),  # 12 and 345, or 12 345: refused
    ],
)
def test_block_of_a_mail_or_a_pdf_is_pasted(year: RealYear, at: Any, text: str, values: list[Any]) -> None:
    page = at("emplois")
    page.evaluate(PASTE, ["champ-benevoles_reguliers", text])
    expect(page.locator(".sn-summary")).to_be_visible()
    settled(page)
    codes = ("benevoles_reguliers", "benevoles_heures_reguliers", "benevoles_occasionnels")
    assert stored(year, *codes, "benevoles_heures_occasionnels") == values


def test_amounts_each_with_its_sign_are_cut_there(year: RealYear, at: Any) -> None:
    page = at("finances")
    page.evaluate(PASTE, ["champ-charges_personnel", "CHARGES\nAchats 1 234,50 € 12 000 €\nServices 45 000 € 8 €"])
    expect(page.locator(".sn-summary")).to_be_visible()
    settled(page)
    assert stored(year, "charges_personnel", "charges_locaux") == [1235, 45000]


REFUSING = [
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('x', 'SecurityError'); }})",
    "Storage.prototype.setItem = () => { throw new DOMException('x', 'QuotaExceededError'); }",
    "Storage.prototype.setItem = () => { throw new Error('x'); }",
    "Object.defineProperty(window, 'localStorage', {get: () => null})",
]


@pytest.mark.parametrize("device", REFUSING, ids=["refused", "full", "any error", "none"])
def test_device_that_keeps_nothing_still_saves_and_says_what_is_true(year: RealYear, visit: Visit, device: str) -> None:
    page = visit(year.cast.responsable)
    page.add_init_script(device)
    page.goto(f"/saisie/{year.response.pk}/rubrique/emplois/")
    page.focus("#champ-salaries_direction")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    settled(page)
    assert stored(year, "salaries_direction") == [3]
    # A refused value is on this page alone: leaving it and signing out ask.
    page.keyboard.type("deux")
    page.keyboard.press("Tab")
    expect(page.locator("[data-field=etp_direction]")).to_contain_text("n’est pas un nombre")
    kind, _ = asked(page, lambda: page.evaluate("setTimeout(() => location.assign('/saisie/'))"))
    assert kind == "beforeunload"
    _, told = asked(page, page.get_by_role("button", name="Se déconnecter").click)
    assert told.startswith("Une réponse n’est pas enregistrée")
    page.route("**/valeurs/", lambda route: route.abort())
    page.focus("#champ-salaries_accueil")
    page.keyboard.type("2")
    with page.expect_event("requestfailed"):
        page.keyboard.press("Tab")
    bar = page.locator("[data-savebar]")
    expect(bar).to_contain_text("laissez cette page ouverte")
    expect(bar).not_to_contain_text("gardées sur cet appareil")


def test_signing_in_again_elsewhere_sends_what_this_page_alone_holds(year: RealYear, visit: Visit) -> None:
    page = visit(year.cast.responsable)
    page.add_init_script(REFUSING[1])
    page.goto(f"/saisie/{year.response.pk}/rubrique/emplois/")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.focus("#champ-salaries_direction")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-savebar]")).to_contain_text("Votre session a expiré")
    link = page.get_by_role("link", name="Se reconnecter dans un autre onglet")
    assert link.get_attribute("target") == "_blank"
    # The session is back, the token of the page is not: it was another session's.
    page.context.add_cookies([cookie for cookie in cookies if "session" in cookie["name"]])
    settled(page)
    assert stored(year, "salaries_direction") == [3]


def test_what_waits_is_not_sent_by_whoever_signs_in_next(year: RealYear, visit: Visit) -> None:
    page = visit(year.cast.responsable)
    page.goto(f"/saisie/{year.response.pk}/rubrique/emplois/")
    page.context.clear_cookies()
    other = visit(year.cast.suppleant)
    page.context.add_cookies([cookie for cookie in other.context.cookies() if "session" in cookie["name"]])
    page.focus("#champ-salaries_direction")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-savebar]")).to_contain_text("Votre session a expiré")
    assert stored(year, "salaries_direction") == [None]
    page.reload()
    expect(page.locator("#champ-salaries_direction")).to_have_value("")


def test_conflict_names_choices_by_their_words(year: RealYear, at: Any) -> None:
    page = at("emplois")
    save_values(
        response=year.response, inputs={"convention_collective": "fonction_publique"}, by=year.cast.suppleant
    )  # fmt: skip
    page.focus("#champ-convention_collective")
    page.keyboard.press("1")
    box = page.locator("[data-field=convention_collective] .sn-conflict")
    first, third = (year.fields["convention_collective"].options[place].label for place in (0, 2))
    expect(box).to_contain_text(f"Vous\u00a0: {first}.")
    expect(box).to_contain_text(third)


def test_real_section_and_its_summary_are_accessible(year: RealYear, at: Any) -> None:
    page = at("emplois")
    assert_accessible(page, page.url)
    page.evaluate(PASTE, ["champ-salaries_direction", "1\t1\n2\tdeux"])
    expect(page.locator(".sn-summary")).to_contain_text("n’est pas un nombre")
    assert axe_violations(page) == []
    expect(page.locator(".sn-keys-line")).to_have_count(1)


def test_answer_to_an_older_value_does_not_undo_the_newer(year: RealYear, at: Any) -> None:
    page = at("emplois")
    # The reply to the first value comes after the second was chosen.
    page.route("**/valeurs/", lambda route: (page.wait_for_timeout(400), route.continue_())[1])
    page.focus("#champ-contrats_cdd")
    page.keyboard.type("4")
    page.focus("#champ-contrats_aides")
    page.focus("#champ-contrats_cdd")
    page.keyboard.type("5")
    page.focus("#champ-contrats_aides")
    settled(page)
    expect(page.locator("#champ-contrats_cdd")).to_have_value("5")
    assert stored(year, "contrats_cdd") == [5]


def test_nothing_moves_under_a_pressed_mouse(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-vacataires")
    page.keyboard.type("0")
    label = page.locator("label[for='champ-convention_collective-fonction_publique']")
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    # The field that the mouse has just left is not saved before the mouse is up.
    assert page.evaluate("document.activeElement.id") != "champ-vacataires"
    assert label.bounding_box() == box
    page.mouse.up()
    settled(page)
    assert stored(year, "vacataires", "convention_collective") == [0, "fonction_publique"]


def test_figures_and_initials_choose_among_answers(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-convention_collective")
    page.keyboard.press("3")
    page.focus("#champ-directeur_present")
    page.keyboard.press("o")
    # What follows from the answer is there before the save: the next key finds it.
    page.keyboard.press("Enter")
    assert focused(page) == "champ-directeur_qualification"
    page.keyboard.press("2")
    settled(page)
    codes = ("convention_collective", "directeur_present", "directeur_qualification")
    assert stored(year, *codes) == ["fonction_publique", True, "niveau_6"]
    page = at("identification")
    page.focus("#champ-axes_themes")
    for key in ("1", "3", "1", "ArrowDown", "Space"):
        page.keyboard.press(key)
    settled(page)
    assert stored(year, "axes_themes") == [["enfance", "jeunesse"]]


def test_question_that_a_number_calls_for_is_there_before_the_save(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.focus("#champ-vacataires")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert focused(page) == "champ-vacataires_journees"
    page.keyboard.type("300")
    page.keyboard.press("Enter")
    settled(page)
    assert stored(year, "vacataires", "vacataires_journees") == [12, 300]


def test_signing_out_says_what_is_not_sent_and_takes_it_away(year: RealYear, at: Any) -> None:
    page = at("emplois")
    page.route("**/valeurs/", lambda route: route.abort())
    page.focus("#champ-salaries_direction")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-savebar]")).to_contain_text("gardées sur cet appareil")
    kept = "Object.keys(localStorage).filter(key => key.startsWith('senacs-saisie')).length"
    _, told = asked(page, page.get_by_role("button", name="Se déconnecter").click)
    assert told.startswith("Une réponse n’est pas enregistrée")
    assert page.evaluate(kept) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert page.evaluate(kept) == 0
