"""Typed text to values and back: lenient on form, never on meaning."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senacs.questionnaire.engine.schema import Field, Kind, Option
from senacs.questionnaire.engine.values import (
    NOT_CONCERNED,
    InputError,
    canonical,
    format_value,
    from_json,
    parse_input,
    to_json,
)

OPTIONS = (Option("mensuelle", "Une fois par mois"), Option("annuelle", "Une fois par an"), Option("jamais", "Jamais"))


def make_field(kind: Kind, **settings: Any) -> Field:
    settings.setdefault("minimum", 0 if kind.is_numeric else None)
    if kind in {Kind.CHOICE, Kind.MULTIPLE}:
        settings.setdefault("options", OPTIONS)
    return Field(code="champ", label="Champ", kind=kind, section="s", question="q", **settings)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.INTEGER, "0", 0),
        (Kind.INTEGER, "1 234", 1234),
        (Kind.INTEGER, "1\u202f234\u00a0567", 1234567),
        (Kind.INTEGER, "\u3000\u200b12\ufeff", 12),
        (Kind.INTEGER, "12,0", 12),
        (Kind.INTEGER, "1,234,567", 1234567),
        (Kind.INTEGER, "1.234.567", 1234567),
        (Kind.INTEGER, "+7", 7),
        (Kind.AMOUNT, "12 345 €", 12345),
        (Kind.AMOUNT, "12345,00 euros", 12345),
        (Kind.DECIMAL, "1 234,5", Decimal("1234.5")),
        (Kind.DECIMAL, "1,234.5", Decimal("1234.5")),
        (Kind.DECIMAL, "1.234,50", Decimal("1234.5")),
        (Kind.DECIMAL, ".5".zfill(3), Decimal("0.5")),
        (Kind.PERCENT, "12,5 %", Decimal("12.5")),
        (Kind.YES_NO, "OUI", True),
        (Kind.YES_NO, "0", False),
        (Kind.CHOICE, "mensuelle", "mensuelle"),
        (Kind.CHOICE, "UNE FOIS par mois", "mensuelle"),
        (Kind.MULTIPLE, ["jamais", "mensuelle", ""], ("mensuelle", "jamais")),
        (Kind.MULTIPLE, "Jamais ; annuelle", ("annuelle", "jamais")),
        (Kind.DATE, "31/12/2025", date(2025, 12, 31)),
        (Kind.DATE, "1.3.2025", date(2025, 3, 1)),
        (Kind.DATE, "2025-12-31", date(2025, 12, 31)),
        (Kind.TEXT, "  Café\n associatif ", "Café associatif"),
        (Kind.LONG_TEXT, "a\r\nb", "a\nb"),
        (Kind.INTEGER, "NC", NOT_CONCERNED),
        (Kind.CHOICE, ["Non concerné"], NOT_CONCERNED),
        (Kind.TEXT, "nc", "nc"),
        (Kind.INTEGER, " \u00a0 ", None),
        (Kind.MULTIPLE, [], None),
        (Kind.TEXT, "", None),
    ],
)
def test_what_people_type(kind: Kind, raw: str | list[str], value: object) -> None:
    parsed = parse_input(make_field(kind, decimals=2 if kind in {Kind.DECIMAL, Kind.PERCENT} else 0), raw)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        (Kind.INTEGER, "-5", "négatif"),
        (Kind.INTEGER, "\u22125", "négatif"),
        (Kind.INTEGER, "12,5", "entier"),
        (Kind.INTEGER, "1,234", "deux façons"),
        (Kind.INTEGER, "1.000", "deux façons"),
        (Kind.DECIMAL, "1,234", "deux façons"),
        (Kind.DECIMAL, "1,2345", "décimales au plus"),
        (Kind.INTEGER, "1e400", "notation scientifique"),
        (Kind.INTEGER, "NaN", "n’est pas un nombre"),
        (Kind.DECIMAL, "Infinity", "n’est pas un nombre"),
        (Kind.INTEGER, "١٢٣", "chiffres 0 à 9"),
        (Kind.INTEGER, "１２", "chiffres 0 à 9"),
        (Kind.INTEGER, "=1+1", "formule"),
        (Kind.INTEGER, "12 34", "pas à leur place"),
        (Kind.INTEGER, "1_000", "n’est pas un nombre"),
        (Kind.INTEGER, "0x10", "n’est pas un nombre"),
        (Kind.INTEGER, "douze", "n’est pas un nombre"),
        (Kind.INTEGER, "-", "n’est pas un nombre"),
        (Kind.INTEGER, "9" * 13, "trop grand"),
        (Kind.INTEGER, "9" * 5000, "trop long"),
        (Kind.PERCENT, "101", "au plus 100"),
        (Kind.INTEGER, "12 %", "pourcentage"),
        (Kind.DATE, "31/02/2025", "n’existe pas"),
        (Kind.DATE, "2025-13-01", "n’existe pas"),
        (Kind.DATE, "01/03/25", "quatre chiffres"),
        (Kind.DATE, "01/03/0025", "entre 1850 et 2100"),
        (Kind.DATE, "demain", "31/12/2025"),
        (Kind.TEXT, "x" * 501, "500\u00a0caractères au plus, il y en a 1 de trop"),
        (Kind.TEXT, "a\x00b", "invisibles"),
        (Kind.CHOICE, "jamas", "Vouliez-vous dire « Jamais »"),
        (Kind.CHOICE, ["jamais", "annuelle"], "Une seule réponse"),
        (Kind.MULTIPLE, ["jamais", "autre chose"], "ne fait pas partie"),
        (Kind.YES_NO, "peut-être", "« Oui » ou « Non »"),
    ],
)
def test_what_cannot_be_a_value(kind: Kind, raw: str | list[str], message: str) -> None:
    field = make_field(kind, decimals=2 if kind is Kind.DECIMAL else 0, maximum=100 if kind is Kind.PERCENT else None)
    with pytest.raises(InputError) as raised:
        parse_input(field, raw)
    assert message in str(raised.value)


def test_thousands_are_offered_when_a_separator_is_ambiguous() -> None:
    with pytest.raises(InputError, match="« 1\u202f234 »"):
        parse_input(make_field(Kind.INTEGER), "1,234")
    assert parse_input(make_field(Kind.DECIMAL, decimals=3), "1,234") == Decimal("1.234")


def test_not_concerned_where_an_answer_is_due() -> None:
    with pytest.raises(InputError, match="une réponse est attendue"):
        parse_input(make_field(Kind.INTEGER, allows_not_concerned=False), "nc")


@given(st.text(max_size=60), st.sampled_from(list(Kind)))
def test_any_text_gives_a_value_of_the_kind_or_a_french_message(raw: str, kind: Kind) -> None:
    field = make_field(kind, decimals=2 if kind is Kind.DECIMAL else 0)
    try:
        value = parse_input(field, raw)
    except InputError as error:
        assert str(error).endswith((".", "?"))
        return
    if value is not None and value is not NOT_CONCERNED:
        assert from_json(field, to_json(field, value)) == value
        assert format_value(field, value)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (Kind.INTEGER, 12, 12),
        (Kind.DECIMAL, Decimal("12.50"), "12.5"),
        (Kind.DECIMAL, Decimal("1E+3"), "1000"),
        (Kind.PERCENT, Decimal("0"), "0"),
        (Kind.YES_NO, False, False),
        (Kind.MULTIPLE, ("mensuelle",), ["mensuelle"]),
        (Kind.DATE, date(2025, 1, 2), "2025-01-02"),
    ],
)
def test_json_forms(kind: Kind, value: Any, stored: object) -> None:
    field = make_field(kind)
    assert to_json(field, value) == stored
    assert from_json(field, stored) == value


@pytest.mark.parametrize(
    ("kind", "stored"),
    [(Kind.INTEGER, True), (Kind.INTEGER, 1.5), (Kind.YES_NO, 1), (Kind.MULTIPLE, [1]), (Kind.DECIMAL, "NaN"),
     (Kind.DATE, 3), (Kind.TEXT, None)],
)  # fmt: skip
def test_json_of_another_kind_is_refused(kind: Kind, stored: object) -> None:
    with pytest.raises(ValueError, match="champ"):
        from_json(make_field(kind), stored)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_canonical_decimals_are_unique(number: Decimal) -> None:
    assert Decimal(canonical(number)) == number
    assert canonical(Decimal(canonical(number))) == canonical(number + Decimal("0.0000000"))


@pytest.mark.parametrize(
    ("kind", "unit", "value", "shown"),
    [
        (Kind.INTEGER, "personnes", 1234, "1\u202f234\u00a0personnes"),
        (Kind.INTEGER, "enfants accompagnés", 1, "1\u00a0enfant accompagné"),
        (Kind.INTEGER, "mois", 1, "1\u00a0mois"),
        (Kind.AMOUNT, "€", 12345, "12\u202f345\u00a0€"),
        (Kind.DECIMAL, "ETP", Decimal("12.50"), "12,5\u00a0ETP"),
        (Kind.DECIMAL, "heures", Decimal("9.5"), "9,5\u00a0heures"),
        (Kind.DECIMAL, "h", Decimal("9.5"), "9\u00a0h\u00a030"),
        (Kind.DECIMAL, "h", Decimal("14"), "14\u00a0h"),
        (Kind.PERCENT, "%", Decimal("12.5"), "12,5\u00a0%"),
        (Kind.YES_NO, "", True, "Oui"),
        (Kind.CHOICE, "", "jamais", "Jamais"),
        (Kind.MULTIPLE, "", ("mensuelle", "jamais"), "Une fois par mois, Jamais"),
        (Kind.DATE, "", date(2025, 3, 1), "1er\u00a0mars 2025"),
        (Kind.INTEGER, "", NOT_CONCERNED, "Non concerné"),
        (Kind.INTEGER, "", None, "non renseigné"),
    ],
)
def test_values_shown_in_french(kind: Kind, unit: str, value: Any, shown: str) -> None:
    assert format_value(make_field(kind, unit=unit, decimals=2 if kind is Kind.DECIMAL else 0), value) == shown
