import pytest

from senacs.lib.text import search_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ST-ÉTIENNE", "saint etienne"),
        ("Saint Etienne", "saint etienne"),
        ("Ste-Foy-lès-Lyon", "sainte foy les lyon"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œting", "oeting"),
        ("  Best  ", "best"),
    ],
)
def test_search_key_ignores_capitals_accents_and_abbreviations(typed, key):
    assert search_key(typed) == key
