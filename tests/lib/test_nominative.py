"""What a free text may not hold."""

import pytest

from senacs.lib import nominative
from tests.lib.other_sentences import NAMING as OTHER_NAMING
from tests.lib.other_sentences import ORDINARY as OTHER_ORDINARY
from tests.lib.sentences import NAMING, ORDINARY


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
    assert nominative.findings(text) == [what]
    assert what in nominative.warning(text)


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
    assert nominative.findings(text) == []
    assert nominative.warning(text) == ""


@pytest.mark.parametrize(
    "nir", ["269054958815780", "2 69 05 49 588 157 80", "1-85-05-78-006-084-91", "1850578006084 91"]
)
def test_nir_is_known_by_its_key(nir: str) -> None:
    assert nominative.contains_nir(f"numéro {nir}.")


@pytest.mark.parametrize("number", ["269054958815781", "169054958815780", "26905495881578", "0269054958815780"])
def test_number_with_a_wrong_key_is_no_nir(number: str) -> None:
    assert not nominative.contains_nir(number)


def test_nir_of_corsica_counts_2a_as_19_and_2b_as_18() -> None:
    for departement, stands_for in (("2A", 19), ("2B", 18)):
        key = 97 - int(f"18505{stands_for}006084") % 97
        assert nominative.contains_nir(f"18505{departement}006084{key:02}")


def test_recall_and_false_alarms_on_two_hundred_sentences() -> None:
    assert (len(set(NAMING)), len(set(ORDINARY))) == (100, 100)
    missed = [sentence for sentence in NAMING if not nominative.findings(sentence)]
    alarms = [sentence for sentence in ORDINARY if nominative.findings(sentence)]
    assert len(missed) <= 2, missed
    assert len(alarms) <= 2, alarms


@pytest.mark.parametrize("sentence", NAMING[:20] + NAMING[45:60])
def test_the_reproach_never_tells_whole_what_it_found(sentence: str) -> None:
    told = nominative.reproach(sentence)
    assert "Retirez ce qui permet de la reconnaître, ou dites pourquoi" in told
    for word in sentence.replace("(", " ").replace(")", " ").rstrip(".").split():
        if len(word) > 5 and (word[0].isupper() or any(c.isdigit() or c == "@" for c in word)):
            is_title = word in {"Monsieur", "Madame", "Docteur", "Maître", "Mesdames", "Messieurs", "Mademoiselle"}
            assert is_title or word not in told


def test_two_names_say_nothing_alone_and_a_person_beside_an_address() -> None:
    assert nominative.findings("Sur une idée de Jean Moulin.") == []
    found = nominative.findings("Jean Moulin, 12 rue des Lilas")
    assert found == ["l’adresse « 12 rue des Lilas »", "le nom « Jean Moulin »"]


def test_recall_and_false_alarms_on_sentences_that_the_rule_was_not_written_for() -> None:
    assert (len(set(OTHER_NAMING)), len(set(OTHER_ORDINARY))) == (20, 20)
    missed = [sentence for sentence in OTHER_NAMING if not nominative.findings(sentence)]
    alarms = [sentence for sentence in OTHER_ORDINARY if nominative.findings(sentence)]
    assert (missed, alarms) == ([], [])


@pytest.mark.parametrize("written", ["06 12 34 56 78", "+33 6 12 34 56 78", "06.12.34.56.78", "０６ 12 34 56 78"])
def test_an_own_telephone_is_known_however_it_is_written(written: str) -> None:
    assert nominative.findings(f"Me joindre au {written}", known=["+33612345678"]) == []
    assert nominative.findings(f"Le joindre au {written}", known=["0612345679"]) != []


def test_digits_of_every_alphabet_and_unseen_marks_hide_nothing() -> None:
    wide = "2 69 05 49 588 157 80".translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert nominative.contains_nir(wide)
    assert nominative.contains_nir("2 69 05 49\u200b 588 157 80")
