"""The life of the register: an entry is made, closed, merged, split, moved, corrected; one service an act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from senacs.accounts.successors import follow_successor
from senacs.lib import clock
from senacs.lib.french import joined
from senacs.lib.refusals import Refused
from senacs.lib.text import search_key
from senacs.register.agrements import Term, make_agrement, tell_agrement
from senacs.register.enums import ActKind, SuccessionLink
from senacs.register.journal import ENTERED, Changed, Order
from senacs.register.models import RegisterAct
from senacs.register.writing import Seat, change, hold, require_correction, require_open, require_register, write
from senacs.structures.bodies import BodyIndex
from senacs.structures.enums import StructureKind
from senacs.structures.imports.names import core, is_near
from senacs.structures.models import Caf, Federation, Gestionnaire, Structure
from senacs.structures.services import reserve_codes
from senacs.territories.models import Commune

# What a correction may say: what describes the entry, never where it is nor whether it is open.
CORRECTABLE = (
    "name",
    "kind",
    "address",
    "gestion",
    "siret",
    "email",
    "website",
    "phone",
    "first_agrement_on",
    "catchment_population",
    "territory_type",
    "territory_size",
    "priority_geography",
    "is_fcsf_member",
    "other_federation",
    "is_travellers",
    "is_multi_site",
    "is_itinerant",
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A structure to enter. `ends_on` is the end of its first agrément, None where it is not known."""

    name: str
    kind: StructureKind
    seat: Seat
    caf: Caf | None = None
    federation: Federation | None = None
    gestionnaire: str = ""
    gestion: str = ""
    email: str = ""
    siret: str = ""
    ends_on: date | None = None
    has_families: bool | None = None


@transaction.atomic
def create_structure(*, entry: NewEntry, order: Order, is_distinct: bool = False) -> Structure:
    """Enters a structure approved since the day of the order, with its first agrément when its end is known.

    Raises Refused for what looks like an entry of the same commune, unless `is_distinct`.
    """
    require_register(order.by)
    if not is_distinct:
        _refuse_near(entry.name, entry.seat.commune)
    structure = _new(entry.name, entry.kind, entry.seat, entry.caf)
    structure.federation = entry.federation or structure.federation
    structure.gestion, structure.email, structure.siret = entry.gestion, entry.email, entry.siret
    structure.first_agrement_on, structure.gestionnaire = order.on, _gestionnaire(entry.gestionnaire)
    structure.save()
    told = ENTERED
    if entry.ends_on is not None:
        term = Term(order.on, entry.ends_on, entry.kind, entry.has_families)
        told += f" ; {tell_agrement(make_agrement(structure, term))}"
    write(ActKind.CREATE, order, [Changed(structure, {}, told)])
    return structure


@transaction.atomic
def close_structure(*, structure: Structure, order: Order) -> RegisterAct:
    """The structure is approved no more since `on`; its answers, its history and its code stay."""
    require_register(order.by)
    held = hold(structure)
    require_open(held)
    return write(ActKind.CLOSE, order, [change(held, closed_on=order.on)])


@transaction.atomic
def reopen_structure(*, structure: Structure, order: Order) -> RegisterAct:
    """A structure closed by mistake, or approved again, is open since `on`."""
    require_register(order.by)
    held = hold(structure)
    if held.closed_on is None:
        raise Refused("Cette structure n’est pas fermée.")
    return write(ActKind.REOPEN, order, [change(held, closed_on=None)])


@transaction.atomic
def merge_structures(
    *,
    structure: Structure,
    others: Sequence[Structure],
    order: Order,
    name: str = "",
) -> RegisterAct:
    """`others` join `structure`, which goes on under `name` if it is given; they close on that day.

    Its series and its N-1 are then theirs added up.
    """
    require_register(order.by)
    kept, absorbed = hold(structure), [hold(one) for one in _apart(structure, others)]
    for one in [kept, *absorbed]:
        require_open(one)
    told = f"Réunit {joined([f'{one.name} ({one.code})' for one in absorbed])}"
    changes = {"name": name} if name else {}
    lines = [change(kept, told=told, **changes)]
    lines += [change(one, told=f"Rejoint {kept.name} ({kept.code})", closed_on=order.on) for one in absorbed]
    for one in absorbed:
        follow_successor(absorbed=one, kept=kept, by=order.by)
    links = [(SuccessionLink.MERGE, one, kept) for one in absorbed]
    return write(ActKind.MERGE, order, lines, links=links)


@transaction.atomic
def split_structure(
    *,
    structure: Structure,
    names: Sequence[str],
    order: Order,
    closes: bool = False,
) -> list[Structure]:
    """New structures come out of `structure`, one a name, in its commune; it goes on, or closes on that day."""
    require_register(order.by)
    held = hold(structure)
    require_open(held)
    wanted = [" ".join(name.split()) for name in names if name.strip()]
    if not wanted or (closes and len(wanted) == 1):
        raise Refused("Une scission donne au moins deux structures : celle qui continue compte pour une.")
    born = []
    for name in wanted:
        new = _new(name, StructureKind(held.kind), Seat(held.postal_code, held.commune), held.caf)
        new.gestion, new.gestionnaire, new.first_agrement_on = held.gestion, held.gestionnaire, order.on
        # Its own, where several share a département or where it was chosen.
        new.caf, new.federation = held.caf, held.federation
        new.save()
        born.append(new)
    told = f"Donne {joined([f'{one.name} ({one.code})' for one in born])}"
    lines = [change(held, told=told, **({"closed_on": order.on} if closes else {}))]
    lines += [Changed(one, {}, f"{ENTERED}, issue de {held.name} ({held.code})") for one in born]
    links = [(SuccessionLink.SPLIT, held, one) for one in born]
    write(ActKind.SPLIT, order, lines, links=links)
    return born


@transaction.atomic
def merge_duplicates(
    *,
    structure: Structure,
    duplicate: Structure,
    order: Order,
) -> RegisterAct:
    """Two entries were one structure: `duplicate` closes and leads to `structure`; what each says is kept."""
    require_register(order.by)
    kept, double = hold(structure), hold(_apart(structure, [duplicate])[0])
    require_open(kept)
    lines = [
        Changed(kept, {}, f"Réunit la fiche en double {double.name} ({double.code})"),
        change(double, told=f"Fiche en double de {kept.name} ({kept.code})", closed_on=double.closed_on or order.on),
    ]
    follow_successor(absorbed=double, kept=kept, by=order.by)
    return write(ActKind.DUPLICATE, order, lines, links=[(SuccessionLink.DUPLICATE, double, kept)])


@transaction.atomic
def move_structure(
    *,
    structure: Structure,
    seat: Seat,
    order: Order,
    caf: Caf | None = None,
    federation: Federation | None = None,
) -> RegisterAct:
    """The seat of the structure changes; another département brings its Caf and its federation.

    So does another part of a département that has two Caf. The pair moves a structure within its département and its
    institutions, the national team anywhere; it alone names a Caf or a federation.
    """
    held = hold(structure)
    require_correction(order.by, held)
    commune = seat.commune
    values: dict[str, Any] = {"postal_code": seat.postal_code, "commune": commune, "address": seat.address}
    bodies = _bodies()
    told, why = bodies.caf(commune.departement_id, commune.epci_id)
    if commune.departement_id != held.departement_id:
        if caf is None and told is None and bodies.cafs_of(commune.departement_id):
            raise Refused(f"{why[:1].upper()}{why[1:]}.")
        values |= {"departement": commune.departement, "caf": told}
        values["federation"] = bodies.federation(commune.departement_id)
    elif told is not None and bodies.caf(held.departement_id, held.commune.epci_id)[0] == held.caf:
        # It followed its commune, and does so still.
        values["caf"] = told
    values |= {name: body for name, body in (("caf", caf), ("federation", federation)) if body is not None}
    institutions = ("departement", "caf", "federation")
    if any(values.get(name, getattr(held, name)) != getattr(held, name) for name in institutions):
        require_register(order.by)
    line = change(held, **values)
    if not line.changes:
        raise Refused("Cette adresse est déjà celle de la structure.")
    return write(ActKind.MOVE, order, [line])


@transaction.atomic
def change_gestionnaire(
    *,
    structure: Structure,
    gestionnaire: str,
    order: Order,
    gestion: str = "",
    siret: str = "",
) -> RegisterAct:
    """Another body runs the structure since `on`, with its mode of gestion and its SIRET where they follow."""
    held = hold(structure)
    require_correction(order.by, held)
    values: dict[str, Any] = {"gestionnaire": _gestionnaire(gestionnaire)}
    values |= {"gestion": gestion} if gestion else {}
    values |= {"siret": siret} if siret else {}
    line = change(held, told=f"Gestionnaire : {gestionnaire}", **values)
    if not line.changes:
        raise Refused("Ce gestionnaire est déjà celui de la structure.")
    return write(ActKind.GESTIONNAIRE, order, [line])


@transaction.atomic
def correct_entry(
    *,
    structure: Structure,
    values: Mapping[str, Any],
    order: Order,
) -> RegisterAct:
    """Corrects what the entry says, by field of CORRECTABLE."""
    held = hold(structure)
    require_correction(order.by, held)
    if not set(values) <= set(CORRECTABLE):
        raise Refused("Une correction ne change que ce que la fiche décrit.")
    line = change(held, **values)
    if not line.changes:
        raise Refused("Rien ne change : la fiche dit déjà cela.")
    return write(ActKind.CORRECT, order, [line])


def _new(name: str, kind: StructureKind, seat: Seat, caf: Caf | None) -> Structure:
    bodies, now, commune = _bodies(), clock.now(), seat.commune
    told, _ = bodies.caf(commune.departement_id, commune.epci_id)
    return Structure(
        code=reserve_codes(1)[0],
        name=name,
        search_name=search_key(name)[:200],
        kind=kind,
        address=seat.address,
        postal_code=seat.postal_code,
        commune=commune,
        departement=commune.departement,
        caf=caf or told,
        federation=bodies.federation(commune.departement_id),
        created_at=now,
        updated_at=now,
    )


def _bodies() -> BodyIndex:
    return BodyIndex(settings.DATA_DIR / "reference")


def _gestionnaire(name: str) -> Gestionnaire | None:
    """The body of that name, capitals and accents apart; made when it is new."""
    stated = " ".join(name.split())
    if not stated:
        return None
    key = search_key(stated)
    known = Gestionnaire.objects.filter(name__iexact=stated).first()
    known = known or next((one for one in Gestionnaire.objects.order_by("pk") if search_key(one.name) == key), None)
    return known or Gestionnaire.objects.create(name=stated[:200])


def _refuse_near(name: str, commune: Commune) -> None:
    mine = core(name, commune.name)
    for known in Structure.objects.active().filter(commune=commune).order_by("pk"):
        theirs = core(known.name, commune.name)
        if (mine and theirs and is_near(mine, theirs)) or search_key(name) == known.search_name:
            raise Refused(
                f"« {known.name} » ({known.code}) est déjà dans cette commune : si ce sont bien deux structures, cochez"
                " « Ce n’est pas la même structure »."
            )


def _apart(structure: Structure, others: Sequence[Structure]) -> list[Structure]:
    found = sorted({one.pk: one for one in others if one.pk != structure.pk}.values(), key=lambda one: one.pk)
    if not found:
        raise Refused("Nommez au moins une autre structure que celle qui continue.")
    return found
