"""From a postcode and a name as typed to the present commune."""

import pytest

from senacs.lib.text import search_key
from senacs.territories.places import CommuneIndex, CommunePlace, read_postal_code, split_place
from tests.territories.package import COMMUNES, EPCIS, commune

EXTRA = [
    commune("26100", "L'Isle-en-Drôme", 1000, "26310"),
    commune("26101", "Le Poët-sur-Drôme", 1000, "26310"),
    commune("26102", "Sainte-Foy-la-Grande", 1000, "26320"),
    commune("26103", "Sainte-Marie", 1000, "26330"),
]


@pytest.fixture(scope="module")
def index() -> CommuneIndex:
    epcis = {code: epci["code"] for epci in EPCIS for code in epci["membres"]}
    present = [entry for entry in [*COMMUNES, *EXTRA] if entry["type"] != "commune-deleguee"]
    return CommuneIndex(
        [
            CommunePlace(
                entry["code"],
                entry["nom"],
                search_key(entry["nom"]),
                entry["departement"],
                epcis.get(entry["code"]),
                entry.get("commune", entry["code"]),
            )
            for entry in present
        ],
        [(code, entry["code"]) for entry in present for code in entry["codesPostaux"]],
        [("01340", "saint bois", "01015"), ("01015", "arbignieu", "01015"), ("26900", "", "26002")],
    )


@pytest.mark.parametrize(
    ("postal_code", "name", "code"),
    [
        ("26000", "Valence", "26362"),
        ("26000", "VALENCE", "26362"),
        ("26100", "ROMANS SUR ISERE", "26281"),
        ("26100", "Romans s/ Isère", "26281"),
        ("26500", "BOURG LES VALENCE", "26058"),
        ("1000", "Bourg en Bresse", "01053"),
        ("26330", "ST MARTIN D'AOUT", "26313"),
        ("26320", "Ste Foy la Grande", "26102"),
        ("26310", "ISLE EN DROME", "26100"),
        ("26310", "Lisle-en-Drôme", "26100"),
        ("26310", "Poët-sur-Drôme (Le)", "26101"),
        ("26000", "Valence (26)", "26362"),
        ("69009", "Lyon 9e Arrondissement", "69389"),
        ("69009", "LYON 09", "69389"),
        ("69009", "Lyon", "69389"),
        ("75012", "Paris 12", "75112"),
        ("75012", "Paris 12ème arrdt", "75112"),
        ("97150", "St-Martin", "97801"),
        ("20200", "Bastia", "2B033"),
        ("20000", "AJACCIO", "2A004"),
        ("01300", "Arbignieu", "01015"),
        ("01300", "St Bois", "01015"),
    ],
)
def test_spellings_lead_to_the_commune(index: CommuneIndex, postal_code: str, name: str, code: str) -> None:
    found = index.resolve(postal_code=postal_code, name=name)
    assert found.place is not None, found.refusal
    assert found.place.code == code


@pytest.mark.parametrize(
    ("postal_code", "name", "code", "told"),
    [
        ("26009", "Valence", "26362", "code postal 26009 inconnu pour Valence"),
        ("26021", "VALENCE CEDEX 9", "26362", "code postal 26021 inconnu"),
        ("69421", "LYON CEDEX 03", "69383", "code postal 69421 inconnu pour Lyon 3e"),
        ("26100", "Valence", "26362", "code postal 26100 inconnu pour Valence"),
        ("20189", "Bastia", "2B033", "code postal 20189 inconnu pour Bastia"),
        ("69003", "Lyon 9e", "69389", "code postal 69003 inconnu pour Lyon 9e"),
        ("26000", "Valance", "26362", "« Valance » lue comme Valence"),
        ("26320", "Sainte-Foy", "26102", "« Sainte-Foy » lue comme Sainte-Foy-la-Grande"),
        ("26330", "Saint-Martin", "26313", "« Saint-Martin » lue comme Saint-Martin-d'Août"),
        ("1000", "Bourg-en-Bresse", "01053", "zéro initial du code postal rétabli (01000)"),
    ],
)
def test_faults_are_borne_and_told(index: CommuneIndex, postal_code: str, name: str, code: str, told: str) -> None:
    found = index.resolve(postal_code=postal_code, name=name)
    assert found.place is not None, found.refusal
    assert found.place.code == code
    assert told in found.warnings[0]


def test_typed_postcode_is_kept(index: CommuneIndex) -> None:
    assert index.resolve(postal_code="26009", name="Valence").postal_code == "26009"


@pytest.mark.parametrize(
    ("postal_code", "name", "told"),
    [
        ("26750", "Saint-Paul", "ambiguë : Saint-Paul (26001) ou Saint-Paul (26002)"),
        ("69003", "Valence", "« Valence » est Valence (26362), mais le code postal 69003 désigne"),
        ("99999", "Valence", "le code postal 99999 est inconnu"),
        ("26310", "Trifouillis", "le code postal 26310 désigne L'Isle-en-Drôme (26100) et Le Poët-sur-Drôme (26101)"),
        ("98765", "Trifouillis", "« Trifouillis » inconnue, et code postal 98765 inconnu"),
        ("26", "Valence", "illisible"),
        ("2B033", "Bastia", "illisible"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_candidates(
    index: CommuneIndex, postal_code: str, name: str, told: str
) -> None:
    found = index.resolve(postal_code=postal_code, name=name)
    assert found.place is None
    assert told in found.refusal


def test_insee_code_decides_between_namesakes_and_follows_mergers(index: CommuneIndex) -> None:
    chosen = index.resolve(postal_code="26750", name="Saint-Paul", code="26002")
    assert chosen.place is not None
    assert chosen.place.code == "26002"
    merged = index.resolve(postal_code="01300", name="Saint-Bois", code="1340")
    assert merged.place is not None
    assert merged.place.code == "01015"


def test_insee_code_gives_the_only_postcode_but_may_not_contradict_the_name(index: CommuneIndex) -> None:
    completed = index.resolve(postal_code="", name="", code="26362")
    assert completed.postal_code == "26000"
    assert "complété" in completed.warnings[0]
    assert "code INSEE désigne Valence" in index.resolve(postal_code="26100", name="Pierrelatte", code="26362").refusal
    assert "illisible" in index.resolve(postal_code="", name="Bastia", code="2B033").refusal


@pytest.mark.parametrize(
    ("text", "expected"),
    [("26000", "26000"), ("26 000", "26000"), ("F-26000", "26000"), ("1000.0", "01000"), ("260", ""), ("٢٦٠٠٠", "")],
)
def test_postal_codes(text: str, expected: str) -> None:
    assert read_postal_code(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("69009 Lyon", ("69009", "Lyon")),
        ("69 009 - Lyon", ("69 009", "Lyon")),
        ("1000 Bourg", ("1000", "Bourg")),
        ("Lyon (69009)", ("69009", "Lyon")),
        ("Lyon", ("", "Lyon")),
    ],
)
def test_one_cell_for_both(text: str, expected: tuple[str, str]) -> None:
    assert split_place(text) == expected
