"""A formula told to its reader holds labels, never a code."""

import re
from pathlib import Path

from senacs.observatory.definitions.in_words import told_of
from senacs.observatory.definitions.indicators import load
from tests.real_year import questionnaire

ROOT = Path(__file__).parents[3]
# What annexe 6 of the circulaire names.
OF_ANNEXE_6 = {
    "mixite_ages", "mixite_genre", "mixite_quotients", "densite_participants", "densite_budget",
    "total_benevoles_heures_total", "benevoles_etp", "densite_structures", "taux_couverture",
}  # fmt: skip


def test_no_code_is_left_and_every_question_is_named() -> None:
    asked = questionnaire()
    indicators = load(ROOT / "data" / "indicators", asked)
    told = told_of(indicators, asked)
    assert told.keys() >= OF_ANNEXE_6
    for one in indicators:
        sentence = told[one.code]["formula"]
        plain = re.sub("«[^»]*»", "", sentence)
        assert set(re.findall(r"[a-z0-9_]+", plain)).isdisjoint(asked.fields), sentence
        assert "structure_" not in plain, sentence
        assert sentence[0].isupper()
        assert told[one.code]["questions"] or one.is_of_register, one.code


def test_ratio_and_share_say_what_they_divide() -> None:
    asked = questionnaire()
    told = told_of(load(ROOT / "data" / "indicators", asked), asked)
    assert "rapportée à la somme de" in told["part_charges_personnel"]["formula"]
    assert told["part_ouverture_samedi"]["formula"].startswith("Part des structures pour lesquelles «")
