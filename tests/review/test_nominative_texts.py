"""A text that names somebody stands in the way of the sending until it is changed, or a reason is given."""

import pytest

from senacs.collection.services import save_values
from senacs.review.enums import FlagState
from senacs.review.flag_refresh import refresh_flags
from senacs.review.services import justify_flag
from tests import real_year
from tests.real_year import RealYear

pytestmark = pytest.mark.django_db
RULE = "NOMINATIF_AXE_1"


def write(year: RealYear, text: str) -> None:
    save_values(response=year.response, inputs={"axe_1": text}, by=year.cast.responsable)
    year.response.refresh_from_db()
    refresh_flags(response=year.response)


def test_a_reason_stands_for_the_text_it_was_given_for() -> None:
    year = real_year.make_real_year()
    write(year, "Salle Mme Geoffrin, du nom de la femme de lettres")
    flag = year.response.flags.get(rule_code=RULE)
    assert flag.state == FlagState.OPEN
    assert flag.severity == "to_justify"
    assert "Geoffrin" not in flag.message
    justify_flag(flag=flag, by=year.cast.responsable, text="C’est le nom d’une salle.")
    write(year, "Salle Mme Geoffrin, du nom d’une femme de lettres")
    assert year.response.flags.get(rule_code=RULE).state == FlagState.JUSTIFIED
    write(year, "Salle Mme Geoffrin, tenue par Mme Martin")
    assert year.response.flags.get(rule_code=RULE).state == FlagState.OPEN
    write(year, "Une salle au nom d’une femme de lettres")
    assert year.response.flags.get(rule_code=RULE).state == FlagState.RESOLVED
