"""« Mise en route » from nothing to a campaign that runs."""

import pytest

from senacs.accounts.enums import Role, Side
from senacs.campaigns.enums import Phase
from senacs.campaigns.first_steps import first_steps
from tests import factories

pytestmark = pytest.mark.django_db
ORDER = [
    "equipe", "territoires", "institutions", "charte", "questionnaire", "registre", "campagne", "personnes",
    "ouverture",
]  # fmt: skip


def done() -> list[str]:
    return [step.name for step in first_steps() if step.is_done]


def test_nothing_is_done_on_an_empty_site() -> None:
    assert [step.name for step in first_steps()] == ORDER
    assert done() == [] and not any(step.told for step in first_steps())


def test_each_step_is_done_by_what_it_asks_for() -> None:
    factories.make_mandate(factories.make_user(), Role.NATIONAL, side=Side.CAF)
    assert done() == [], "one institution is not two"
    factories.make_mandate(factories.make_user(), Role.NATIONAL, side=Side.FEDERATION)
    commune = factories.make_commune()
    assert done() == ["equipe", "territoires"]
    factories.make_caf()
    factories.make_federation()
    factories.make_charte()
    structure = factories.make_structure(commune=commune)
    assert done() == ["equipe", "territoires", "institutions", "charte", "registre"]
    campaign = factories.make_campaign(phase=Phase.PREPARATION)
    assert done()[4:] == ["questionnaire", "registre", "campagne"]
    told = {step.name: step.told for step in first_steps()}
    assert told["personnes"].startswith("0 sur 1")
    factories.make_mandate(factories.make_user(), Role.RESPONSABLE, structure=structure)
    campaign.phase = Phase.SAISIE
    campaign.save()
    assert done() == ORDER


def test_queries_do_not_grow(django_assert_max_num_queries: object) -> None:
    for _ in range(3):
        factories.make_structure()
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        first_steps()
