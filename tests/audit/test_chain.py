"""The chain of the journal: what is written is sealed in its order, and whatever is removed or altered shows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from senacs.accounts.enums import AccessAction, RightsAct
from senacs.accounts.models import AccessEntry, RightsEntry
from senacs.accounts.rights import log_right
from senacs.accounts.services import log_access
from senacs.audit.chain import check, faults_of, seal
from senacs.audit.models import AuditHead, AuditLine
from senacs.audit.queries import as_csv, lines_matching
from senacs.lib import clock
from tests.factories import Cast

WHY = "Répondre au courrier du 12 novembre."


def write(count: int) -> list[RightsEntry]:
    return [
        log_right(act=RightsAct.PROPOSED, address=f"p{number}@exemple.fr", by=None, reason=WHY)
        for number in range(count)
    ]


@pytest.mark.django_db
def test_lines_are_numbered_and_sealed_in_their_order() -> None:
    write(3)
    assert seal() == 3 and seal() == 0
    assert list(AuditLine.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]
    report = check()
    assert (report.lines, report.faults, report.waiting) == (3, (), 0)
    assert "chaîne intacte" in report.summary


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"), [("reason", "Autre motif."), ("actor_name", "Personne"), ("about", ""), ("digest", "0" * 64)]
)
def test_a_line_that_was_altered_shows(column: str, value: str) -> None:
    write(3)
    seal()
    AuditLine.objects.filter(number=2).update(**{column: value})
    assert {fault.number for fault in check().faults} == {2}
    assert list(faults_of(list(AuditLine.objects.all())).values()) == ["cette ligne a été changée"]


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "found"), [(1, 1), (2, 2), (4, 4)])
def test_a_line_that_was_removed_shows_the_last_too(number: int, found: int) -> None:
    write(4)
    seal()
    AuditLine.objects.filter(number=number).delete()
    assert [fault.number for fault in check().faults] == [found]
    assert "retirée" in check().faults[0].told


@pytest.mark.django_db
def test_lines_put_in_another_order_show() -> None:
    write(3)
    seal()
    AuditLine.objects.filter(number=2).update(number=20)
    AuditLine.objects.filter(number=3).update(number=2)
    AuditLine.objects.filter(number=20).update(number=3)
    assert check().faults


@pytest.mark.django_db
def test_a_row_changed_or_removed_behind_its_line_shows() -> None:
    first, second, _ = write(3)
    seal()
    RightsEntry.objects.filter(pk=first.pk).update(reason="Tout autre chose.")
    RightsEntry.objects.filter(pk=second.pk)._raw_delete(using="default")
    told = {fault.number: fault.told for fault in check().faults}
    assert told == {1: "ce dont elle parle a été changé", 2: "ce dont elle parle a été retiré"}
    with pytest.raises(CommandError, match="a été touché"):
        call_command("check_audit", stdout=StringIO())


@pytest.mark.django_db
def test_a_seal_noted_elsewhere_shows_that_the_end_was_cut() -> None:
    write(3)
    seal()
    noted = AuditLine.objects.get(number=3).seal
    call_command("check_audit", seal=noted, stdout=StringIO())
    AuditLine.objects.filter(number=3).delete()
    AuditHead.objects.update(number=2, seal=AuditLine.objects.get(number=2).seal)
    assert not check().faults
    with pytest.raises(CommandError, match="n’est plus dans la chaîne"):
        call_command("check_audit", seal=noted, stdout=StringIO())


@pytest.mark.django_db
def test_seals_hold_after_a_new_key_and_not_without_the_old_one(settings: object) -> None:
    write(2)
    seal()
    old = settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "une-nouvelle-cle", [old]  # type: ignore[attr-defined]
    write(1)
    seal()
    assert not check().faults
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert check().faults


def test_an_access_is_told_with_its_structures_and_they_may_not_change(cast: Cast) -> None:
    entry = log_access(
        user=cast.national, action=AccessAction.READING, structures=[cast.structure], purpose=WHY,
        open_until=clock.now(),
    )  # fmt: skip
    seal()
    line = AuditLine.objects.get(row=f"accounts.AccessEntry:{entry.pk}")
    assert cast.structure.code in line.about and cast.national.email in line.actor_name and line.reason == WHY
    entry.structures.clear()
    assert check().faults[0].told == "ce dont elle parle a été changé"


def test_rows_that_tell_acts_are_written_once(cast: Cast) -> None:
    [entry] = write(1)
    with pytest.raises(TypeError, match="append-only"):
        entry.save()
    with pytest.raises(TypeError, match="append-only"):
        entry.delete()
    assert not AccessEntry.objects.exists()


@pytest.mark.django_db
def test_the_journal_is_searched_by_every_word_and_taken_away() -> None:
    write(2)
    seal()
    assert [line.about for line in lines_matching(words="proposition p1@")] == ["p1@exemple.fr"]
    assert not lines_matching(words="p1@", until=clock.today() - timedelta(days=1)).exists()
    lines = as_csv(lines_matching(), about=lambda line: line.about).splitlines()
    assert len(lines) == 3 and lines[1].startswith("2;") and AuditLine.objects.get(number=2).seal in lines[1]


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain() -> None:
    def act(number: int) -> None:
        try:
            log_right(act=RightsAct.PROPOSED, address=f"p{number}@exemple.fr", by=None, reason=WHY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(12)))
    seal()
    report = check()
    assert (report.lines, report.faults, report.waiting) == (12, (), 0)
