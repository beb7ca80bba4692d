"""Invitations: a role offered by a letter, for the account that proves its one-time key and for no other."""

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from senacs.accounts.addresses import canonical_address, read_address
from senacs.accounts.enums import TWO_PERSON_ROLES, RightsAct, Role, Side
from senacs.accounts.keys import key_hash, new_key, public_address
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.password_rules import names_of_scope
from senacs.accounts.permissions import can_invite_deputy, holders_of, preparation_sides
from senacs.accounts.rights import log_right
from senacs.accounts.services import (
    OWN_ROLES,
    Scope,
    check_beginning,
    check_grant,
    check_one_preparer,
    check_two_people,
    close_mandate,
    grant_mandate,
    scope_fields,
)
from senacs.audit.security import tell_once_done
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from senacs.territories.models import Departement

# A preparation lasts the time of a campaign: the raw data are named for no longer at once (charte 3.2).
LONGEST_PREPARATION = timedelta(days=183)


class AlreadyHeld(Refused):
    """The role is held already by the person of that address: nothing to invite to."""


class Unusable(Refused):
    """A key that opens nothing any more; the message says why and what to do."""


@transaction.atomic
def invite(
    *,
    email: str,
    role: Role,
    scope: Scope = None,
    side: str = "",
    ends_on: date | None = None,
    first_name: str = "",
    last_name: str = "",
    by: User | None,
) -> Invitation:
    """Sends the letter that offers a role. Nobody has it before the key of the letter is proved.

    An invitation that still waits for the same role, scope and address is withdrawn: its link stops working. Roles over
    the whole country go by `national.propose_national`, or by the server itself while nobody is there to give them.
    """
    address = read_address(email)
    check_grant(role=role, scope=scope, side=side, starts_on=clock.today(), ends_on=ends_on, by=by)
    if role == Role.PREPARATION and isinstance(scope, Departement):
        _check_one_offered(scope, side, address)
    if by is not None and role in OWN_ROLES and address == by.email:
        raise Refused("Un mandat se reçoit de quelqu’un d’autre que soi.")
    if by is None and role in TWO_PERSON_ROLES:
        begin_the_team(address=address, role=role, side=side)
    else:
        check_two_people(role=role, by=by, confirmed_by=None)
    invitation, key = write_invitation(
        address=address,
        role=role,
        scope=scope,
        side=side,
        ends_on=ends_on,
        first_name=first_name,
        last_name=last_name,
        by=by,
    )
    send_invitation(invitation, key)
    return invitation


def _check_one_offered(departement: Departement, side: str, address: str) -> None:
    """A second person is neither named nor invited while the side has one (charte 3.2)."""
    check_one_preparer(departement=departement, side=side, address=address)
    offered = Invitation.objects.pending().filter(role=Role.PREPARATION, departement=departement, side=side)
    other = offered.exclude(email=address).first()
    if other is not None:
        raise Refused(
            "La charte (3.2) ne donne les données brutes d’un territoire qu’à une personne :"
            f" {other.email} est déjà invitée. Retirez d’abord cette invitation."
        )


def begin_the_team(*, address: str, role: Role, side: str, by: User | None = None, reason: str = "") -> None:
    """Refused once two people are there to give the role; the register keeps who begins: the server, or the first."""
    others = Invitation.objects.pending().filter(role=Role.NATIONAL, created_by=None).exclude(email=address)
    check_beginning(role, waiting=others.count() if role == Role.NATIONAL else 0)
    act = RightsAct.INSTALLED if by is None else RightsAct.PROPOSED
    log_right(act=act, address=address, role=role, side=side, reason=reason, by=by)


def end_replaced(*, replaced: Mandate, successor: Mandate, by: User | None) -> None:
    """The end of a mandate that was handed over, told to its holder and kept."""
    if replaced.user_id == successor.user_id or replaced.pk == successor.pk:
        return
    context = {"mandate": replaced, "person": replaced.user, "successor": successor.user}
    letters = [mail.write("accounts/mail/mandat_transmis.txt", context, to=replaced.user.email)]
    log_right(
        act=RightsAct.HANDED_OVER,
        address=replaced.user.email,
        person=replaced.user,
        role=Role(replaced.role),
        side=replaced.side,
        place=replaced.place,
        reason=f"Transmis à {successor.user.get_full_name()}.",
        by=by,
    )
    close_mandate(replaced)
    mail.send_on_commit(letters)


def write_invitation(
    *,
    address: str,
    role: Role,
    scope: Scope,
    side: str,
    ends_on: date | None,
    first_name: str,
    last_name: str,
    by: User | None,
    reason: str = "",
) -> tuple[Invitation, str]:
    """The row and its key, in the place of the one that still waited; nothing is sent. The caller checks the right."""
    fields = {"role": role, "side": side, **scope_fields(scope)}
    known = User.objects.filter(email=address).first()
    if known is not None and not known.is_active:
        raise Refused("Ce compte est fermé : l’équipe nationale peut le rouvrir.")
    if known is not None and Mandate.objects.current().filter(user=known, ends_on=ends_on, **fields).exists():
        raise AlreadyHeld(f"{known.get_full_name()} a déjà ce rôle.")
    Invitation.objects.pending().filter(email=address, **fields).update(withdrawn_at=clock.now())
    tell_once_done("invited", account=known.pk if known else None, role=role, by=str(by.pk) if by else "")
    key = new_key()
    invitation = Invitation.objects.create(
        key_hash=key_hash(key),
        email=address,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        ends_on=ends_on,
        created_by=by,
        reason=reason,
        expires_at=clock.now() + timedelta(days=settings.INVITATION_DAYS),
        **fields,
    )
    return invitation, key


def link_of(key: str) -> str:
    return public_address(reverse("invitation", args=[key]))


def send_invitation(invitation: Invitation, key: str) -> None:
    context = {
        "invitation": invitation,
        "invited_by": invitation.created_by,
        "link": link_of(key),
        "days": settings.INVITATION_DAYS,
    }
    mail.send_on_commit([mail.write("accounts/mail/invitation.txt", context, to=invitation.email)])


def invite_deputy(
    *, structure: Structure, email: str, by: User, first_name: str = "", last_name: str = ""
) -> Invitation:
    """The responsable of a structure invites a suppléant without anybody's help (guide 7.2)."""
    if not can_invite_deputy(by, structure):
        raise NotAllowed("Seul le responsable de la structure invite un suppléant.")
    return invite(email=email, role=Role.SUPPLEANT, scope=structure, first_name=first_name, last_name=last_name, by=by)


@transaction.atomic
def name_preparation(*, departement: Departement, email: str, ends_on: date, side: str, by: User) -> Invitation:
    """A member of the Copil names, for one side, the person in charge of the preparation until `ends_on` included.

    The person reaches the raw data once a member of the other side has named the same one, and the same account has
    accepted both (charte 3.2).
    """
    if side not in preparation_sides(by, departement):
        raise NotAllowed("Seul un membre du comité de pilotage nomme, au titre de son institution.")
    if ends_on > clock.today() + LONGEST_PREPARATION:
        raise Refused(f"L’accès aux données brutes se donne pour {LONGEST_PREPARATION.days} jours au plus.")
    invitation = invite(email=email, role=Role.PREPARATION, scope=departement, side=side, ends_on=ends_on, by=by)
    other = Side.FEDERATION if side == Side.CAF else Side.CAF
    named = Mandate.objects.current().filter(
        role=Role.PREPARATION, departement=departement, side=other, user__email=invitation.email
    )
    waiting = Invitation.objects.pending().filter(
        role=Role.PREPARATION, departement=departement, side=other, email=invitation.email
    )
    is_agreed = named.exists() or waiting.exists()
    missing = "Les deux institutions l’ont nommée." if is_agreed else "Il manque la nomination de votre institution."
    tell_plainly(
        holders_of(Role.COPIL, departement=departement, side=other),
        News(
            subject=f"SENACS, {departement.name} : personne chargée de la préparation",
            told=f"{by} nomme {invitation.email} pour préparer les données de {departement.name}, jusqu’au"
            f" {long_date(ends_on)}. {missing}",
            to_do="Nommer la même personne, ou en parler",
            page=reverse("preparation", args=[departement.pk]),
            by=by,
        ),
    )
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """Takes back an invitation that nobody has accepted yet; whoever may offer the role may take it back."""
    _check_still_offered(invitation, by)
    take_back(invitation)


def take_back(invitation: Invitation) -> None:
    taken_back = Invitation.objects.pending().filter(pk=invitation.pk).update(withdrawn_at=clock.now())
    if not taken_back:
        raise Refused("Cette invitation n’attend plus de réponse.")


def usable_invitation(key: str) -> Invitation:
    """The invitation that a key opens today; Unusable says why it opens nothing."""
    return _usable(Invitation.objects.filter(key_hash=key_hash(key)).first())


def has_account(invitation: Invitation) -> bool:
    """Whether the letter went to somebody who signs in already, told only to who holds the key."""
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def accept_invitation(*, key: str, user: User) -> Mandate:
    """Gives the role to `user`, who proves the key; the key then opens nothing more."""
    invitation = _usable(Invitation.objects.select_for_update().filter(key_hash=key_hash(key)).first())
    by = invitation.created_by
    try:
        mandate = grant_mandate(
            user=user,
            role=Role(invitation.role),
            scope=invitation.scope,
            side=invitation.side,
            ends_on=invitation.ends_on,
            by=by,
            confirmed_by=invitation.confirmed_by,
        )
    except NotAllowed as refusal:
        raise Unusable(
            "La personne qui vous invitait ne peut plus donner ce rôle : demandez une nouvelle invitation."
        ) from refusal
    if mandate.role in TWO_PERSON_ROLES:
        log_right(
            act=RightsAct.ACCEPTED, address=user.email, person=user, role=Role(mandate.role), side=mandate.side, by=user
        )
    if invitation.replaces is not None:
        end_replaced(replaced=invitation.replaces, successor=mandate, by=by)
        if invitation.replaces.pk is None:  # begun today, it leaves no row
            invitation.replaces = None
    invitation.used_at, invitation.used_by = clock.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    context = {"invitation": invitation, "user": user, "mandate": mandate}
    mail.send_on_commit(
        [
            mail.write("accounts/mail/invitation_acceptee.txt", context, to=giver.email)
            for giver in (by, invitation.confirmed_by)
            if giver is not None
        ]
    )
    return mandate


@transaction.atomic
def open_account(*, key: str, first_name: str, last_name: str, password: str) -> User:
    """The account of somebody who has none yet, at the address that the letter reached, with the role it offers."""
    invitation = usable_invitation(key)
    taken = Unusable("Cette adresse a déjà un compte : connectez-vous, puis ouvrez de nouveau le lien.")
    if has_account(invitation):
        raise taken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email, password, first_name=first_name.strip(), last_name=last_name.strip()
            )
    except IntegrityError as error:  # the same link sent twice at the same instant
        raise taken from error
    accept_invitation(key=key, user=user)
    return user


def future_user(invitation: Invitation, *, first_name: str, last_name: str) -> User:
    """The person as they would be, unsaved: what a password must not be made of."""
    person = User(email=canonical_address(invitation.email), first_name=first_name, last_name=last_name)
    person.invited_to = names_of_scope(invitation.scope)
    return person


def _usable(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise Unusable("Ce lien n’ouvre rien : copiez-le en entier depuis la lettre.")
    if invitation.used_at is not None:
        raise Unusable("Cette invitation a déjà servi : connectez-vous avec le compte qui l’a acceptée.")
    if invitation.withdrawn_at is not None:
        raise Unusable("Cette invitation a été retirée ou remplacée par une plus récente : ouvrez la dernière lettre.")
    if invitation.awaits_confirmation:
        raise Unusable("Cette invitation attend qu’une seconde personne la confirme : la lettre partira ensuite.")
    if invitation.is_expired:
        raise Unusable("Cette invitation n’est plus valable : demandez-en une nouvelle à la personne qui vous invite.")
    return invitation


def _check_still_offered(invitation: Invitation, by: User) -> None:
    check_grant(
        role=Role(invitation.role),
        scope=invitation.scope,
        side=invitation.side,
        starts_on=min(clock.today(), invitation.ends_on or clock.today()),
        ends_on=invitation.ends_on,
        by=by,
    )
