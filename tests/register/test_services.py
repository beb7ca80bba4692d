"""Lists received, tried, applied as they were shown; by the national team alone."""

from datetime import date
from pathlib import Path

import pytest

from senacs.lib.refusals import NotAllowed, Refused
from senacs.register.enums import ActKind
from senacs.register.models import RegisterAct, RegisterImport
from senacs.register.queries import register_at
from senacs.register.services import RegisterMoved, apply_list, receive_list, repaired_list, report_of, try_list
from senacs.structures.imports.reading import read_tables
from senacs.structures.imports.report import ImportOutcome
from senacs.structures.models import Structure
from senacs.territories.models import PostalCode
from tests import factories
from tests.factories import Cast

HEAD = "identifiant SENACS;type;nom;code postal;commune;téléphone\n"


@pytest.fixture(autouse=True)
def reference(cast: Cast, settings: object, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "caf.csv").write_text("code;nom;departements;epci\nCAF26;Caf Drôme;26;\n", encoding="utf-8")
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    PostalCode.objects.create(code="26000", commune=cast.structure.commune)


def listed(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows)).encode()


def receive(cast: Cast, *rows: str) -> RegisterImport:
    received = receive_list(name="liste.csv", content=listed(*rows), kind=None, by=cast.national)
    return try_list(received=received, by=cast.national)


def known(cast: Cast, phone: str = "04 75 00 00 01") -> str:
    return f"{cast.structure.code};CS;{cast.structure.name};26000;Valence;{phone}"


NEW = ";EVS;Espace de vie du Polygone;26000;Valence;"
WRONG = ";CS;Centre social perdu;99999;Nulle-Part;"


def test_a_trial_changes_nothing_and_tells_values_before_and_after(cast: Cast) -> None:
    received = receive(cast, known(cast), NEW)
    assert {kind: n for kind, n in received.counts.items() if n} == {ImportOutcome.UPDATED: 1, ImportOutcome.CREATED: 1}
    changes = received.rows_of(ImportOutcome.UPDATED)[0]["changes"]
    assert ["téléphone", "", "04 75 00 00 01"] in changes
    assert Structure.objects.count() == 2 and not Structure.objects.get(pk=cast.structure.pk).phone


def test_application_writes_what_was_shown_once(cast: Cast) -> None:
    received = apply_list(received=receive(cast, known(cast), NEW), by=cast.national)
    assert Structure.objects.get(pk=cast.structure.pk).phone == "04 75 00 00 01"
    created = received.rows_of(ImportOutcome.CREATED)[0]
    assert Structure.objects.get(code=created["code"]).name == "Espace de vie du Polygone"
    assert (received.applied_by, bytes(received.content)) == (cast.national, b"")
    assert created["code"] in report_of(received)
    with pytest.raises(Refused, match="déjà appliquée"):
        apply_list(received=received, by=cast.national)


def test_a_list_is_given_back_repaired_and_brings_the_same(cast: Cast, tmp_path: Path) -> None:
    received = receive(cast, known(cast), NEW.replace("Valence", "VALENCE CEDEX"), WRONG)
    path = tmp_path / "reparee.xlsx"
    path.write_bytes(repaired_list(received=received, by=cast.national))
    rows = [row.cells for row in read_tables(path)[0].rows]
    where = rows[0].index("code INSEE de la commune")
    assert [row[where] for row in rows[1:]] == [cast.structure.commune_id, cast.structure.commune_id, ""]
    assert "refusée" in rows[3][-1] and cast.structure.code in rows[1]
    again = receive_list(name="reparee.xlsx", content=path.read_bytes(), kind=None, by=cast.national)
    tried = try_list(received=again, by=cast.national)
    assert [row["outcome"] for row in tried.rows] == [row["outcome"] for row in received.rows]
    with pytest.raises(NotAllowed):
        repaired_list(received=received, by=cast.correspondant_caf)
    applied = apply_list(received=received, by=cast.national, skip_refused=True)
    with pytest.raises(Refused, match="ne garde que son rapport"):
        repaired_list(received=applied, by=cast.national)


def test_a_list_is_tried_before_it_is_applied(cast: Cast) -> None:
    received = receive_list(name="liste.csv", content=listed(NEW), kind=None, by=cast.national)
    with pytest.raises(Refused, match="pas encore essayée"):
        apply_list(received=received, by=cast.national, skip_refused=True)
    assert not received.rows and Structure.objects.count() == 2


def test_refused_rows_stop_the_list_unless_they_are_left_aside(cast: Cast) -> None:
    received = receive(cast, WRONG, NEW)
    with pytest.raises(Refused, match="Des lignes sont refusées"):
        apply_list(received=received, by=cast.national)
    assert Structure.objects.count() == 2
    apply_list(received=received, by=cast.national, skip_refused=True)
    assert Structure.objects.count() == 3


def test_a_register_that_moved_since_is_shown_again_first(cast: Cast) -> None:
    received = receive(cast, known(cast))
    Structure.objects.filter(pk=cast.structure.pk).update(phone="04 75 11 11 11")
    with pytest.raises(RegisterMoved):
        apply_list(received=received, by=cast.national)
    again = try_list(received=received, by=cast.national)
    assert ["téléphone", "04 75 11 11 11", "04 75 00 00 01"] in again.rows_of(ImportOutcome.UPDATED)[0]["changes"]
    apply_list(received=again, by=cast.national)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"couleur\nbleu\n"])
def test_what_is_no_list_is_refused_with_a_sentence(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        receive_list(name="../../etc/liste.csv", content=content, kind=None, by=cast.national)
    assert "/etc/" not in refusal.value.message
    assert not RegisterImport.objects.exists()


def test_the_national_team_alone_keeps_the_register(cast: Cast) -> None:
    received = receive(cast, NEW)
    for name, user in cast.users().items():
        if name == "national":
            continue
        with pytest.raises(NotAllowed):
            receive_list(name="liste.csv", content=listed(NEW), kind=None, by=user)
        for act in (apply_list, try_list):
            with pytest.raises(NotAllowed):
                act(received=received, by=user)
    assert Structure.objects.count() == 2


def test_dates_and_places_are_told_in_words(cast: Cast) -> None:
    other = factories.make_commune("26198", "Montélimar", departement=cast.structure.departement)
    PostalCode.objects.create(code="26200", commune=other)
    head = "identifiant SENACS;type;nom;code postal;commune;date de début d'agrément;date de fin d'agrément\n"
    row = f"{cast.structure.code};CS;{cast.structure.name};26200;Montélimar;01/01/2026;31/12/2029"
    received = receive_list(name="l.csv", content=(head + row).encode(), kind=None, by=cast.national)
    received = try_list(received=received, by=cast.national)
    assert received.rows_of(ImportOutcome.UPDATED), received.rows
    told = {label: (before, after) for label, before, after in received.rows[0]["changes"]}
    assert told["commune"][0].startswith("Valence") and told["commune"][1].startswith("Montélimar"), received.rows
    assert told["agrément"][1] == f"{date(2026, 1, 1):%d/%m/%Y} – 31/12/2029"


def test_application_is_an_act_of_the_register(cast: Cast) -> None:
    applied = apply_list(received=receive(cast, known(cast), NEW), by=cast.national)
    act = RegisterAct.objects.get()
    assert (act.kind, act.by) == (ActKind.LIST, cast.national) and f"{applied.pk} appliquée" in act.reason
    assert {line.structure_id: line.changes for line in act.lines.all()}[cast.structure.pk] == {
        "phone": ["", "04 75 00 00 01"]
    }
    assert {entry.name for entry in register_at(act.on)} >= {"Espace de vie du Polygone"}
