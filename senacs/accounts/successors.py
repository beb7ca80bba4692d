"""People of a structure that joins another: they enter for it, and keep reading what theirs answered."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from senacs.accounts.enums import STRUCTURE_ROLES, RightsAct, Role
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.rights import log_right
from senacs.lib import clock
from senacs.structures.models import Structure

# How long the people of a structure that is no more still open what it answered.
STILL_READ = timedelta(days=365)


@transaction.atomic
def follow_successor(*, absorbed: Structure, kept: Structure, by: User | None) -> list[Mandate]:
    """The mandates and the invitations of `absorbed` go on in `kept`; each person is told. Gives those begun.

    Whoever headed `absorbed` heads `kept` where nobody does, and is a suppléant there otherwise.
    """
    today, begun = clock.today(), []
    entering = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES, user__is_active=True).select_related("user")
    people = {mandate.user_id for mandate in entering.filter(structure=kept)}
    has_head = entering.filter(structure=kept, role=Role.RESPONSABLE).exists()
    for mandate in entering.filter(structure=absorbed).order_by("role", "pk"):
        last_day = today + STILL_READ
        if mandate.user_id not in people:
            role = Role.SUPPLEANT if has_head else Role(mandate.role)
            has_head = has_head or role == Role.RESPONSABLE
            begun.append(_begin(mandate, role, kept, absorbed, by))
            people.add(mandate.user_id)
        if mandate.ends_on is None or mandate.ends_on > last_day:
            mandate.ends_on = last_day
            mandate.save(update_fields=["ends_on"])
    offered = Invitation.objects.pending().filter(structure=absorbed, role__in=STRUCTURE_ROLES)
    offered.update(structure=kept, **({"role": Role.SUPPLEANT} if has_head else {}))
    return begun


def _begin(held: Mandate, role: Role, kept: Structure, absorbed: Structure, by: User | None) -> Mandate:
    mandate = Mandate.objects.create(
        user=held.user, role=role, structure=kept, starts_on=clock.today(), ends_on=held.ends_on, granted_by=by
    )
    log_right(
        act=RightsAct.FOLLOWED,
        address=held.user.email,
        person=held.user,
        role=role,
        place=kept,
        reason=f"{absorbed.name} ({absorbed.code}) a rejoint cette structure.",
        by=by,
    )
    tell_plainly(
        [held.user],
        News(
            subject=f"SENACS : {absorbed.name} a rejoint {kept.name}",
            told=f"Vous saisissez désormais pour {kept.name}, comme « {role.label} ». Vous lisez encore un an ce que"
            f" {absorbed.name} avait répondu.",
            to_do="Votre espace",
            page=reverse("saisie"),
            by=by,
        ),
    )
    return mandate
