"""Pages of what is not typed, in a browser: accessible wide and narrow; a value entered on behalf is contested."""

import pytest
from django.urls import reverse

from senacs.collection.on_behalf import contested_codes
from senacs.collection.proposals import propose_values
from senacs.collection.services import save_values
from senacs.collection.tokens import create_token
from tests import factories
from tests.browser.conftest import Visit, assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_intake_are_accessible(visit: Visit) -> None:
    cast = factories.make_cast()
    response = factories.make_response(structure=cast.structure, campaign=factories.make_campaign())
    token, _ = create_token(structure=cast.structure, label="juin", by=cast.responsable)
    propose_values(response=response, token=token, values={"salaries_total": 12})
    save_values(response=response, inputs={"budget_total": "200000"}, by=cast.correspondant_caf)
    page = visit(cast.responsable)
    for name in ("workbook_send", "tokens", "proposals", "on_behalf", "participation"):
        assert_accessible(page, reverse(f"saisie_{name}", args=[response.pk]))
    assert_accessible(page, reverse("questionnaire_changes", args=[response.campaign.version.code]))
    assert_accessible(page, reverse("api_documentation"))


def test_structure_contests_what_was_entered_for_it(visit: Visit) -> None:
    cast = factories.make_cast()
    response = factories.make_response(structure=cast.structure, campaign=factories.make_campaign())
    save_values(response=response, inputs={"budget_total": "200000"}, by=cast.correspondant_caf)
    page = visit(cast.responsable)
    page.goto(reverse("saisie_dashboard", args=[response.pk]))
    page.get_by_role("link", name="1 valeur saisie pour vous").click()
    page.get_by_text("Contester Budget total de fonctionnement").click()
    page.get_by_label("Pourquoi").fill("Le compte de résultat dit 180 000 €.")
    page.get_by_role("button", name="Contester cette valeur").click()
    page.get_by_text("La valeur est contestée").wait_for()
    response.refresh_from_db()
    assert contested_codes(response) == ["budget_total"]


def test_pages_of_the_preparation_are_accessible(visit: Visit) -> None:
    cast = factories.make_cast()
    factories.make_questionnaire("minimal_2025")
    version = factories.make_questionnaire()
    page = visit(cast.comite_technique)
    for path in ("", f"{version.code}/", f"{version.code}/apercu/cs/"):
        assert_accessible(page, f"{reverse('national_questionnaires')}{path}")
    assert_accessible(page, reverse("questionnaire_changes", args=[version.code]))
