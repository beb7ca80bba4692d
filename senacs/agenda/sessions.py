"""What is done with a group entry session: structures invited to a day, told again when it falls, who came written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.models import Mandate, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import correspondents_of, current_mandates, has_role, structures_followed_by
from senacs.agenda.session_models import GroupSession, SessionAct, SessionInvitation, SessionStep
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import PhaseAct, allows
from senacs.lib import clock
from senacs.lib.french import long_date, plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure

MOST_INVITED = 40


@dataclass(frozen=True, slots=True)
class SessionDraft:
    on: date
    starts_at: time
    place: str
    message: str = ""


def can_hold_sessions(user: User) -> bool:
    """Those who follow the entry of structures (charte 1.3)."""
    return has_role(user, *CORRESPONDENT_ROLES)


def sessions_seen_by(user: User) -> QuerySet[GroupSession]:
    """Those of one's own structures, those of the structures that one follows; all for the national team."""
    if has_role(user, Role.NATIONAL):
        return GroupSession.objects.all()
    own = [m.structure_id for m in current_mandates(user) if m.role in STRUCTURE_ROLES and m.structure_id]
    concerned = SessionInvitation.objects.filter(structure__in=own)
    if can_hold_sessions(user):
        concerned |= SessionInvitation.objects.filter(structure__in=structures_followed_by(user))
    found: QuerySet[GroupSession] = GroupSession.objects.filter(pk__in=concerned.values("session"))
    return found


def runs(user: User, session: GroupSession) -> bool:
    """Whoever asked for it, and each correspondent who follows all of its structures: the pair is equal."""
    if session.cancelled_at is not None or not can_hold_sessions(user):
        return False
    invited = session.invitations.values("structure")
    return (
        session.by_id == user.pk
        or not Structure.objects.filter(pk__in=invited).exclude(pk__in=structures_followed_by(user)).exists()
    )


@transaction.atomic
def hold_session(
    *, campaign: Campaign, draft: SessionDraft, structures: Collection[Structure], by: User
) -> GroupSession:
    """Invites structures that one follows to a day of the entry; their people and the other of the pair are told."""
    followed = structures_followed_by(by).filter(pk__in=[one.pk for one in structures])
    if not can_hold_sessions(by) or followed.count() != len(structures):
        raise NotAllowed("Une séance réunit des structures dont vous suivez la saisie.")
    if not structures:
        raise Refused("Choisissez au moins une structure.")
    if len(structures) > MOST_INVITED:
        raise Refused(f"Une séance réunit {MOST_INVITED} structures au plus.")
    if not allows(campaign.phase, PhaseAct.ENTER):
        raise Refused("La saisie n’est pas ouverte : une séance s’y tient.")
    if not clock.today() <= draft.on <= campaign.closes_on:
        raise Refused(f"Choisissez un jour d’ici le {long_date(campaign.closes_on)}, dernier jour de la saisie.")
    session = GroupSession.objects.create(
        campaign=campaign, on=draft.on, starts_at=draft.starts_at, place=draft.place.strip(),
        message=draft.message.strip(), by=by,
    )  # fmt: skip
    SessionInvitation.objects.bulk_create(SessionInvitation(session=session, structure=one) for one in structures)
    SessionAct.objects.create(session=session, step=SessionStep.ASKED, by=by)
    when = f"le {long_date(session.on)} à {session.hour}, {session.place}"
    _tell(session, by, f"une séance de saisie {when}", f"{by} vous invite à saisir ensemble, {when}.", session.message)
    return session


@transaction.atomic
def cancel_session(*, session: GroupSession, reason: str, by: User) -> None:
    held = _hold(session, by)
    if held.is_past:
        raise Refused("Cette séance a eu lieu : notez qui est venu.")
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi la séance est annulée.")
    held.cancelled_at = clock.now()
    held.save(update_fields=["cancelled_at"])
    SessionAct.objects.create(session=held, step=SessionStep.CANCELLED, by=by, reason=reason.strip())
    when = f"{long_date(held.on)} à {held.hour}"
    _tell(held, by, f"séance du {when} annulée", f"{by} annule la séance de saisie du {when}.", reason.strip())


@transaction.atomic
def note_presence(*, session: GroupSession, came: Collection[int], by: User) -> int:
    """Writes down which structures came, by key; can be put right later. Gives how many."""
    held = _hold(session, by)
    if not held.is_past:
        raise Refused("Les présences se notent à partir du jour de la séance.")
    held.invitations.update(has_come=False)
    count = held.invitations.filter(structure__in=came).update(has_come=True)
    held.noted_at = clock.now()
    held.save(update_fields=["noted_at"])
    SessionAct.objects.create(
        session=held, step=SessionStep.NOTED, by=by, reason=f"{plural(count, 'structure venue', 'structures venues')}."
    )
    return count


def _hold(session: GroupSession, by: User) -> GroupSession:
    held = GroupSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if held.cancelled_at is not None:
        raise Refused("Cette séance est annulée.")
    if not runs(by, held):
        raise NotAllowed("Cette séance est tenue par qui suit toutes ses structures.")
    return held


def _tell(session: GroupSession, by: User, subject: str, told: str, quoted: str) -> None:
    invited = [one.structure for one in session.invitations.select_related("structure")]
    enter = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES, structure__in=invited)
    people = {*User.objects.filter(is_active=True, pk__in=enter.values("user"))}
    for structure in invited:
        people.update(correspondents_of(structure))
    tell_plainly(
        people,
        News(
            subject=f"SENACS : {subject}",
            told=told,
            quoted=quoted,
            to_do="La séance, et l’ajouter à votre agenda",
            page=reverse("group_session", args=[session.pk]),
            by=by,
        ),
    )
