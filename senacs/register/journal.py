"""The one writer of the register's acts: what changed of which structure, since when, by whom, why."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.national import stated_reason
from senacs.audit.rows import append
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import Refused
from senacs.register.enums import ActKind, SuccessionLink
from senacs.register.models import RegisterAct, RegisterLine, RegisterProposal, Succession
from senacs.structures.models import Structure

# What an entry says; `search_name` follows from the name; dates of writing and what an objection hides are not the
# register's.
FIELDS = tuple(
    field.attname
    for field in Structure._meta.concrete_fields
    if field.name not in {"id", "code", "search_name", "is_contact_withheld", "created_at", "updated_at"}
)
Document = dict[str, Any]
BATCH = 500
# How the line of an act begins that made the entry: the register of an earlier day has not got it.
ENTERED = "Entrée dans le registre"


def describe(structure: Structure) -> Document:
    """An entry as JSON gives it back."""
    return {name: _plain(getattr(structure, name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def difference(before: Document, after: Document) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}


@dataclass(frozen=True, slots=True)
class Changed:
    """One structure of an act; `changes` by field, `told` for what no field says."""

    structure: Structure
    changes: dict[str, list[Any]]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What every act says: since when, why, by whom (None: the server itself), and the proposal that asked for it."""

    on: date
    reason: str
    by: User | None
    proposal: RegisterProposal | None = None


def write_act(
    *,
    kind: ActKind,
    order: Order,
    lines: Sequence[Changed],
    successions: Iterable[tuple[SuccessionLink, Structure, Structure]] = (),
) -> RegisterAct:
    """Writes one act with its lines and its links (link, predecessor, successor), in the caller's transaction.

    Raises Refused without a reason, for a date to come, and when the structure has a later act: history is written in
    its order, so that any past day can be rebuilt.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an act is written with what it changes")
    stated, on = stated_reason(order.reason), order.on
    if on > clock.today():
        raise Refused(f"Cet acte s’enregistre à partir du {long_date(on)}, le jour de son effet.")
    _check_order([line.structure.pk for line in lines if line.changes], on)
    act = RegisterAct.objects.create(
        kind=kind, on=on, at=clock.now(), by=order.by, reason=stated, proposal=order.proposal
    )
    rows = [RegisterLine(act=act, structure=one.structure, changes=one.changes, told=one.told[:500]) for one in lines]
    RegisterLine.objects.bulk_create(rows, batch_size=BATCH)
    links = [Succession(act=act, link=link, predecessor=before, successor=after) for link, before, after in successions]
    Succession.objects.bulk_create(links)
    append(act)
    return act


def _check_order(structures: list[int], on: date) -> None:
    later = RegisterLine.objects.filter(structure__in=structures, act__on__gt=on).exclude(changes={})
    last = later.select_related("act", "structure").order_by("-act__on").first()
    if last is not None:
        raise Refused(
            f"« {last.structure.name} » a un acte plus récent, au {long_date(last.act.on)} : la date d’effet est celle"
            " de cet acte, ou une date qui le suit."
        )


@contextmanager
def watched(*, kind: ActKind, reason: str, by: User | None) -> Iterator[None]:
    """Writes, as one act of today, whatever the block changes of the register; nothing if nothing changed.

    In the caller's transaction, as `write_act`.
    """
    before = {one.pk: describe(one) for one in Structure.objects.all()}
    yield
    lines = []
    for one in Structure.objects.order_by("pk"):
        known = before.get(one.pk)
        changes = difference(known, describe(one)) if known else {}
        if known is None or changes:
            lines.append(Changed(one, changes, "" if known else ENTERED))
    if lines:
        write_act(kind=kind, order=Order(on=clock.today(), reason=reason, by=by), lines=lines)
