"""Rights over the whole country, given by two people: proposed by one, confirmed by another, told to both and kept."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from senacs.accounts.addresses import read_address
from senacs.accounts.beginning import invite_second
from senacs.accounts.enums import INSTITUTIONS, TWO_PERSON_ROLES, RightsAct, Role, Side
from senacs.accounts.invitations import send_invitation, take_back, write_invitation
from senacs.accounts.keys import key_hash, new_key, public_address
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.permissions import can_confirm_national, can_propose_national
from senacs.accounts.rights import log_right
from senacs.accounts.services import check_grant, close_mandate, national_people
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused

# Letters: whoever confirms, and whoever loses rights, reads why.
SHORTEST_REASON = 20


@transaction.atomic
def propose_national(
    *, email: str, role: Role, side: str, reason: str, by: User, first_name: str = "", last_name: str = ""
) -> Invitation:
    """Proposes somebody for the national team or the comité technique. No letter leaves, and no key is known, before
    another person has confirmed; those who may are told.

    The first person of the team proposes the second, of the other institution, with nobody to confirm: the letter
    leaves at once (docs/decisions/2026-11-30-premier-jour.md).
    """
    if not can_propose_national(by):
        raise NotAllowed("L’équipe nationale propose les droits nationaux.")
    if role not in TWO_PERSON_ROLES:
        raise Refused(f"Le rôle « {role.label} » ne se donne pas ici.")
    address = read_address(email)
    if address == by.email:
        raise Refused("Proposez quelqu’un d’autre que vous.")
    stated = stated_reason(reason)
    side = side if role == Role.NATIONAL else ""
    check_grant(role=role, scope=None, side=side, starts_on=clock.today(), ends_on=None, by=by)
    confirmers = confirmers_of(by)
    if not confirmers:
        names = {"first_name": first_name, "last_name": last_name}
        return invite_second(email=address, side=side, reason=stated, by=by, **names)
    invitation, _ = write_invitation(
        address=address,
        role=role,
        scope=None,
        side=side,
        ends_on=None,
        first_name=first_name,
        last_name=last_name,
        by=by,
        reason=stated,
    )
    _log(RightsAct.PROPOSED, invitation, by=by, reason=stated)
    _tell("national_proposition.txt", invitation, by=by, people=confirmers)
    return invitation


@transaction.atomic
def confirm_national(*, invitation: Invitation, by: User) -> Invitation:
    """The second person: the letter leaves, with a key that nobody has seen before, and the proposer is told."""
    waiting = _waiting(invitation)
    proposer = waiting.created_by
    if proposer is None or waiting.email == by.email or not can_confirm_national(by, proposed_by=proposer):
        raise NotAllowed(why_not_confirm(waiting, by))
    key = new_key()
    waiting.key_hash = key_hash(key)
    waiting.confirmed_by, waiting.confirmed_at = by, clock.now()
    waiting.expires_at = clock.now() + timedelta(days=settings.INVITATION_DAYS)
    waiting.save(update_fields=["key_hash", "confirmed_by", "confirmed_at", "expires_at"])
    _log(RightsAct.CONFIRMED, waiting, by=by)
    send_invitation(waiting, key)
    _tell("national_confirmation.txt", waiting, by=by, people=[proposer])
    return waiting


def why_not_confirm(invitation: Invitation, user: User) -> str:
    """Why the proposal waits for somebody else, in a sentence."""
    proposer = invitation.created_by
    if proposer == user:
        return "Vous l’avez proposée : une autre personne la confirme."
    if invitation.email == user.email:
        return "Cette proposition vous concerne : une autre personne la confirme."
    if proposer is None or not can_propose_national(proposer):
        return "La personne qui proposait n’est plus de l’équipe nationale : faites une nouvelle proposition."
    return "La proposition vient de votre institution : une personne de l’autre la confirme."


@transaction.atomic
def withdraw_national(*, invitation: Invitation, by: User) -> None:
    """Takes back a proposal, or an invitation that nobody has accepted; any member of the team may, and it is told."""
    if not can_propose_national(by):
        raise NotAllowed("L’équipe nationale retire les droits nationaux.")
    take_back(invitation)
    _log(RightsAct.WITHDRAWN, invitation, by=by)
    people = [p for p in (invitation.created_by, invitation.confirmed_by) if p is not None and p != by]
    _tell("national_retrait.txt", invitation, by=by, people=people)


@transaction.atomic
def end_national(*, mandate: Mandate, reason: str, by: User) -> None:
    """Takes rights back at once: one person is enough, so that a stolen account is stopped without waiting.

    Never the last of an institution, without whom nothing national could be confirmed or signed. The person and the
    whole team are told.
    """
    if not can_propose_national(by):
        raise NotAllowed("L’équipe nationale retire les droits nationaux.")
    if mandate.role not in TWO_PERSON_ROLES:
        raise Refused("Ce rôle ne se retire pas ici.")
    stated = stated_reason(reason)
    if mandate.role == Role.NATIONAL and not _has_another(mandate):
        institution = INSTITUTIONS[Side(mandate.side)]
        raise Refused(f"C’est la dernière personne de la {institution} : faites d’abord entrer celle qui la remplace.")
    context = {"person": mandate.user, "mandate": mandate, "by": by, "reason": stated}
    close_mandate(mandate)
    log_right(
        act=RightsAct.ENDED,
        address=mandate.user.email,
        person=mandate.user,
        role=Role(mandate.role),
        side=mandate.side,
        reason=stated,
        by=by,
    )
    people = {mandate.user.email, *national_people().values_list("email", flat=True)}
    mail.send_on_commit([mail.write("accounts/mail/national_fin.txt", context, to=to) for to in sorted(people)])


def stated_reason(reason: str) -> str:
    """A reason that says something, spaces made plain. Raises Refused under SHORTEST_REASON letters."""
    stated = " ".join(reason.split())
    if len(stated) < SHORTEST_REASON:
        raise Refused("Dites pourquoi en une phrase : les personnes concernées la liront.")
    return stated


def confirmers_of(user: User) -> list[User]:
    """Who may confirm what `user` proposes."""
    return [person for person in national_people() if can_confirm_national(person, proposed_by=user)]


def national_mandates() -> QuerySet[Mandate]:
    """Who decides for the whole country today."""
    held = Mandate.objects.current().filter(role__in=TWO_PERSON_ROLES, user__is_active=True)
    return held.select_related("user", "granted_by", "confirmed_by").order_by("-role", "side", "user__last_name", "pk")


def national_invitations() -> QuerySet[Invitation]:
    """Proposals that wait for a second person, and invitations that wait for an answer."""
    waiting = Invitation.objects.pending().filter(role__in=TWO_PERSON_ROLES)
    return waiting.select_related("created_by", "confirmed_by").order_by("created_at", "pk")


def _waiting(invitation: Invitation) -> Invitation:
    found = Invitation.objects.pending().select_for_update().filter(pk=invitation.pk, role__in=TWO_PERSON_ROLES).first()
    if found is None or not found.awaits_confirmation:
        raise Refused("Cette proposition n’attend plus de confirmation.")
    return found


def _has_another(mandate: Mandate) -> bool:
    same = Mandate.objects.current().filter(role=Role.NATIONAL, side=mandate.side, user__is_active=True)
    return same.exclude(user=mandate.user).exists()


def _log(act: RightsAct, invitation: Invitation, *, by: User, reason: str = "") -> None:
    known = User.objects.filter(email=invitation.email).first()
    log_right(
        act=act,
        address=invitation.email,
        person=known,
        role=Role(invitation.role),
        side=invitation.side,
        reason=reason,
        by=by,
    )


def _tell(template: str, invitation: Invitation, *, by: User, people: list[User]) -> None:
    context = {"invitation": invitation, "by": by, "page": public_address("/national/equipe/")}
    mail.send_on_commit([mail.write(f"accounts/mail/{template}", context, to=person.email) for person in people])
