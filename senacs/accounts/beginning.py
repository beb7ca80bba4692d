"""The first two people of a site: one by a link that the server prints, the other at the request of the first."""

from django.db import transaction

from senacs.accounts.addresses import read_address
from senacs.accounts.enums import INSTITUTIONS, Role, Side
from senacs.accounts.invitations import begin_the_team, link_of, send_invitation, write_invitation
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.services import national_people
from senacs.lib.refusals import Refused


@transaction.atomic
def invite_first(*, email: str, side: Side) -> tuple[Invitation, str]:
    """The invitation of the first national account and its link, which no letter carries: a new site may send none.

    Asked again, the link before it opens nothing any more. Raises Refused once somebody is in the team.
    """
    if national_people().exists():
        raise Refused("L’équipe nationale a déjà quelqu’un : la suite se fait dans « Équipe nationale ».")
    address = read_address(email)
    # One link at a time: a mistyped address is mended by asking again.
    Invitation.objects.pending().filter(role=Role.NATIONAL, created_by=None).exclude(email=address).delete()
    begin_the_team(address=address, role=Role.NATIONAL, side=side)
    invitation, key = _write(address, side, first_name="", last_name="")
    return invitation, link_of(key)


@transaction.atomic
def invite_second(*, email: str, side: str, reason: str, by: User, first_name: str, last_name: str) -> Invitation:
    """Invites, at the request of the only member of the team, somebody of the other institution.

    From then on two people give national rights. Raises Refused for another side, and while somebody else who was
    invited so may still accept. For the comité technique, which has no side, there is nobody to confirm yet either.
    """
    own = set(Mandate.objects.current().filter(user=by, role=Role.NATIONAL).values_list("side", flat=True))
    other = next((each for each in Side if each not in own), None)
    if other is None or side != other:
        named = INSTITUTIONS[other or Side.FEDERATION]
        raise Refused(
            f"Vous êtes seul dans l’équipe nationale : faites d’abord entrer une personne de la {named}, qui confirmera"
            " vos propositions."
        )
    begin_the_team(address=email, role=Role.NATIONAL, side=side, by=by, reason=reason)
    invitation, key = _write(email, other, first_name=first_name, last_name=last_name, reason=reason)
    send_invitation(invitation, key)
    return invitation


def _write(address: str, side: Side, *, first_name: str, last_name: str, reason: str = "") -> tuple[Invitation, str]:
    return write_invitation(
        address=address,
        role=Role.NATIONAL,
        scope=None,
        side=side,
        ends_on=None,
        first_name=first_name,
        last_name=last_name,
        by=None,
        reason=reason,
    )
