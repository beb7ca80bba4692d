"""What the register answers is not asked again: shown, counted, corrected by field, confirmed by the sending."""

from typing import Any

import pytest

from senacs.collection.enums import Provenance
from senacs.collection.queries import environment, known_answers, progress_counts, replay_history, section_progress
from senacs.collection.register_corrections import propose_corrections
from senacs.collection.services import CLEAR, carry_over_section, confirm_known, save_values
from senacs.structures.enums import StructureKind
from tests import real_year
from tests.real_year import RealYear

pytestmark = pytest.mark.django_db
SECTION = "identification"


@pytest.fixture
def year() -> RealYear:
    return real_year.make_real_year(StructureKind.CENTRE_SOCIAL, is_described=True)


def save(year: RealYear, **inputs: Any) -> None:
    result = save_values(response=year.response, inputs=inputs, by=year.cast.responsable)
    assert (result.refused, result.conflicts) == ({}, {})
    year.response = result.response  # type: ignore[misc]


def test_known_answers_are_those_of_the_sheet_and_count_as_answered(year: RealYear) -> None:
    known, sheet = known_answers(year.response), real_year.sheet_of(year.kind)
    assert {"population_zone", "statut_juridique", "multi_sites", "axe_3"} <= known.keys()
    assert {code: sheet[code] for code in known} == known
    assert environment(year.response).env["population_zone"] == 9200
    counts = progress_counts(year.response)[SECTION]
    assert counts.answered == len([code for code in known if not code.startswith("axe_")])
    there = {one.code: one for one in section_progress(year.response)}
    assert (there[SECTION].answered, there[SECTION].expected) == counts
    assert there[SECTION].minutes_left < there[SECTION].minutes


def test_nothing_is_written_until_the_sending(year: RealYear) -> None:
    assert not year.response.values
    carry_over_section(response=year.response, section=SECTION, by=year.cast.responsable)
    year.response.refresh_from_db()
    assert "population_zone" not in year.response.values
    result = save_values(response=year.response, inputs={"population_zone": "9 200"}, by=year.cast.responsable)
    assert result.saved == {"population_zone": None}


def test_sending_writes_what_was_left_as_it_stands(year: RealYear) -> None:
    save_values(response=year.response, inputs={"population_zone": "9 500"}, by=year.cast.responsable)
    response = confirm_known(response=year.response, by=year.cast.responsable).response
    assert response.values["population_zone"]["provenance"] == Provenance.DECLARED
    assert response.values["multi_sites"] == {
        "etat": "valeur", "valeur": True, "provenance": Provenance.REGISTER, "revision": 2,
    }  # fmt: skip
    assert replay_history(response) == response.values
    assert known_answers(response) == {}


def test_correction_taken_away_leaves_what_the_register_says(year: RealYear) -> None:
    for raw in ("9 500", CLEAR):
        response = save_values(
            response=year.response, inputs={"population_zone": raw}, by=year.cast.responsable
        ).response
    assert "population_zone" not in response.values
    assert environment(response).env["population_zone"] == 9200


def test_corrected_facts_are_proposed_to_those_who_keep_the_register(year: RealYear) -> None:
    inputs = {"population_zone": "9 500", "multi_sites": "non", "axe_1": "Accueillir", "statut_juridique": "epci"}
    response = save_values(response=year.response, inputs=inputs, by=year.cast.responsable).response
    response = confirm_known(response=response, by=year.cast.responsable).response
    proposal = propose_corrections(response=response, by=year.cast.responsable)
    assert proposal is not None
    told = proposal.values.pop("told")
    assert proposal.values == {"catchment_population": 9500, "is_multi_site": False}
    assert [line.partition(" : ")[2] for line in told] == ["Intercommunalité (EPCI)", "Accueillir"]


def test_what_is_only_confirmed_asks_nothing_of_the_register(year: RealYear) -> None:
    response = confirm_known(response=year.response, by=year.cast.responsable).response
    assert propose_corrections(response=response, by=year.cast.responsable) is None


def test_fact_that_the_question_cannot_hold_is_asked(year: RealYear) -> None:
    invited = year.response.invited
    invited.facts = {"population": 4, "taille": "canton", "geographie": "qpv"}
    assert known_answers(year.response) == {"geographie_prioritaire": "qpv"}


def test_page_shows_what_is_known_with_its_correction(year: RealYear, sign_in: Any) -> None:
    client = sign_in(year.cast.responsable)
    address = f"/saisie/{year.response.pk}/rubrique/{SECTION}/"
    page = client.get(address).content.decode()
    shown = page.partition('id="q-population_zone"')[2].partition('id="q-')[0]
    assert "D’après votre fiche" in shown
    assert "9\u202f200\u00a0habitants" in shown
    assert "<details" in shown
    asked = page.partition('id="q-zfrr"')[2].partition('id="q-')[0]
    assert "<details" not in asked
    assert page.count("Corriger<span") == page.count("govuk-details sn-known") == 6
    told = client.post(
        f"/saisie/{year.response.pk}/valeurs/",
        {"key": "k", "values": {"population_zone": ""}, "expected": {"population_zone": 0}},
        content_type="application/json",
    ).json()
    assert told["saved"]["population_zone"] == {
        "raw": "9\u202f200", "text": "9\u202f200\u00a0habitants", "revision": 0, "provenance": "d’après votre fiche",
    }  # fmt: skip
    save_values(response=year.response, inputs={"population_zone": "9 500"}, by=year.cast.responsable)
    page = client.get(address).content.decode()
    assert "<details" not in page.partition('id="q-population_zone"')[2].partition('id="q-')[0]
