"""What an institution sees of its people: correspondents, Copil, who enters for its structures, and who is missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role, Side
from senacs.accounts.models import Invitation, Mandate, RightsEntry
from senacs.accounts.rights_models import place_key
from senacs.letters.queries import refused_addresses
from senacs.lib import clock
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement

# A mandate that ends by then is told to who gives it.
SOON = timedelta(days=60)


@dataclass(slots=True)
class StructurePeople:
    """Who enters for one structure, and who is invited to."""

    structure: Structure
    mandates: list[Mandate] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)

    @property
    def is_vacant(self) -> bool:
        return not any(mandate.role == Role.RESPONSABLE for mandate in self.mandates)


@dataclass(frozen=True, slots=True)
class Desk:
    """`structures` has those without a responsable first."""

    institution: Caf | Federation
    side: Side
    correspondents: list[Mandate]
    copil: list[Mandate]
    invitations: list[Invitation]
    structures: list[StructurePeople]
    # Addresses whose last letter the mail server refused, with what it said.
    refused: dict[str, str]

    @property
    def vacant(self) -> int:
        return sum(row.is_vacant for row in self.structures)


def structures_of(institution: Caf | Federation) -> QuerySet[Structure]:
    """The active structures of an institution: those that the register gives it, else those of its départements."""
    name = "caf" if isinstance(institution, Caf) else "federation"
    places = institution.departements.values("pk")
    return Structure.objects.active().filter(
        Q(**{name: institution}) | Q(**{f"{name}__isnull": True, "departement__in": places})
    )


def desk_of(institution: Caf | Federation) -> Desk:
    """The whole desk, in a constant number of queries."""
    side = Side.CAF if isinstance(institution, Caf) else Side.FEDERATION
    own = Q(caf=institution) if isinstance(institution, Caf) else Q(federation=institution)
    copil = Q(role=Role.COPIL, side=side, departement__in=institution.departements.values("pk"))
    held = (
        Mandate.objects.current()
        .filter(user__is_active=True)
        .select_related("user", "departement", "caf", "federation")
    )
    held = held.order_by("user__last_name", "user__email", "pk")
    waiting = Invitation.objects.pending().select_related("caf", "federation", "departement", "structure")
    structures = {s.pk: StructurePeople(s) for s in structures_of(institution).select_related("commune")}
    for mandate in held.filter(role__in=STRUCTURE_ROLES, structure__in=structures_of(institution)):
        structures[mandate.structure_id or 0].mandates.append(mandate)
    for invitation in waiting.filter(role__in=STRUCTURE_ROLES, structure__in=structures_of(institution)):
        structures[invitation.structure_id or 0].invitations.append(invitation)
    own_people = Q(own, role__in=CORRESPONDENT_ROLES) | copil
    correspondents = list(held.filter(own, role__in=CORRESPONDENT_ROLES))
    members = list(held.filter(copil))
    invitations = list(waiting.filter(own_people).order_by("created_at", "pk"))
    mandates = [*correspondents, *members, *(mandate for row in structures.values() for mandate in row.mandates)]
    invited = [*invitations, *(invitation for row in structures.values() for invitation in row.invitations)]
    return Desk(
        institution=institution,
        side=side,
        correspondents=correspondents,
        copil=members,
        invitations=invitations,
        structures=sorted(structures.values(), key=lambda row: (not row.is_vacant, row.structure.search_name)),
        refused=refused_addresses([*(m.user.email for m in mandates), *(i.email for i in invited)]),
    )


def acts_of(desk: Desk) -> QuerySet[RightsEntry]:
    """Mandates ended, renewed and handed over at the institution and its structures, and in its part of the Copil of
    its départements, newest first.
    """
    own = [place_key(place) for place in (desk.institution, *(row.structure for row in desk.structures))]
    shared = [place_key(departement) for departement in desk.institution.departements.order_by("pk")]
    acts = RightsEntry.objects.filter(Q(place__in=own) | Q(place__in=shared, side=desk.side))
    return acts.select_related("by", "person").order_by("-at", "-id")


@dataclass(frozen=True, slots=True)
class Vacancies:
    """Of one institution: its correspondents today, those whose mandate ends soon, its structures, those without a
    responsable.
    """

    institution: Caf | Federation
    correspondents: int
    ending: int
    structures: int
    vacant: int

    @property
    def kind(self) -> str:
        return "caf" if isinstance(self.institution, Caf) else "federation"


def vacancies() -> list[Vacancies]:
    """Every institution, those without a correspondent first; eight queries."""
    held = Mandate.objects.current().filter(user__is_active=True)
    return [row for model, name in ((Caf, "caf"), (Federation, "federation")) for row in _vacancies(model, name, held)]


def _vacancies(model: type[Caf | Federation], name: str, held: QuerySet[Mandate]) -> list[Vacancies]:
    own = held.filter(role__in=CORRESPONDENT_ROLES).values_list(name).annotate(Count("pk")).order_by(name)
    people: defaultdict[int | None, int] = defaultdict(int, own)
    ending = dict(own.filter(ends_on__lte=clock.today() + SOON))
    active = Structure.objects.active().order_by(name)
    reached = held.filter(role=Role.RESPONSABLE).values("structure")
    counts = dict(active.values_list(name).annotate(Count("pk")))
    vacant = dict(active.exclude(pk__in=reached).values_list(name).annotate(Count("pk")))
    rows = [
        Vacancies(one, people[one.pk], ending.get(one.pk, 0), counts.get(one.pk, 0), vacant.get(one.pk, 0))
        for one in model._default_manager.order_by("name")
    ]
    return sorted(rows, key=lambda row: (bool(row.correspondents), -row.vacant))


@dataclass(frozen=True, slots=True)
class Missing:
    """Of one département that has structures: the sides without a correspondent, the structures without anybody."""

    departement: Departement
    sides: tuple[Side, ...]
    heads: int

    @property
    def total(self) -> int:
        return len(self.sides) + self.heads

    @property
    def told(self) -> str:
        return " et ".join(f"aucun correspondant {_OF_SIDE[side]}" for side in self.sides)


def missing_by_departement() -> list[Missing]:
    """Every département that has structures, by code; those that nobody follows or answers for are told."""
    held = Mandate.objects.current().filter(user__is_active=True)
    active = Structure.objects.active().order_by("departement")
    vacant = active.exclude(pk__in=held.filter(role=Role.RESPONSABLE).values("structure"))
    heads = dict(vacant.values_list("departement").annotate(Count("pk")))
    cafs = held.filter(role=Role.CORRESPONDANT_CAF).values("caf")
    federations = held.filter(role=Role.CORRESPONDANT_FEDERAL).values("federation")
    followed = {
        Side.CAF: set(Departement.objects.filter(cafs__in=cafs).values_list("pk", flat=True)),
        Side.FEDERATION: set(Departement.objects.filter(federations__in=federations).values_list("pk", flat=True)),
    }
    # Where several institutions share a département, one that nobody speaks for leaves its own structures alone.
    alone = {
        Side.CAF: set(active.exclude(caf=None).exclude(caf__in=cafs).values_list("departement", flat=True)),
        Side.FEDERATION: set(
            active.exclude(federation=None).exclude(federation__in=federations).values_list("departement", flat=True)
        ),
    }
    return [
        Missing(
            one,
            tuple(side for side in Side if one.pk not in followed[side] or one.pk in alone[side]),
            heads.get(one.pk, 0),
        )
        for one in Departement.objects.filter(pk__in=active.values("departement")).order_by("code")
    ]


_OF_SIDE = {Side.CAF: "Caf", Side.FEDERATION: "fédéral"}


def ending_soon(desk: Desk) -> list[Mandate]:
    """Mandates of the institution's own people that end within two months."""
    return [m for m in (*desk.correspondents, *desk.copil) if m.ends_on and m.ends_on <= clock.today() + SOON]
