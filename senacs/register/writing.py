"""What every act on an entry does: hold it, ask for the right, change it, write the act and close its proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from senacs.accounts.models import User
from senacs.accounts.permissions import can_correct_entry, can_manage_register, can_record_agrement
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.lib.text import search_key
from senacs.register.enums import ActKind, SuccessionLink
from senacs.register.journal import Changed, Order, describe, difference, write_act
from senacs.register.models import RegisterAct
from senacs.register.proposals import settle
from senacs.structures.models import Structure
from senacs.territories.models import Commune


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a structure or a place of welcome is."""

    postal_code: str
    commune: Commune
    address: str = ""


def write(
    kind: ActKind,
    order: Order,
    lines: Sequence[Changed],
    links: Sequence[tuple[SuccessionLink, Structure, Structure]] = (),
) -> RegisterAct:
    """The act, and the answer to the proposal that asked for it."""
    act = write_act(kind=kind, order=order, lines=lines, successions=links)
    if order.proposal is not None and order.by is not None:
        settle(order.proposal, "accept", by=order.by, answer=order.reason)
    return act


def hold(structure: Structure) -> Structure:
    """The row as it stands, held until the transaction ends."""
    return Structure.objects.select_for_update(of=("self",)).get(pk=structure.pk)


def change(structure: Structure, *, told: str = "", **values: Any) -> Changed:
    """Sets what differs, saves it, and says what it was."""
    before = describe(structure)
    for name, value in values.items():
        setattr(structure, name, value)
    structure.search_name = search_key(structure.name)[:200]
    changes = difference(before, describe(structure))
    if changes:
        structure.updated_at = clock.now()
        structure.save()
    return Changed(structure, changes, told)


def require_open(structure: Structure) -> None:
    if structure.closed_on is not None:
        raise Refused(f"« {structure.name} » est fermée depuis le {long_date(structure.closed_on)}.")


def require_register(by: User | None) -> None:
    if by is None or not can_manage_register(by):
        raise NotAllowed("L’équipe nationale décide de cet acte ; proposez-le-lui.")


def require_correction(by: User | None, structure: Structure) -> None:
    if by is None or not can_correct_entry(by, structure):
        raise NotAllowed("Les correspondants de la structure décident de cet acte ; proposez-le-leur.")


def require_agrement(by: User | None, structure: Structure) -> None:
    if by is None or not can_record_agrement(by, structure):
        raise NotAllowed("La Caf décide des agréments ; proposez-lui cet acte.")
