"""Which service an act of the register is, from what its form has read."""

from collections.abc import Callable

from senacs.accounts.models import User
from senacs.register import life
from senacs.register.agrements import Term, close_site, end_agrement, open_site, record_agrement
from senacs.register.enums import ActKind
from senacs.register.journal import Order
from senacs.register.models import RegisterProposal
from senacs.register.writing import Seat
from senacs.structures.enums import StructureKind
from senacs.structures.models import Site, Structure
from senacs.web.register.forms import Given

_SERVICES: dict[ActKind, Callable[..., object]] = {
    ActKind.CLOSE: life.close_structure,
    ActKind.REOPEN: life.reopen_structure,
    ActKind.MERGE: life.merge_structures,
    ActKind.SPLIT: life.split_structure,
    ActKind.MOVE: life.move_structure,
    ActKind.GESTIONNAIRE: life.change_gestionnaire,
    ActKind.CORRECT: life.correct_entry,
    ActKind.SITES: open_site,
    ActKind.DUPLICATE: life.merge_duplicates,
}


def do(
    kind: ActKind,
    structure: Structure | None,
    given: Given,
    *,
    by: User,
    proposal: RegisterProposal | None = None,
) -> Structure:
    """Does the act; gives the structure whose page follows."""
    given = dict(given)
    if "kind" in given:
        given["kind"] = StructureKind(given["kind"])
    if kind == ActKind.AGREMENT and structure is not None:
        reason = given.pop("reason")
        record_agrement(structure=structure, term=Term(**given), reason=reason, by=by, proposal=proposal)
        return structure
    order = Order(given.pop("on"), given.pop("reason"), by, proposal)
    if "commune" in given:
        given["seat"] = Seat(given.pop("postal_code"), given.pop("commune"), given.pop("address"))
    if structure is None:
        is_distinct = given.pop("is_distinct")
        return life.create_structure(entry=life.NewEntry(**given), order=order, is_distinct=is_distinct)
    if kind == ActKind.END_AGREMENT:
        end_agrement(order=order, **given)
    else:
        _SERVICES[kind](structure=structure, order=order, **given)
    return structure


def close_site_by(site: Site, given: Given, *, by: User) -> None:
    close_site(site=site, order=Order(given["on"], given["reason"], by))
