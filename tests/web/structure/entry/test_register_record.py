"""The public record beside the question that confirms it, and its corrections field by field."""

from datetime import date

import pytest

from senacs.collection.services import save_values
from senacs.structures.models import Agrement
from senacs.web.structure.entry.register_record import records_of
from tests import real_year

pytestmark = pytest.mark.django_db


def test_record_is_shown_at_its_question_and_nowhere_else(sign_in):
    year = real_year.make_real_year()
    structure = year.response.structure
    structure.address, structure.siret, structure.email = "12 rue des Lilas", "12345678900012", "accueil@lilas.invalid"
    structure.save()
    client = sign_in(year.cast.responsable)
    page = client.get(f"/saisie/{year.response.pk}/rubrique/identification/").content.decode()
    assert "Votre fiche publique" in page
    for told in (structure.name, "12 rue des Lilas", "12345678900012", "accueil@lilas.invalid", "non adhérente"):
        assert told in page
    assert (
        "Votre fiche publique" not in client.get(f"/saisie/{year.response.pk}/rubrique/partenariats/").content.decode()
    )


def test_record_tells_the_agrement_in_force_and_what_the_register_lacks(cast):
    questionnaire = real_year.questionnaire()
    structure = cast.structure
    section = questionnaire.section("identification")
    assert ("Agrément", "non renseigné") in records_of(structure, section)["fiche_exacte"]
    Agrement.objects.create(structure=structure, starts_on=date(2020, 1, 1), ends_on=date(2023, 12, 31))
    lines = dict(records_of(structure, section)["fiche_exacte"])
    assert lines["Agrément"] == "du 1er\u00a0janvier 2020 au 31\u00a0décembre 2023"
    assert records_of(structure, questionnaire.section("finances")) == {}


def test_correction_of_the_record_may_hold_what_a_text_may_not():
    year = real_year.make_real_year()
    written = {"fiche_exacte": "non", "fiche_adresse": "14 rue des Lilas", "fiche_telephone": "04 72 00 00 00"}
    result = save_values(response=year.response, inputs=written, by=year.cast.responsable)
    assert (result.refused, result.warnings) == ({}, {})
    axis = save_values(response=year.response, inputs={"axe_1": "Appeler le 04 72 00 00 00"}, by=year.cast.responsable)
    assert "axe_1" in axis.warnings


def test_repeated_blocks_are_told_to_the_director_and_to_the_control(sign_in):
    year = real_year.make_real_year()
    charges = {
        f"charges_{row}": year.last.values[f"charges_{row}"]["valeur"] for row in ("locaux", "activites", "autres")
    }
    same = {**charges, "charges_personnel": year.last.values["charges_personnel"]["valeur"]}
    save_values(response=year.response, inputs={c: str(v) for c, v in same.items()}, by=year.cast.responsable)
    director = sign_in(year.cast.responsable).get(f"/saisie/{year.response.pk}/verifier/").content.decode()
    assert "Identiques à l’an dernier" in director
    assert "rubrique/finances/#q-charges" in director
    control = sign_in(year.cast.correspondant_caf).get(f"/suivi/{year.response.pk}/").content.decode()
    assert "Charges de fonctionnement (4\u00a0chiffres)" in control
    save_values(response=year.response, inputs={"charges_locaux": "1"}, by=year.cast.responsable)
    assert (
        "Identiques à l’an dernier"
        not in sign_in(year.cast.responsable).get(f"/saisie/{year.response.pk}/verifier/").content.decode()
    )
