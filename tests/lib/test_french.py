from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from senacs.lib import french, printed_marks

T, N = french.THIN, french.NBSP


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (None, None, "–"),
        (0, None, "0"),
        (1234.5, None, f"1{T}234,5"),
        (1234567, 0, f"1{T}234{T}567"),
        (Decimal("2.005"), 2, "2,01"),
        (2.5, 0, "3"),
        (-1234.4, 0, f"{french.MINUS}1{T}234"),
        (-0.2, 0, "0"),
        (12, 1, "12,0"),
        (999.999, None, f"1{T}000"),
    ],
)
def test_number_writes_french_figures(value, decimals, expected):
    assert french.number(value, decimals) == expected


def test_amount_and_percent_keep_their_sign_on_the_line():
    assert french.amount(633817) == f"633{T}817{N}€"
    assert french.percent(Decimal("12.35"), 1) == f"12,4{N}%"
    assert french.percent(None) == "–"


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 centre"), (1, "1 centre"), (1.5, "1,5 centre"), (2, "2 centres")]
)
def test_plural_starts_at_two(count, expected):
    assert french.plural(count, "centre") == expected.replace(" ", N)


def test_plural_takes_an_irregular_form():
    assert french.plural(3, "espace de vie sociale", "espaces de vie sociale") == f"3{N}espaces de vie sociale"


def test_long_date_tells_an_instant_in_paris():
    assert french.long_date(date(2026, 3, 1)) == f"1er{N}mars 2026"
    assert french.long_date(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)) == f"1er{N}janvier 2026"


def test_joined_uses_et_before_the_last():
    assert french.joined(["a"]) == "a"
    assert french.joined(["a", "b", "c"]) == "a, b et c"


@pytest.mark.parametrize(
    ("label", "told"), [("Part des ETP", "part des ETP"), ("CLAS et ALSH", "CLAS et ALSH"), ("À l’heure", "à l’heure")]
)
def test_inside_a_sentence_only_the_first_letter_comes_down(label, told):
    assert french.inside(label) == told


def test_a_unit_follows_a_figure_that_is_there():
    assert french.with_unit(12, "ETP", 1) == f"12,0{N}ETP"
    assert french.with_unit(0, "ETP") == f"0{N}ETP"
    assert french.with_unit(12, "") == "12"
    assert french.with_unit(None, "ETP") == french.with_unit(None, "") == "–"


def test_a_sentence_keeps_its_marks_on_the_line():
    assert french.spaced("Quoi ? « Rien » : fin ; oui !") == f"Quoi{T}? «{N}Rien{N}»{N}: fin{T}; oui{T}!"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("de 18 à 25 ans, dont 3 ETP", f"de 18 à 25{N}ans, dont 3{N}ETP"),
        ("12 % de 450 k€ en 2 h", f"12{N}% de 450{N}k€ en 2{N}h"),
        ("3 anciens, 2 hommes, 4 s’il y en a", "3 anciens, 2 hommes, 4 s’il y en a"),
        ("Vraiment ?! Oui !", f"Vraiment{T}?! Oui{T}!"),
        ("voir https://senacs.fr/?a=1 : la page ?a=1", f"voir https://senacs.fr/?a=1{N}: la page ?a=1"),
        ("pour 10 000 habitants, 1 234 567 €", f"pour 10{T}000 habitants, 1{T}234{T}567{N}€"),
        ("en 2025 100 structures, 01 23 45 67 89", "en 2025 100 structures, 01 23 45 67 89"),
        ("une ligne\n: une autre", "une ligne\n: une autre"),
    ],
)
def test_nothing_else_is_bound(written, printed):
    assert french.spaced(written) == printed
    assert french.spaced(printed) == printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Val-d'Oise", "Val-d’Oise"),
        ("L'Isle-d'Abeau", "L’Isle-d’Abeau"),
        ("Côte-d’Or", "Côte-d’Or"),
        ("'entre'", "'entre'"),
    ],
)
def test_a_name_is_printed_with_its_apostrophes(name, printed):
    assert french.apostrophes(name) == printed


def test_percent_has_no_digit_unless_asked():
    assert french.percent(12.4) == f"12{N}%"
    assert french.amount(12.4) == f"12{N}€"


@pytest.mark.parametrize(("count", "word"), [(-2, "centres"), (-1.9, "centre"), (-1, "centre"), (1.99, "centre")])
def test_plural_of_what_is_below_zero_starts_at_two_as_well(count, word):
    assert french.plural(count, "centre").endswith(f"{N}{word}")


def test_joined_knows_two_and_none():
    assert french.joined([]) == ""
    assert french.joined(["a", "b"], last="ou") == "a ou b"


def test_inside_reads_the_second_letter_alone():
    assert french.inside("ÉTp") == "ÉTp"
    assert french.inside("PMi est un sigle") == "PMi est un sigle"
    assert french.inside("A") == "a"


@pytest.mark.parametrize(
    ("value", "decimals", "printed"), [(1.005, None, "1.01"), (0.125, 2, "0.13"), (7, 0, "7"), (8.3, 1, "8.3")]
)
def test_rounded_has_the_step_of_its_digits(value, decimals, printed):
    assert french.rounded(value, decimals) == Decimal(printed)


def test_every_writing_is_told_to_who_collects():
    with printed_marks.collecting() as written:
        french.number(printed_marks.marked(1234.5, "recettes"), 1)
    assert [(one.identity, one.digits) for one in written.found or []] == [("recettes", f"1{T}234,5")]
