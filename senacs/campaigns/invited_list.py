"""Who a campaign asks, against the register of today and the campaign before: the difference list."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.services import BATCH, require_management, snapshot
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.structures.facts import facts_of
from senacs.structures.models import Structure

# What the figures of a year are made by, with the words of the page.
SNAPSHOT_LABELS = {
    "name": "nom",
    "kind": "type",
    "gestion": "mode de gestion",
    "commune_code": "commune",
    "epci_code": "EPCI",
    "departement_code": "département",
    "region_code": "région",
    "territory_type": "territoire",
    "priority_geography": "géographie prioritaire",
    "is_fcsf_member": "adhésion à la fédération",
    "gestionnaire_key": "gestionnaire",
}
_PLACES = frozenset({"commune_code", "departement_code"})


@dataclass(frozen=True, slots=True)
class InvitedDifference:
    """One structure whose snapshot would differ; `words` are the labels of what changed."""

    structure: Structure
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class InvitedList:
    """`asked` are invited already. The other lists compare the register with the campaign before, if there is one."""

    previous: Campaign | None
    asked: int = 0
    to_invite: list[Structure] = field(default_factory=list)
    new: list[InvitedDifference] = field(default_factory=list)
    closed: list[InvitedDifference] = field(default_factory=list)
    moved: list[InvitedDifference] = field(default_factory=list)
    changed: list[InvitedDifference] = field(default_factory=list)
    # Invited in this campaign, and closed or described otherwise since.
    stale: list[InvitedDifference] = field(default_factory=list)


def invited_list(campaign: Campaign) -> InvitedList:
    """The difference list; four queries, whatever the number of structures."""
    previous = Campaign.objects.filter(year__lt=campaign.year).order_by("-year").first()
    before = _by_structure(previous) if previous else {}
    now = _by_structure(campaign)
    register = list(Structure.objects.select_related("commune", "departement").order_by("search_name", "pk"))
    found = InvitedList(previous=previous, asked=len(now))
    for structure in register:
        here, there = now.get(structure.pk), before.get(structure.pk)
        if structure.closed_on is None and here is None:
            found.to_invite.append(structure)
        if here is not None and (words := _changes(here, structure)):
            found.stale.append(InvitedDifference(structure, words))
        if previous is None:
            continue
        if structure.closed_on is not None:
            if there is not None:
                found.closed.append(InvitedDifference(structure))
        elif there is None:
            found.new.append(InvitedDifference(structure))
        elif words := _changes(there, structure):
            names = _changed(there, structure)
            (found.moved if _PLACES & set(names) else found.changed).append(InvitedDifference(structure, words))
    return found


def _by_structure(campaign: Campaign) -> dict[int, InvitedStructure]:
    return {row.structure_id: row for row in campaign.invited.order_by("pk")}


def _changed(row: InvitedStructure, structure: Structure) -> Iterator[str]:
    today = snapshot(row.campaign_id, structure)
    return (name for name in SNAPSHOT_LABELS if getattr(row, name) != getattr(today, name))


def _changes(row: InvitedStructure, structure: Structure) -> tuple[str, ...]:
    if structure.closed_on is not None:
        return ("fermée",)
    return tuple(SNAPSHOT_LABELS[name] for name in _changed(row, structure))


@transaction.atomic
def refresh_invited(*, campaign: Campaign, by: User | None) -> int:
    """Describes again those invited as the register does today, and takes out those that have closed since.

    Before the entry opens only: afterwards a snapshot is what the year's figures stand on. Gives how many rows changed.
    """
    require_management(by)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not allows(campaign.phase, PhaseAct.PREPARE):
        raise Refused("La saisie est ouverte : ce que les structures étaient à leur invitation ne change plus.")
    described = campaign.invited.select_related("structure__commune", "structure__departement").order_by("pk")
    rows = list(described.prefetch_related("structure__agrements", "structure__sites"))
    closed = [row.pk for row in rows if row.structure.closed_on is not None]
    stale = [row for row in rows if row.structure.closed_on is None and _changes(row, row.structure)]
    today_known = {row.pk: facts_of(row.structure, clock.today()) for row in rows}
    learnt = [row for row in rows if row.facts != today_known[row.pk]]
    for row in learnt:
        row.facts = today_known[row.pk]
    for row in stale:
        today = snapshot(campaign.pk, row.structure)
        for name in SNAPSHOT_LABELS:
            setattr(row, name, getattr(today, name))
    InvitedStructure.objects.bulk_update(stale, list(SNAPSHOT_LABELS), batch_size=BATCH)
    InvitedStructure.objects.bulk_update(learnt, ["facts"], batch_size=BATCH)
    InvitedStructure.objects.filter(pk__in=closed).delete()
    return len({row.pk for row in (*stale, *learnt)} | set(closed))
