"""What a free text may not hold."""

import pytest

from senacs.collection import privacy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Écrire à anne.martin@centre-social.fr", "l’adresse de courriel « anne.martin@centre-social.fr »"),
        ("Appeler le 04 75 12 34 56 le matin", "le numéro de téléphone « 04 75 12 34 56 »"),
        ("tel:0612345678.", "le numéro de téléphone « 0612345678 »"),
        ("+33 (0)6.12.34.56.78", "le numéro de téléphone « +33 (0)6.12.34.56.78 »"),
        ("0033 612345678", "le numéro de téléphone « 0033 612345678 »"),
        ("projet porté par Mme Martin", "le nom « Mme Martin »"),
        ("avec Monsieur de Villeneuve", "le nom « Monsieur de Villeneuve »"),
        ("le Dr Élan intervient", "le nom « Dr Élan »"),
        ("2 69 05 49 588 157 80", "le numéro de sécurité sociale « 2 69 05 49 588 157 80 »"),
    ],
)
def test_nominative_text_is_seen(text: str, what: str) -> None:
    assert privacy.findings(text) == [what]
    assert what in privacy.warning(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567890123 personnes",
        "Budget de 1 234 567 890 €",
        "04 75 12 34 : numéro coupé",
        "Madame la Maire et Monsieur le Président",
        "SIRET 123 456 789 00012",
        "de 2019 à 2025, 0 départ",
        "Mme X",
        "@centre.social sur les réseaux",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert privacy.findings(text) == []
    assert privacy.warning(text) == ""


@pytest.mark.parametrize(
    "nir", ["269054958815780", "2 69 05 49 588 157 80", "1-85-05-78-006-084-91", "1850578006084 91"]
)
def test_nir_is_known_by_its_key(nir: str) -> None:
    assert privacy.contains_nir(f"numéro {nir}.")


@pytest.mark.parametrize("number", ["269054958815781", "169054958815780", "26905495881578", "0269054958815780"])
def test_number_with_a_wrong_key_is_no_nir(number: str) -> None:
    assert not privacy.contains_nir(number)


def test_nir_of_corsica_counts_2a_as_19_and_2b_as_18() -> None:
    for departement, stands_for in (("2A", 19), ("2B", 18)):
        key = 97 - int(f"18505{stands_for}006084") % 97
        assert privacy.contains_nir(f"18505{departement}006084{key:02}")
