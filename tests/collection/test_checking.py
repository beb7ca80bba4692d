"""A stored answer is always one of its question's: refused at the door of storage, looked for in what is there."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from senacs.collection.documents import write_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.demo.campaigns import _column
from senacs.questionnaire.engine.possible import ImpossibleValue
from tests import real_year
from tests.real_year import RealYear


def stored(value: Any, state: str = "valeur") -> dict[str, Any]:
    return {"etat": state, "valeur": value, "provenance": "declaree", "revision": 1}


def hold(year: RealYear, **values: dict[str, Any]) -> None:
    Response.objects.filter(pk=year.response.pk).update(values=values)


def checked() -> str:
    told = StringIO()
    call_command("check_answers", stdout=told, stderr=told)
    return told.getvalue().replace("\u00a0", " ")


def test_nothing_impossible_passes_the_door_of_storage() -> None:
    field = real_year.questionnaire().fields["locaux_accessibles"]
    assert write_entry(field, "partie", provenance=Provenance.IMPORTED, revision=1)["valeur"] == "partie"
    with pytest.raises(ImpossibleValue):
        write_entry(field, "oui", provenance=Provenance.IMPORTED, revision=1)


def test_the_demonstration_writes_nothing_that_nobody_could_answer() -> None:
    field = real_year.questionnaire().fields["locaux_accessibles"]
    nobody, everybody = np.zeros(2, bool), np.ones(2, bool)
    with pytest.raises(ImpossibleValue, match="« oui »"):
        _column(field, np.array(["partie", "oui"]), nobody, nobody)
    # What is left blank is not written.
    assert _column(field, np.array(["partie", "oui"]), everybody, nobody).json == ["partie", "oui"]


@pytest.mark.django_db
def test_answers_that_are_possible_are_counted() -> None:
    year = real_year.make_real_year()
    hold(year, locaux_accessibles=stored("aucun"), budget_total=stored(12), etp_animation=stored("2.5"))
    assert "2 réponses vérifiées" in checked()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "entry", "reason"),
    [
        ("locaux_accessibles", stored("oui"), "« oui » ne fait pas partie des choix (1 réponse)"),
        ("budget_total", stored(-5), "inférieur à 0"),
        ("budget_total", stored("douze"), "pas du type"),
        ("etp_animation", stored("2.50"), "pas écrite sous sa forme"),
        ("etp_animation", stored("2.555"), "plus de"),
        ("salaries_total", stored(12), "calculé"),
        ("question_disparue", stored(12), "pas dans le questionnaire"),
        ("domaines_action", stored(["jeunes", "jeunes"]), "répétés"),
        ("budget_total", stored(12, "peut_etre"), "cet état n’existe pas"),
    ],
)
def test_what_is_impossible_is_found_and_no_answer_is_shown(code: str, entry: dict[str, Any], reason: str) -> None:
    year = real_year.make_real_year()
    hold(year, **{code: entry, "axe_1": stored("Secret de la structure")})
    told = StringIO()
    with pytest.raises(CommandError, match="valeur impossible"):
        call_command("check_answers", stdout=told, stderr=told)
    said = told.getvalue().replace("\u00a0", " ")
    assert f"2026, {code} : " in said
    assert reason in said
    assert "Secret" not in said
