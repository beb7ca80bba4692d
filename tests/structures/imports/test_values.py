"""Cells as people type them."""

from datetime import date

import pytest

from senacs.structures.enums import StructureKind
from senacs.structures.imports import values


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("csx", "CS"),
        ("CS", "CS"),
        ("C.S.", "CS"),
        ("Centre social", "CS"),
        ("CENTRES SOCIAUX", "CS"),
        ("C.S.C.", "CS"),
        ("Centre socio-culturel", "CS"),
        ("Espace Social Commun", "CS"),
        ("CTRE SOC.", "CS"),
        ("evs", "EVS"),
        ("E.V.S.", "EVS"),
        ("Espace de Vie Sociale", "EVS"),
        ("Centre de Vie Sociale", "EVS"),
        ("café associatif", None),
        ("MJC", None),
        ("Centre social et EVS", None),
    ],
)
def test_kind(text: str, kind: str | None) -> None:
    assert values.kind(text) == (StructureKind(kind) if kind else None)


@pytest.mark.parametrize(
    ("text", "siret", "told"),
    [
        ("323 180 588 00036", "32318058800036", ""),
        ("751533555\u00a000023", "75153355500023", ""),
        ("323.180.588-00036", "32318058800036", ""),
        ("35600000000048", "35600000000048", ""),
        ("32318058800037", "32318058800037", "clé de contrôle"),
        ("3494010900047", "", "à 13 chiffres"),
        ("3,23181E+13", "", "tronqué par le tableur"),
        ("en cours", "", "illisible"),
        ("00000000000000", "", "fictif"),
    ],
)
def test_siret(text: str, siret: str, told: str) -> None:
    value, warning = values.siret(text)
    assert value == siret
    assert (told in warning) if told else not warning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0474571200", "04 74 57 12 00"),
        ("04.74.57.12.00", "04 74 57 12 00"),
        ("474571200", "04 74 57 12 00"),
        ("+33 (0)4 74 57 12 00", "04 74 57 12 00"),
        ("0033474571200", "04 74 57 12 00"),
        ("04 74 57 12 00 / 06 00 00 00 00", "04 74 57 12 00"),
        ("demander à l'accueil", ""),
        ("12", ""),
    ],
)
def test_phone(text: str, expected: str) -> None:
    assert values.phone(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("csrg.fr", "http://csrg.fr"),
        ("www.larchipel.asso.fr", "http://www.larchipel.asso.fr"),
        ("https://www.paysfoyen.fr/", "https://www.paysfoyen.fr/"),
        ("HTTP://exemple.fr", "HTTP://exemple.fr"),
        ("notre page Facebook", ""),
        ("javascript:alert(1)", ""),
        ("http://", ""),
    ],
)
def test_website(text: str, expected: str) -> None:
    value, warning = values.website(text)
    assert value == expected
    assert bool(warning) == (not expected)


def test_website_that_is_a_phone_number() -> None:
    assert values.website_phone("http://0474571200") == "04 74 57 12 00"
    assert values.website_phone("Tél. 04 74 57 12 00") == "04 74 57 12 00"
    assert values.website_phone("http://exemple.fr") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Contact@Exemple.FR", "contact@exemple.fr"),
        ("mailto:a@b.fr", "a@b.fr"),
        ("a@b.fr ; c@d.fr", "a@b.fr"),
        ("accueil arobase b.fr", ""),
    ],
)
def test_email(text: str, expected: str) -> None:
    assert values.email(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/01/1972", date(1972, 1, 3)),
        ("3-1-72", date(1972, 1, 3)),
        ("01.07.18", date(2018, 7, 1)),
        ("2018-07-01", date(2018, 7, 1)),
        ("2018-07-01 00:00:00", date(2018, 7, 1)),
        ("26301", date(1972, 1, 3)),
        ("1972", None),
        ("31/02/2020", None),
        ("01/01/0205", None),
        ("bientôt", None),
    ],
)
def test_day(text: str, expected: date | None) -> None:
    value, warning = values.day(text)
    assert value == expected
    assert bool(warning) == (expected is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("15221", 15221), ("15 221", 15221), ("15.221 hab.", 15221), ("0", None), ("environ 3000", None), ("1e9", None)],
)
def test_population(text: str, expected: int | None) -> None:
    assert values.population(text)[0] == expected


@pytest.mark.parametrize(("text", "expected"), [("Oui", True), ("x", True), ("NON", False), ("0", False), ("?", None)])
def test_yes_no(text: str, expected: bool | None) -> None:
    assert values.yes_no(text)[0] is expected


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (values.gestion, "Associatif", "associatif"),
        (values.gestion, "Association loi 1901", "associatif"),
        (values.gestion, "Collectivité locale", "collectivite"),
        (values.gestion, "CCAS", "collectivite"),
        (values.gestion, "Municipal", "collectivite"),
        (values.gestion, "Caf (gestion directe)", "caf"),
        (values.gestion, "Autres (dont délégation de gestion)", "autre"),
        (values.gestion, "mystère", ""),
        (values.territory_type, "Un espace à dominante urbaine", "urbain"),
        (values.territory_type, "Rural", "rural"),
        (values.territory_size, "Plusieurs quartiers", "plusieurs_quartiers"),
        (values.territory_size, "Un quartier", "quartier"),
        (values.territory_size, "Une commune", "commune"),
        (values.territory_size, "Plusieurs communes", "plusieurs_communes"),
        (values.territory_size, "Intercommunalité", "intercommunalite"),
        (values.priority_geography, "Votre structure est située sur un quartier prioritaire (QPV)", "qpv"),
        (values.priority_geography, 'Votre structure est située sur un territoire "de veille active"', "veille"),
        (values.priority_geography, "Vous n’êtes pas concerné par cette question", "aucune"),
        (values.other_federation, "Fédération des centres sociaux", ""),
        (values.other_federation, "Non", ""),
        (values.other_federation, "Léo Lagrange", "Léo Lagrange"),
    ],
)
def test_choices(reader: object, text: str, expected: str) -> None:
    assert callable(reader)
    assert reader(text)[0] == expected
