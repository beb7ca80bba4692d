"""The chain of the journal: lines sealed one after the other, and checked; a line removed or altered shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from senacs.audit.digests import digest_of
from senacs.audit.models import AuditHead, AuditLine
from senacs.lib.french import plural

BATCH = 500
PURPOSE = "senacs.audit"


@transaction.atomic
def seal() -> int:
    """Numbers and seals the lines that are committed and not sealed yet, in their order; how many.

    After the act and not within it: acts that lock other rows would wait for each other. What is committed twice at
    once is sealed by whoever holds the head first.
    """
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    waiting = list(AuditLine.objects.filter(number__isnull=True).order_by("pk"))
    for line in waiting:
        head.number += 1
        line.number = head.number
        line.seal = head.seal = _seal(head.seal, line.content, settings.SECRET_KEY)
    AuditLine.objects.bulk_update(waiting, ["number", "seal"], batch_size=BATCH)
    if waiting:
        head.save(update_fields=["number", "seal"])
    return len(waiting)


@dataclass(frozen=True, slots=True)
class ChainFault:
    """What is wrong at one number of the chain, in French."""

    number: int
    told: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    lines: int
    last_seal: str
    faults: tuple[ChainFault, ...]
    waiting: int

    @property
    def summary(self) -> str:
        state = "chaîne intacte" if not self.faults else plural(len(self.faults), "anomalie")
        return f"{plural(self.lines, 'ligne scellée', 'lignes scellées')}, {state}."


def check() -> AuditReport:
    """Goes through the whole chain: numbers in a row, each seal after the one before it, each row as it was written."""
    faults: list[ChainFault] = []
    before, number = "", 0
    for lines in _batches():
        faults += _rows_changed(lines)
        for line in lines:
            faults += _missing(number, line.number or 0)
            if not _is_sealed(line, before) and (line.number or 0) == number + 1:
                faults.append(ChainFault(line.number or 0, "cette ligne, ou celle qui la précède, a été changée"))
            number, before = line.number or 0, line.seal
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and head.number > number:
        faults += _missing(number, head.number + 1)
    elif number and (head is None or head.seal != before):
        faults.append(ChainFault(number, "la fin de la chaîne a été changée"))
    waiting = AuditLine.objects.filter(number__isnull=True).count()
    return AuditReport(number, before, tuple(sorted(faults, key=lambda fault: fault.number)), waiting)


def faults_of(lines: Sequence[AuditLine]) -> dict[int, str]:
    """By key, what is wrong with each of these lines: its own seal, the row that it speaks of."""
    numbers = [line.number - 1 for line in lines if line.number]
    before = dict(AuditLine.objects.filter(number__in=numbers).values_list("number", "seal"))
    changed = {fault.number: fault.told for fault in _rows_changed(lines)}
    found = {}
    for line in lines:
        if line.number is None:
            continue
        if line.number > 1 and line.number - 1 not in before:
            found[line.pk] = f"la ligne n°\u00a0{line.number - 1} manque"
        elif not _is_sealed(line, before.get(line.number - 1, "")):
            found[line.pk] = "cette ligne a été changée"
        elif line.number in changed:
            found[line.pk] = changed[line.number]
    return found


def _batches() -> Iterator[list[AuditLine]]:
    last = 0
    while lines := list(AuditLine.objects.filter(number__gt=last).order_by("number")[:BATCH]):
        yield lines
        last = lines[-1].number or 0


def _missing(number: int, following: int) -> list[ChainFault]:
    gone = following - number - 1
    if gone <= 0:
        return []
    words = "cette ligne a été retirée" if gone == 1 else f"{gone} lignes ont été retirées à partir de celle-ci"
    return [ChainFault(number + 1, words)]


def _rows_changed(lines: Iterable[AuditLine]) -> list[ChainFault]:
    """Rows that are no longer what their line says; one query a model."""
    wanted: defaultdict[str, dict[str, AuditLine]] = defaultdict(dict)
    for line in lines:
        label, _, key = line.row.partition(":")
        wanted[label][key] = line
    found = []
    for label, by_key in wanted.items():
        model = apps.get_model(label)
        rows = {str(row.pk): row for row in model._base_manager.filter(pk__in=list(by_key))}
        for key, line in by_key.items():
            row = rows.get(key)
            if row is None:
                found.append(ChainFault(line.number or 0, "ce dont elle parle a été retiré"))
            elif digest_of(row) != line.digest:
                found.append(ChainFault(line.number or 0, "ce dont elle parle a été changé"))
    return found


def _is_sealed(line: AuditLine, before: str) -> bool:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(line.seal, _seal(before, line.content, key)) for key in keys)


def _seal(before: str, content: str, key: str) -> str:
    """Keyed, so that whoever may write in the database cannot seal again what they have changed."""
    return salted_hmac(PURPOSE, f"{before}\n{content}", secret=key, algorithm="sha256").hexdigest()
