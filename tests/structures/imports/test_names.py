"""Names: the same structure under other spellings, and different structures under near names."""

import pytest

from senacs.structures.imports.names import core, is_near, name_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("CTRE SOCIAL DE L'EST", "Centre social de l'Est"),
        ("C.S.C. Les Marronniers", "Centre socio-culturel les marronniers"),
        ("Centre social et culturel Vaise", "Centre socioculturel Vaise"),
        ("E.V.S. Le Café", "Espace de Vie Sociale le cafe"),
        ("ASSOC. CENTRE SOCIAL ST JUST", "Association Centre social Saint-Just"),
        ("CSX Jean Vilar", "centre social Jean-Vilar"),
    ],
)
def test_spellings_of_one_name_share_a_key(first: str, second: str) -> None:
    assert name_key(first) == name_key(second)


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("Centre social Malissol", "CS Malisol", True),
        ("Centre social Mont Fleuri", "Centre social Montfleuri", True),
        ("Maison de quartier Malissol", "Centre social Malissol", True),
        ("Centre social Jean Vilar Valence", "Jean Vilar", True),
        ("Centre social Bergeronnette", "Centre social Bergeronettes", True),
        ("Centre social Quartier 1", "Centre social Quartier 2", False),
        ("Belleville I", "Belleville II", False),
        ("Centre social Est", "Centre social Ouest", False),
        ("Centre social Nord", "Centre social Sud", False),
        ("Pôle A", "Pôle B", False),
        ("Centre social Jean Moulin", "Centre social Jean Vilar", False),
        ("Centre social Horizon", "Centre social Les Tilleuls", False),
    ],
)
def test_near_names(first: str, second: str, near: bool) -> None:
    assert is_near(core(first, "Valence"), core(second, "Valence")) is near
