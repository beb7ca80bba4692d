"""Agréments of an entry and its places of welcome: granted, renewed, ended before term, opened, closed."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from senacs.accounts.models import User
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import Refused
from senacs.register.enums import ActKind
from senacs.register.journal import Changed, Order
from senacs.register.models import RegisterProposal
from senacs.register.writing import Seat, change, hold, require_agrement, require_correction, write
from senacs.structures.enums import StructureKind
from senacs.structures.models import Agrement, Site, Structure


@dataclass(frozen=True, slots=True)
class Term:
    """An agrément as the Caf decided it; `has_families` None where the decision says nothing of it."""

    starts_on: date
    ends_on: date
    kind: StructureKind
    has_families: bool | None = None


@transaction.atomic
def record_agrement(
    *,
    structure: Structure,
    term: Term,
    reason: str,
    by: User | None,
    proposal: RegisterProposal | None = None,
) -> Agrement:
    """A first agrément, or a renewal: its dates, of which kind, with or without « volet familles ».

    An agrément of the other kind changes the structure's own kind once it is in force. Raises Refused when it overlaps
    another.
    """
    held = hold(structure)
    require_agrement(by, held)
    if term.ends_on <= term.starts_on:
        raise Refused("L’agrément finit après son début.")
    known = Agrement.objects.filter(structure=held)
    over = known.filter(starts_on__lte=term.ends_on, ends_on__gte=term.starts_on).first()
    if over is not None:
        raise Refused(
            f"L’agrément {over} court déjà sur cette période : mettez-y fin d’abord, ou donnez d’autres dates."
        )
    is_renewal = known.filter(ends_on__lt=term.starts_on).exists()
    agrement, today = make_agrement(held, term), clock.today()
    values: dict[str, StructureKind | date] = {}
    if term.kind != held.kind and term.starts_on <= today <= term.ends_on:
        values["kind"] = term.kind
    if held.first_agrement_on is None and not is_renewal:
        values["first_agrement_on"] = term.starts_on
    told = ("Renouvellement : " if is_renewal else "") + tell_agrement(agrement)
    order = Order(min(term.starts_on, today), reason, by, proposal)
    write(ActKind.AGREMENT, order, [change(held, told=told, **values)])
    return agrement


@transaction.atomic
def end_agrement(*, agrement: Agrement, order: Order) -> Agrement:
    """The Caf withdraws an agrément before its term: it ends on `on`."""
    held = hold(agrement.structure)
    require_agrement(order.by, held)
    kept = Agrement.objects.select_for_update().get(pk=agrement.pk)
    on = order.on
    if not kept.starts_on < on < kept.ends_on:
        raise Refused(f"Cet agrément court du {long_date(kept.starts_on)} au {long_date(kept.ends_on)}.")
    told = f"{tell_agrement(kept)} : fin avancée au {long_date(on)}"
    kept.ends_on = on
    kept.save(update_fields=["ends_on"])
    write(ActKind.END_AGREMENT, replace(order, on=min(on, clock.today())), [Changed(held, {}, told)])
    return kept


@transaction.atomic
def open_site(
    *,
    structure: Structure,
    name: str,
    seat: Seat,
    order: Order,
) -> Site:
    """One more place of welcome; the entry says from then on that the structure has several."""
    held = hold(structure)
    require_correction(order.by, held)
    site = Site.objects.create(
        structure=held,
        name=name,
        address=seat.address,
        postal_code=seat.postal_code,
        commune=seat.commune,
        opens_on=order.on,
    )
    told = f"Lieu d’accueil ouvert : {name}, {seat.commune.name}"
    write(ActKind.SITES, order, [change(held, told=told, is_multi_site=True)])
    return site


@transaction.atomic
def close_site(*, site: Site, order: Order) -> Site:
    """A place of welcome closes; with the last one the structure has its seat alone."""
    held = hold(site.structure)
    require_correction(order.by, held)
    kept = Site.objects.select_for_update().get(pk=site.pk)
    if kept.closes_on is not None or order.on < kept.opens_on:
        raise Refused("Ce lieu est déjà fermé, ou n’était pas encore ouvert à cette date.")
    kept.closes_on = order.on
    kept.save(update_fields=["closes_on"])
    has_more = Site.objects.filter(structure=held, closes_on__isnull=True).exists()
    line = change(held, told=f"Lieu d’accueil fermé : {kept.name}", is_multi_site=has_more)
    write(ActKind.SITES, order, [line])
    return kept


def tell_agrement(agrement: Agrement) -> str:
    """« agrément centre social du 1er janvier 2026 au 31 décembre 2029, avec volet familles »."""
    words = f"agrément {agrement.get_kind_display().lower()}".rstrip()
    families = {True: ", avec volet familles", False: ", sans volet familles", None: ""}[agrement.has_families]
    return f"{words} du {long_date(agrement.starts_on)} au {long_date(agrement.ends_on)}{families}"


def make_agrement(structure: Structure, term: Term) -> Agrement:
    return Agrement.objects.create(
        structure=structure,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        kind=term.kind,
        has_families=term.has_families,
    )
