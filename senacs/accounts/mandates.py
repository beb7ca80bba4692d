"""Mandates that institutions give to their own people: given, renewed, handed over, ended, with who and why kept."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, TWO_PERSON_ROLES, RightsAct, Role, Side
from senacs.accounts.invitations import invite
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.national import stated_reason
from senacs.accounts.permissions import correspondents_of, current_mandates, has_role, structures_followed_by
from senacs.accounts.rights import log_right
from senacs.accounts.services import close_mandate, require_giver
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import Refused
from senacs.structures.models import Caf, Federation
from senacs.territories.models import Departement

_MANAGED = STRUCTURE_ROLES | CORRESPONDENT_ROLES | {Role.COPIL}


def managed_scope(user: User) -> Q:
    """Of mandates and invitations alike: those that the user may give, end and hand over; national ones elsewhere."""
    if has_role(user, Role.NATIONAL):
        return Q(role__in=_MANAGED | {Role.REGIONAL})
    own = Q(pk__in=())
    for mandate in current_mandates(user):
        if mandate.role not in CORRESPONDENT_ROLES:
            continue
        institution = mandate.caf or mandate.federation
        side = Side.CAF if mandate.caf else Side.FEDERATION
        scope = Q(caf=mandate.caf) if mandate.caf else Q(federation=mandate.federation)
        own |= Q(scope, role=mandate.role)
        places = Departement.objects.filter(pk__in=institution.departements.values("pk")) if institution else ()
        own |= Q(role=Role.COPIL, side=side, departement__in=places)
    return own | Q(role__in=STRUCTURE_ROLES, structure__in=structures_followed_by(user))


def mandates_managed_by(user: User) -> QuerySet[Mandate]:
    held = Mandate.objects.current().filter(managed_scope(user), user__is_active=True)
    return held.select_related("user", "structure", "caf", "federation", "departement", "region", "granted_by")


def invitations_managed_by(user: User) -> QuerySet[Invitation]:
    waiting = Invitation.objects.pending().filter(managed_scope(user))
    return waiting.select_related("structure", "caf", "federation", "departement", "region", "created_by")


@transaction.atomic
def end_own_mandate(*, mandate: Mandate, reason: str, by: User) -> None:
    """Ends a mandate now, with a reason; the person is told and, of a structure, both of the pair."""
    _require_managed(mandate, by)
    stated = stated_reason(reason)
    context = {"mandate": mandate, "person": mandate.user, "by": by, "reason": stated}
    people = {mandate.user.email}
    if mandate.structure is not None:
        people |= set(correspondents_of(mandate.structure).values_list("email", flat=True))
    letters = [mail.write("accounts/mail/mandat_fin.txt", context, to=to) for to in sorted(people - {by.email})]
    _log(RightsAct.ENDED, mandate, by=by, reason=stated)
    close_mandate(mandate)
    mail.send_on_commit(letters)


@transaction.atomic
def renew_mandate(*, mandate: Mandate, ends_on: date | None, by: User) -> Mandate:
    """Moves the end of a mandate, or takes it away; the person is told."""
    _require_managed(mandate, by)
    if mandate.user == by:
        raise Refused("Un mandat se prolonge par quelqu’un d’autre que soi.")
    if ends_on is not None and ends_on < clock.today():
        raise Refused("Cette date est passée : pour mettre fin au mandat, retirez-le.")
    mandate.ends_on = ends_on
    mandate.save(update_fields=["ends_on"])
    until = long_date(ends_on) if ends_on else ""
    _log(RightsAct.RENEWED, mandate, by=by, reason=f"Jusqu’au {until}." if until else "Sans date de fin.")
    context = {"mandate": mandate, "by": by, "until": until}
    mail.send_on_commit([mail.write("accounts/mail/mandat_prolonge.txt", context, to=mandate.user.email)])
    return mandate


@transaction.atomic
def hand_over(*, mandate: Mandate, email: str, first_name: str, last_name: str, by: User) -> Invitation:
    """Invites a successor; the mandate ends when the invitation is accepted, and not before."""
    _require_managed(mandate, by)
    invitation = invite(
        email=email,
        role=Role(mandate.role),
        scope=mandate.place,
        side=mandate.side,
        ends_on=mandate.ends_on,
        first_name=first_name,
        last_name=last_name,
        by=by,
    )
    invitation.replaces = mandate
    invitation.save(update_fields=["replaces"])
    return invitation


def _require_managed(mandate: Mandate, by: User) -> None:
    if mandate.role in TWO_PERSON_ROLES or mandate.role == Role.PREPARATION:
        raise Refused("Ce rôle se donne et se retire ailleurs.")
    require_giver(mandate=mandate, by=by)


def _log(act: RightsAct, mandate: Mandate, *, by: User, reason: str) -> None:
    log_right(
        act=act,
        address=mandate.user.email,
        person=mandate.user,
        role=Role(mandate.role),
        side=mandate.side,
        place=mandate.place,
        reason=reason,
        by=by,
    )


def institutions_of(user: User) -> list[Caf | Federation]:
    """Those whose people the user names; all for the national team."""
    if has_role(user, Role.NATIONAL):
        return [*Caf.objects.order_by("name"), *Federation.objects.order_by("name")]
    found = [m.caf or m.federation for m in current_mandates(user) if m.role in CORRESPONDENT_ROLES]
    return sorted({one for one in found if one is not None}, key=str)
