"""The day of a correspondent: from the ranked list to validation, with the director's answer in between."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.enums import FlagOrigin, QueryState
from senacs.review.models import DoubtfulCell, Flag
from senacs.review.services import contest_response, refresh_flags
from tests import factories
from tests.browser.conftest import assert_accessible, sign_in
from tests.factories import Cast

NewContext = Callable[..., BrowserContext]
VALUES = {"salaries_total": 5, "etp_total": "4.5", "clas": False}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return factories.make_cast()


@pytest.fixture
def doubtful(cast: Cast) -> Response:
    """A budget with a zero too many: the sum of its parts contradicts it, and last year too."""
    values = VALUES | {"budget_total": 1_000_000, "budget_caf": 60_000, "budget_autres": 40_000}
    response = factories.make_response(
        structure=cast.structure,
        campaign=factories.make_campaign(),
        values=values,
        state=ResponseState.SUBMITTED,
        by=cast.responsable,
    )
    refresh_flags(response=response)
    now = clock.now()
    Flag.objects.create(
        response=response,
        rule_code="ATYPIQUE:budget_total",
        origin=FlagOrigin.ATYPICAL,
        severity="to_justify",
        details={"value": 1_000_000.0, "previous": 98_000.0},
        fields=["budget_total"],
        message="Budget total : 1 000 000 € cette année, 98 000 € l’an dernier. Confirmez ou corrigez.",
        raised_at=now,
        updated_at=now,
    )
    DoubtfulCell.objects.create(
        response=response,
        code="budget_total",
        value=1_000_000,
        expected=100_000,
        key="budget_total",
        share=40,
        score=40,
        moves={"budget_total": 40},
        flags=["ATYPIQUE:budget_total", "BUDGET_DETAIL"],
        raised_at=now,
    )
    return response


def test_day_of_a_correspondent(doubtful: Response, cast: Cast, new_context: NewContext, live_server: object) -> None:
    calm = factories.make_structure(commune=cast.structure.commune, name="Espace calme")
    values = VALUES | {"budget_total": 100, "budget_caf": 60, "budget_autres": 40}
    factories.make_response(
        structure=calm, campaign=doubtful.campaign, values=values, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    office = new_context()
    sign_in(office, cast.correspondant_caf, str(live_server))
    page = office.new_page()
    page.goto("/suivi/")
    expect(page.locator("#reste")).to_contain_text("peut encore déplacer")
    expect(page.locator("tbody tr").first).to_contain_text("40\u00a0% du total départemental")
    page.get_by_role("button", name="Valider les réponses cochées").click()
    expect(page.get_by_text("Réponses validées : 1.")).to_be_visible()

    page.get_by_role("link", name=doubtful.invited.name).click()
    expect(page.locator("[aria-labelledby=ou-regarder]")).to_contain_text("un zéro de trop ?")
    page.locator("[aria-labelledby=ou-regarder]").get_by_role("link", name="Demander").first.click()
    expect(page.get_by_label("Valeur proposée")).to_have_value("100000")
    page.get_by_label("Votre message").fill("Un zéro de trop ?")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("En attente de la structure")).to_be_visible()

    centre = new_context(viewport={"width": 390, "height": 844})
    sign_in(centre, cast.responsable, str(live_server))
    phone = centre.new_page()
    phone.goto(f"/saisie/{doubtful.pk}/demandes/")
    phone.get_by_role("button", name="Accepter la valeur 100000").click()
    expect(phone.get_by_text("La valeur est corrigée.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Répondue")).to_be_visible()
    page.get_by_role("button", name="Clore la demande").click()
    page.goto(f"/suivi/{doubtful.pk}/")
    page.get_by_role("button", name="Valider la réponse").click()
    expect(page.get_by_text("La réponse est validée")).to_be_visible()
    page.goto("/suivi/")
    expect(page.locator("#reste")).to_contain_text("ne peut plus déplacer aucun total publié")

    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.values["budget_total"]["valeur"]) == (ResponseState.VALIDATED, 100_000)
    assert doubtful.queries.get().state == QueryState.CLOSED


def test_pages_of_the_control_are_accessible(
    doubtful: Response, cast: Cast, context: BrowserContext, live_server: object
) -> None:
    contest_response(response=doubtful, by=cast.correspondant_caf, reason="Le budget est à discuter.")
    sign_in(context, cast.correspondant_caf, str(live_server))
    page = context.new_page()
    for url in ("/suivi/", f"/suivi/{doubtful.pk}/", f"/suivi/{doubtful.pk}/reponse/budget_total/", "/suivi/demandes/"):
        assert_accessible(page, url)
    sign_in(context, cast.responsable, str(live_server))
    assert_accessible(page, f"/saisie/{doubtful.pk}/demandes/")
    sign_in(context, cast.comite_technique, str(live_server))
    assert_accessible(page, "/national/regles/")
