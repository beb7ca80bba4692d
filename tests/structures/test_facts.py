"""What the register answers in the place of questions."""

from datetime import date, timedelta

import pytest

from senacs.campaigns.services import invite_structures
from senacs.lib import clock
from senacs.questionnaire.engine.vocabulary import REGISTER
from senacs.structures.enums import Gestion
from senacs.structures.facts import facts_of
from senacs.structures.models import Agrement, Site, Structure
from tests import factories
from tests.factories import Cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def structure(cast: Cast) -> Structure:
    return cast.structure


def test_what_is_not_known_is_absent(structure: Structure) -> None:
    structure.gestion = structure.territory_type = structure.priority_geography = ""
    assert facts_of(structure, DAY) == {}


def test_everything_known_has_a_name_that_questionnaires_may_use(structure: Structure) -> None:
    structure.gestion, structure.territory_type, structure.territory_size = Gestion.CAF, "rural", "commune"
    structure.priority_geography, structure.catchment_population = "aucune", 8400
    structure.is_multi_site, structure.is_itinerant, structure.is_travellers = True, False, False
    structure.project_axes = ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"]
    Agrement.objects.create(
        structure=structure, starts_on=DAY, ends_on=DAY + timedelta(days=900), has_families=True, kind="CS"
    )
    Site.objects.create(
        structure=structure, name="Annexe", postal_code="26000", commune=structure.commune, opens_on=DAY
    )
    found = facts_of(structure, DAY)
    assert found.keys() == REGISTER.keys()
    assert (found["statut"], found["lieux"], found["familles"], found["axe_5"]) == ("caf", 2, True, "Cinq")
    later = facts_of(structure, DAY - timedelta(days=1))
    assert not {"lieux", "familles"} & later.keys()


@pytest.mark.parametrize(
    ("gestion", "departement", "status"),
    [
        ("associatif", "26", "association_1901"),
        ("associatif", "67", "association_droit_local"),
        ("caf", "26", "caf"),
        ("collectivite", "26", None),  # a commune, a CCAS, an EPCI: not said
        ("autre", "26", None),
    ],
)
def test_legal_status_follows_from_the_gestion_where_it_can(
    structure: Structure, gestion: str, departement: str, status: str | None
) -> None:
    structure.gestion, structure.departement_id = gestion, departement
    assert facts_of(structure, DAY).get("statut") == status


def test_urban_is_asked_since_the_survey_tells_the_periurban_apart(structure: Structure) -> None:
    structure.territory_type = "urbain"
    assert "territoire" not in facts_of(structure, DAY)


def test_invitation_keeps_the_facts_of_its_day(structure: Structure) -> None:
    structure.catchment_population = 5200
    structure.save()
    campaign = factories.make_campaign()
    invite_structures(campaign=campaign, by=None)
    assert campaign.invited.get(structure=structure).facts["population"] == 5200
    assert facts_of(structure, clock.today()) == campaign.invited.get(structure=structure).facts
