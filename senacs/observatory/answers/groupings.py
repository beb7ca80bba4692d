"""Groupings of communes below the département: drawn and closed by its Copil, read by releases."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from senacs.accounts.models import User
from senacs.lib import clock
from senacs.lib.french import joined, plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.models import Grouping
from senacs.observatory.permissions import can_draw_groupings
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure
from senacs.territories.models import Commune, Departement

LEAST_STRUCTURES = 5  # fewer could never be published (data/plan.yaml)


@dataclass(frozen=True, slots=True)
class CommuneChoice:
    """A commune with structures: how many of each kind, and the standing grouping that already has it ('' if none)."""

    code: str
    name: str
    epci: str
    centres: int
    spaces: int
    taken_by: str = ""

    @property
    def structures(self) -> int:
        return self.centres + self.spaces


@transaction.atomic
def draw_grouping(*, departement: Departement, name: str, communes: Collection[str], by: User | None) -> Grouping:
    """A new grouping of the département, in the next release that is built. Raises Refused.

    `communes` are codes. One commune stands in one grouping at most: two that overlap would give by difference what
    neither shows. `by` is None for the installation only.
    """
    departement = Departement.objects.select_for_update().get(pk=departement.pk)
    if by is not None and not can_draw_groupings(by, departement):
        raise NotAllowed("Seul le comité de pilotage du département trace ses regroupements.")
    name = " ".join(name.split())
    standing = Grouping.objects.standing().filter(departement=departement)
    if not name:
        raise Refused("Donnez un nom au regroupement : les lecteurs le verront.")
    if standing.filter(name__iexact=name).exists():
        raise Refused(f"Un regroupement s’appelle déjà « {name} ».")
    chosen = list(Commune.objects.filter(pk__in=communes, departement=departement).order_by("pk"))
    if not chosen or len(chosen) < len(set(communes)):
        raise Refused("Choisissez des communes du département.")
    if taken := list(Commune.objects.filter(pk__in=communes, groupings__in=standing).order_by("search_name")):
        raise Refused(f"Déjà dans un autre regroupement : {joined([commune.name for commune in taken])}.")
    structures = Structure.objects.active().filter(commune__in=chosen).count()
    if structures < LEAST_STRUCTURES:
        raise Refused(
            f"{plural(structures, 'structure')} dans ces communes : il en faut au moins {LEAST_STRUCTURES}, "
            "sinon tous les chiffres seraient masqués."
        )
    last = Grouping.objects.filter(departement=departement).order_by("-number").first()
    made = Grouping.objects.create(
        departement=departement,
        number=last.number + 1 if last else 1,
        name=name,
        drawn_by=by,
        drawn_at=clock.now(),
    )
    made.communes.set(chosen)
    return made


@transaction.atomic
def close_grouping(*, grouping: Grouping, by: User) -> Grouping:
    """Takes it out of the releases to come; those that have it keep it. Raises Refused."""
    stored = Grouping.objects.select_for_update().get(pk=grouping.pk)
    if not can_draw_groupings(by, stored.departement):
        raise NotAllowed("Seul le comité de pilotage du département clôt ses regroupements.")
    if stored.closed_at is not None:
        raise Refused("Ce regroupement est déjà clos.")
    stored.closed_by, stored.closed_at = by, clock.now()
    stored.save(update_fields=["closed_by", "closed_at"])
    return stored


def groupings_of(departement: Departement) -> list[Grouping]:
    """All of them, standing ones first, with the number of communes and of active structures of each."""
    counted = Grouping.objects.filter(departement=departement).select_related("drawn_by", "closed_by")
    counted = counted.annotate(
        commune_count=Count("communes", distinct=True),
        structure_count=Count(
            "communes__structures", distinct=True, filter=Q(communes__structures__in=Structure.objects.active())
        ),
    )
    return sorted(counted, key=lambda grouping: (grouping.closed_at is not None, grouping.number))


def communes_to_choose(departement: Departement) -> list[CommuneChoice]:
    """The communes of the département with active structures, by EPCI then name."""
    active = Structure.objects.active()
    rows = (
        Commune.objects.filter(departement=departement, structures__in=active)
        .annotate(
            centres=Count(
                "structures",
                filter=Q(structures__kind=StructureKind.CENTRE_SOCIAL, structures__in=active),
                distinct=True,
            ),
            spaces=Count(
                "structures", filter=Q(structures__kind=StructureKind.EVS, structures__in=active), distinct=True
            ),
        )
        .select_related("epci")
        .order_by("epci__name", "search_name", "pk")
    )
    standing = Grouping.objects.standing().filter(departement=departement)
    taken = dict(standing.values_list("communes", "name"))
    return [
        CommuneChoice(c.pk, c.name, c.epci.name if c.epci else "", c.centres, c.spaces, taken.get(c.pk, ""))
        for c in rows
    ]


def standing_groupings() -> list[dict[str, object]]:
    """What a release keeps of each: code, name, departement, communes (codes), since (date), in order of code."""
    return [
        {
            "code": grouping.code,
            "name": grouping.name,
            "departement": grouping.departement_id,
            "communes": sorted(commune.pk for commune in grouping.communes.all()),
            "since": grouping.drawn_at.date().isoformat(),
        }
        for grouping in Grouping.objects.standing().prefetch_related("communes")
    ]
