"""The main job, once, as its people do it: entry, check, return, correction, validation, release, public figure."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import french
from senacs.structures.models import Structure
from tests import factories
from tests.browser.conftest import assert_accessible, sign_in
from tests.observatory.conftest import make_survey

MISSING = "clas"  # what the director still has to answer, besides the staff

pytestmark = pytest.mark.survey


@pytest.fixture
def campaign(live_server: object) -> Campaign:
    """One hundred and twenty structures, nearly all validated; the first of them still has to answer."""
    made = make_survey()
    Campaign.objects.filter(pk=made.pk).update(phase=Phase.SAISIE)
    return made


@pytest.fixture
def structure(campaign: Campaign) -> Structure:
    return campaign.invited.filter(response__isnull=True).earliest("pk").structure


@pytest.fixture
def people(campaign: Campaign, structure: Structure) -> dict[str, User]:
    caf = factories.make_caf(structure.departement)
    Structure.objects.filter(pk=structure.pk).update(caf=caf)
    scopes: dict[str, tuple[Role, dict[str, Any]]] = {
        "director": (Role.RESPONSABLE, {"structure": structure}),
        "correspondent": (Role.CORRESPONDANT_CAF, {"caf": caf}),
        "cnaf": (Role.NATIONAL, {"side": Side.CAF}),
        "fcsf": (Role.NATIONAL, {"side": Side.FEDERATION}),
    }
    found = {}
    for name, (role, scope) in scopes.items():
        found[name] = factories.make_user(f"{name}@exemple.fr")
        factories.make_mandate(found[name], role, **scope)
    return found


@pytest.fixture
def as_person(
    people: dict[str, User], new_context: Callable[..., BrowserContext], live_server: object
) -> Callable[[str], Page]:
    """A browser of one's own for each person."""
    pages: dict[str, Page] = {}

    def page_of(name: str) -> Page:
        if name not in pages:
            visitor = new_context()
            sign_in(visitor, people[name], str(live_server))
            pages[name] = visitor.new_page()
        return pages[name]

    return page_of


def test_from_entry_to_the_public_figure(
    campaign: Campaign,
    structure: Structure,
    as_person: Callable[[str], Page],
    new_context: Callable[..., BrowserContext],
) -> None:
    response = factories.make_response(
        structure=structure, campaign=campaign, values={"budget_total": 1000, "budget_caf": 600, "budget_autres": 400}
    )
    visitor = new_context().new_page()
    visitor.goto("/")
    expect(visitor.locator("main")).not_to_contain_text("Équivalents temps plein")

    enter_and_send(response, as_person("director"))
    return_for_correction(response, as_person("correspondent"))
    correct_and_send_again(response, as_person("director"))
    validate(response, as_person("correspondent"))
    publish(campaign, as_person, doubtful=1)

    validated = Response.objects.filter(campaign=campaign, state=ResponseState.VALIDATED)
    assert validated.filter(pk=response.pk).exists()
    etp = sum(Decimal(one.values["etp_total"]["valeur"]) for one in validated)
    visitor.goto("/territoires/france/")
    expect(visitor.locator("main")).to_contain_text("Équivalents temps plein")
    expect(visitor.locator("main")).to_contain_text(french.number(etp, 1))


def enter_and_send(response: Response, page: Page) -> None:
    """The director fills a section, sees a check, corrects, answers the rest and sends."""
    page.goto("/espace/")
    expect(page).to_have_url(re.compile(f"/saisie/{response.pk}/$"))
    page.goto(f"/saisie/{response.pk}/rubrique/emplois/")
    page.fill("#champ-salaries_total", "3")
    page.fill("#champ-etp_total", "30")
    page.press("#champ-etp_total", "Tab")
    expect(page.locator("[data-rule=ETP_SALARIES]").first).to_contain_text("ne peuvent pas dépasser")
    page.fill("#champ-etp_total", "3")
    page.press("#champ-etp_total", "Tab")
    expect(page.locator("[data-rule=ETP_SALARIES]")).to_have_count(0)
    page.goto(f"/saisie/{response.pk}/rubrique/activites/")
    page.locator(f"[data-field={MISSING}] input[value=non]").check()
    expect(page.locator(f"[data-field={MISSING}] [data-state]").first).to_have_text("Enregistré")
    send(response, page)


def send(response: Response, page: Page) -> None:
    page.goto(f"/saisie/{response.pk}/verifier/")
    page.get_by_role("button", name="Envoyer").click()
    expect(page).to_have_url(re.compile(f"/saisie/{response.pk}/envoyee/$"))


def return_for_correction(response: Response, page: Page) -> None:
    page.goto("/suivi/")
    page.get_by_role("link", name=response.invited.name, exact=True).click()
    page.fill("#id_reason", "Les salariés saisonniers ont-ils été comptés ?")
    page.get_by_role("button", name="Retourner à la structure").click()
    expect(page.locator("main")).to_contain_text("La réponse est retournée à la structure")


def correct_and_send_again(response: Response, page: Page) -> None:
    page.goto(f"/saisie/{response.pk}/")
    expect(page.locator("main")).to_contain_text("Les salariés saisonniers ont-ils été comptés ?")
    page.goto(f"/saisie/{response.pk}/rubrique/emplois/")
    page.fill("#champ-salaries_total", "5")
    page.press("#champ-salaries_total", "Tab")
    expect(page.locator("[data-field=salaries_total] [data-state]").first).to_have_text("Enregistré")
    send(response, page)


def validate(response: Response, page: Page) -> None:
    page.goto(f"/suivi/{response.pk}/")
    page.get_by_role("button", name="Valider la réponse").click()
    expect(page.locator("main")).to_contain_text("La réponse est validée")


def publish(campaign: Campaign, as_person: Callable[[str], Page], *, doubtful: int) -> None:
    """Entry is closed, a release built; what is `doubtful` is explained; Cnaf and Fcsf sign it; it is published."""
    cnaf, fcsf = as_person("cnaf"), as_person("fcsf")
    # Closing by two institutions has pages and tests of its own.
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    cnaf.goto("/national/publications/")
    cnaf.select_option("#id_campaign", label=str(campaign))
    cnaf.get_by_role("button", name="Construire").click()
    # The worker builds it, in processes of its own, and reads its figures; the machine may be busy with other tests.
    expect(cnaf.get_by_role("button", name="Signer pour la Cnaf")).to_be_visible(timeout=300_000)
    address = cnaf.url
    if doubtful:
        explain(address, cnaf, fcsf)
    cnaf.goto(address)
    cnaf.get_by_role("button", name="Signer pour la Cnaf").click()
    expect(cnaf.locator("main")).to_contain_text("La Cnaf a signé")
    fcsf.goto(address)
    fcsf.get_by_role("button", name="Signer pour la Fcsf").click()
    fcsf.get_by_role("button", name="Publier").click()
    expect(fcsf.locator("main")).to_contain_text("est ouverte au public")


def explain(address: str, cnaf: Page, fcsf: Page) -> None:
    """What was typed is out of proportion: a signature is refused, one institution explains it, the other confirms."""
    cnaf.get_by_role("button", name="Signer pour la Cnaf").click()
    expect(cnaf.locator("main")).to_contain_text("1\u00a0réponse douteuse")
    assert_accessible(cnaf, f"{address}vraisemblance/")
    assert_accessible(cnaf, f"{address}vraisemblance/chiffres/")
    cnaf.goto(f"{address}vraisemblance/")
    cnaf.get_by_label("Expliquer les valeurs de").check()
    cnaf.get_by_label("Ce qui explique ces valeurs").fill("La structure a ouvert en décembre.")
    cnaf.get_by_role("button", name="Expliquer les réponses cochées").click()
    expect(cnaf.locator("main")).to_contain_text("La structure a ouvert en décembre.")
    fcsf.goto(f"{address}vraisemblance/")
    fcsf.get_by_role("button", name="Confirmer cette explication").click()
    expect(fcsf.locator("main")).to_contain_text("Aucun chiffre clé")


def test_pages_of_correspondents_and_of_the_national_team_are_accessible(
    campaign: Campaign, structure: Structure, as_person: Callable[[str], Page]
) -> None:
    values = {"salaries_total": 3, "etp_total": "4", "budget_total": 1000, "budget_caf": 600, "budget_autres": 1}
    response = factories.make_response(structure=structure, campaign=campaign, values=values)
    # A response that is not validated is in no release: nothing of it is doubtful there.
    publish(campaign, as_person, doubtful=0)
    for url in (
        "/suivi/",
        f"/suivi/{response.pk}/",
        f"/suivi/{response.pk}/historique/salaries_total/",
        "/suivi/relances/",
    ):
        assert_accessible(as_person("correspondent"), url)
    for url in ("/national/", "/national/publications/", f"/national/publications/{campaign.year}-1/"):
        assert_accessible(as_person("cnaf"), url)
    for url in ("/", "/territoires/france/", "/territoires/departement/26/", "/methode/", "/structures/"):
        assert_accessible(as_person("cnaf"), url)
