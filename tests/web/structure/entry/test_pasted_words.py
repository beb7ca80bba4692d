"""What the page takes for « non concerné » in a pasted block is what the server reads so."""

import re

import pytest
from django.conf import settings

from senacs.questionnaire.engine.schema import Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, parse_input
from tests.questionnaire.test_values import make_field

PASTE = settings.BASE_DIR / "assets" / "js" / "paste.mjs"
FIELD = make_field(Kind.INTEGER, allows_not_concerned=True)


def is_read_by_the_page(text: str) -> bool:
    found = re.search(r"NC_WORDS = /\^(.+)\$/i;", PASTE.read_text(encoding="utf-8"))
    assert found
    return re.fullmatch(found[1].replace(r"\/", "/"), text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    "text", ["nc", "NC.", "n.c", "N.C.", "n c", "n/c", "S.O.", "s.o", "non concerné", "Non concernées", "sans objet"]
)
def test_not_concerned_is_read_alike(text: str) -> None:
    assert is_read_by_the_page(text)
    assert parse_input(FIELD, text) is NOT_CONCERNED


@pytest.mark.parametrize("text", ["so", "n/a", "NA", "concerné", "néant", "nc 3", "-"])
def test_what_is_not_said_to_be_so_is_not_read_so(text: str) -> None:
    assert not is_read_by_the_page(text)
    with pytest.raises(InputError):
        parse_input(FIELD, text)
