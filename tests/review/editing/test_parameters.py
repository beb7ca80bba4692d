"""Parameters of the control are data, refused in French when they do not fit the questionnaire."""

from pathlib import Path

import pytest
from django.conf import settings

from senacs.questionnaire.engine.loader import load_directory
from senacs.review.editing.parameters import ParametersError, load_parameters, parameters_of
from tests.factories import QUESTIONNAIRES

FIELDS = load_directory(QUESTIONNAIRES / "minimal").fields


def test_indicator_takes_its_kind_then_the_default():
    given = {
        "default": {"width": 9},
        "kinds": {"montant": {"smallest": 1000}},
        "indicators": {"budget_caf": {"width": 5}},
    }
    parameters = parameters_of(given, FIELDS)
    assert parameters.of(FIELDS["salaries_total"]).width == 9
    assert parameters.of(FIELDS["budget_total"]).smallest == 1000
    assert (parameters.of(FIELDS["budget_caf"]).width, parameters.of(FIELDS["budget_caf"]).smallest) == (5, 1000)


def test_every_error_is_told_at_once():
    given = {
        "defaut": {},
        "default": {"largeur": 3, "width": -1, "methods": ["devinette"]},
        "indicators": {"budgets": {}},
        "key_totals": ["statut"],
    }
    with pytest.raises(ParametersError) as refused:
        parameters_of(given, FIELDS, name="2026.yaml")
    told = "\n".join(refused.value.errors)
    for word in ("« defaut »", "« largeur »", "« width »", "« devinette »", "« budgets »", "« statut »"):
        assert word in told


def test_parameters_of_2026_fit_its_questionnaire():
    data = Path(settings.DATA_DIR)
    fields = load_directory(data / "questionnaires" / "2026").fields
    parameters = load_parameters(data / "controls" / "2026.yaml", fields)
    assert parameters.stop_at == 1
    assert "budget_total" in parameters.key_totals
    assert parameters.of(fields["resultat"]).methods == ()
