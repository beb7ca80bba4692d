"""Whom letters do not reach at a structure, and who else there can be written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import Mandate
from senacs.letters.queries import refused_addresses, refusing_domains
from senacs.structures.models import Structure


@dataclass(slots=True)
class UnreachedPeople:
    """`refused`: address, what was answered; `domains` that refuse everybody; `others` to write to, then to call."""

    refused: dict[str, str] = field(default_factory=dict)
    domains: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def unreached_of(structures: Sequence[Structure]) -> dict[int, UnreachedPeople]:
    """By structure, where somebody is not reached; a constant number of queries."""
    addresses: dict[int, list[str]] = {one.pk: [one.email] if one.email else [] for one in structures}
    held = Mandate.objects.current().filter(
        structure__in=[one.pk for one in structures], role__in=STRUCTURE_ROLES, user__is_active=True
    )
    for structure, email in held.order_by("user__email").values_list("structure", "user__email").distinct():
        addresses[structure].append(email)
    refused = refused_addresses({address for found in addresses.values() for address in found})
    domains = refusing_domains(refused) if refused else set()
    found: dict[int, UnreachedPeople] = {}
    for one in structures:
        if not any(address in refused for address in addresses[one.pk]):
            continue
        lost = {address: refused[address] for address in addresses[one.pk] if address in refused}
        there = sorted({address.rpartition("@")[2].lower() for address in lost} & domains)
        others = [a for a in addresses[one.pk] if a not in refused and a.rpartition("@")[2].lower() not in domains]
        found[one.pk] = UnreachedPeople(lost, there, others + ([one.phone] if one.phone else []))
    return found
