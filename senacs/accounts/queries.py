"""Reads on people: the charter that binds, who read a structure's data, the demonstration's logins."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from senacs.accounts.enums import STRUCTURE_ROLES, AccessAction, Role
from senacs.accounts.models import AccessEntry, CharteAcceptance, CharteVersion, Invitation, Mandate, User
from senacs.accounts.permissions import correspondents_scope
from senacs.lib import clock
from senacs.lib.prepared_reads import Prepared
from senacs.structures.models import Structure
from senacs.territories.models import Departement


def current_charte() -> CharteVersion | None:
    """The newest published text; None before the first one is published."""
    return CharteVersion.objects.order_by("-number").first()


def charter_versions() -> list[CharteVersion]:
    """Newest first, each with `accepted`, how many people accepted it."""
    return list(CharteVersion.objects.annotate(accepted=Count("acceptances")).order_by("-number"))


# Set on the person of a request who was read with it (`accounts.backends`).
ACCEPTED = "_has_accepted_charte"
_accepted = Prepared(
    lambda user: (
        CharteVersion.objects.annotate(
            is_accepted=Exists(CharteAcceptance.objects.filter(version=OuterRef("pk"), user=user))
        )
        .defer("text")
        .order_by("-number")[:1]
    )
)


def has_accepted_charte(user: User) -> bool:
    """Whether the newest version was accepted, in one query; true while no charter is published."""
    if getattr(user, ACCEPTED, False):
        return True
    newest = _accepted.first(user.pk)
    return newest is None or bool(newest.is_accepted)  # type: ignore[attr-defined]  # annotated


def _correspondents(caf: Q, federation: Q) -> QuerySet[Mandate]:
    held = Q(caf, role=Role.CORRESPONDANT_CAF) | Q(federation, role=Role.CORRESPONDANT_FEDERAL)
    people = Mandate.objects.filter(held, user__is_active=True).select_related("user", "caf", "federation")
    return people.order_by("user__last_name", "user__email", "pk")


_correspondents_of_both = Prepared(lambda caf, federation: _correspondents(Q(caf=caf), Q(federation=federation)))


def correspondent_mandates(structure: Structure) -> list[Mandate]:
    """By which mandate each correspondent is the structure's (charte 1.3), with the person and the institution."""
    if structure.caf_id and structure.federation_id:
        found = _correspondents_of_both.run(structure.caf_id, structure.federation_id)
    else:
        found = list(_correspondents(*correspondents_scope(structure)).distinct())
    today = clock.today()
    return [mandate for mandate in found if mandate.holds_on(today)]


def accesses_to(structure: Structure) -> QuerySet[AccessEntry]:
    """The ledger of one structure, newest first: it may read who reached its data and why (charte 3.2)."""
    return AccessEntry.objects.filter(structures=structure).select_related("user", "departement").order_by("-at", "-id")


def current_reading(user: User, structure: Structure) -> AccessEntry | None:
    """The « lecture motivée » of a structure's answers that `user` has open now, if any."""
    return (
        AccessEntry.objects.filter(
            user=user, action=AccessAction.READING, structures=structure, open_until__gt=clock.now()
        )
        .select_related("user")
        .order_by("-open_until")
        .first()
    )


def readings_by(user: User) -> QuerySet[AccessEntry]:
    """The readings with a purpose that somebody opened, newest first, with their structures."""
    found = AccessEntry.objects.filter(user=user, action=AccessAction.READING).prefetch_related("structures")
    return found.order_by("-at", "-id")


def mandates_of(structure: Structure) -> QuerySet[Mandate]:
    """The people who enter for a structure, responsable first."""
    mandates = Mandate.objects.current().filter(structure=structure, role__in=STRUCTURE_ROLES)
    return mandates.select_related("user").order_by("role", "id")


def invitations_of(structure: Structure) -> QuerySet[Invitation]:
    """Who is invited to enter for a structure and has not answered yet."""
    return Invitation.objects.pending().filter(structure=structure).select_related("structure", "created_by")


def preparations_offered_in(departement: Departement) -> QuerySet[Invitation]:
    """Who is named for the preparation of a département and has not accepted yet."""
    waiting = Invitation.objects.pending().filter(role=Role.PREPARATION, departement=departement)
    return waiting.select_related("created_by")


def preparations_of(departement: Departement) -> QuerySet[Mandate]:
    """Who is named for the preparation of a département today, by which side, until when."""
    found = Mandate.objects.current().filter(role=Role.PREPARATION, departement=departement)
    return found.select_related("user", "granted_by").order_by("user__last_name", "user__email", "side", "id")


def extracts_of(departement: Departement) -> QuerySet[AccessEntry]:
    """The extracts of raw data of a département, newest first."""
    return AccessEntry.objects.filter(action=AccessAction.EXTRACT, departement=departement).select_related("user")


@dataclass(frozen=True, slots=True)
class DemoLogin:
    email: str
    role: str
    scope: str


# Shown on the sign-in page of the demonstration, and only there.
DEMO_PASSWORD = "senacs-demo-2026"  # noqa: S105
_DEMO_ROLES = (
    Role.RESPONSABLE,
    Role.SUPPLEANT,
    Role.CORRESPONDANT_CAF,
    Role.CORRESPONDANT_FEDERAL,
    Role.COPIL,
    Role.REGIONAL,
    Role.NATIONAL,
    Role.COMITE_TECHNIQUE,
)


def demo_logins(limit_per_role: int = 2) -> list[DemoLogin]:
    """The first accounts of each role, in the order of the roles: who can be tried in the demonstration."""
    logins = []
    for role in _DEMO_ROLES:
        mandates = (
            Mandate.objects.current()
            .filter(role=role)
            .select_related("user", "structure", "caf", "federation", "departement", "region")
            .order_by("id")[:limit_per_role]
        )
        logins += [DemoLogin(m.user.email, m.get_role_display(), str(m.scope)) for m in mandates]
    return logins
