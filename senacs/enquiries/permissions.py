"""Who asks, who agrees, who answers an enquiry, who reads what came of it."""

from django.db.models import Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role, Side
from senacs.accounts.models import User
from senacs.accounts.permissions import (
    can_confirm_national,
    current_mandates,
    has_role,
    national_side,
    structures_followed_by,
)
from senacs.enquiries.models import Enquiry
from senacs.enquiries.standing_in import may_stand_in
from senacs.structures.models import Structure
from senacs.territories.models import Departement

ASKERS = frozenset({Role.COPIL, Role.NATIONAL, Role.REGIONAL}) | CORRESPONDENT_ROLES


def sides_at(user: User, departement: Departement | None) -> set[str]:
    """The institutions that the user speaks for in a département, or in France (charter 3.2: the two sides decide)."""
    if departement is None:
        return {national_side(user)} - {""}
    found = set()
    for mandate in current_mandates(user):
        if mandate.role == Role.COPIL and mandate.departement_id == departement.pk and mandate.side:
            found.add(mandate.side)
        if mandate.role == Role.CORRESPONDANT_CAF and mandate.caf in departement.cafs.all():
            found.add(Side.CAF.value)
        if mandate.role == Role.CORRESPONDANT_FEDERAL and mandate.federation in departement.federations.all():
            found.add(Side.FEDERATION.value)
    return found


def places_of(user: User) -> list[Departement]:
    """The départements where the user may ask something, by code."""
    mandates = current_mandates(user)
    wanted = Q(pk__in=[m.departement_id for m in mandates if m.role == Role.COPIL and m.side])
    wanted |= Q(cafs__in=[m.caf_id for m in mandates if m.role == Role.CORRESPONDANT_CAF])
    wanted |= Q(federations__in=[m.federation_id for m in mandates if m.role == Role.CORRESPONDANT_FEDERAL])
    return list(Departement.objects.filter(wanted).distinct().order_by("code"))


def enquiries_visible_to(user: User) -> QuerySet[Enquiry]:
    """Those of one's own places; the national team sees all. What came of them is aggregated for everyone (2.3)."""
    if has_role(user, Role.NATIONAL):
        return Enquiry.objects.all()
    regions = [m.region_id for m in current_mandates(user) if m.role == Role.REGIONAL]
    places = list(Departement.objects.filter(region__in=regions)) + places_of(user)
    if not places:
        return Enquiry.objects.none()
    return Enquiry.objects.filter(Q(departement__in=places) | Q(departement__isnull=True, agreed_at__isnull=False))


def can_propose(user: User, departement: Departement | None) -> bool:
    return bool(sides_at(user, departement))


def can_agree(user: User, enquiry: Enquiry) -> bool:
    """Somebody of the other institution of the same place, or who stands in for it (`enquiries.standing_in`)."""
    if user == enquiry.proposed_by:
        return False
    if enquiry.departement is None:
        return can_confirm_national(user, proposed_by=enquiry.proposed_by)
    return bool(sides_at(user, enquiry.departement) - {enquiry.side}) or may_stand_in(user, enquiry)


def can_withdraw(user: User, enquiry: Enquiry) -> bool:
    """Either institution of the place takes the questions back."""
    return can_propose(user, enquiry.departement)


def structures_asked(enquiry: Enquiry) -> QuerySet[Structure]:
    """The structures of its place that are at work."""
    found = Structure.objects.active()
    return found if enquiry.departement_id is None else found.filter(departement=enquiry.departement_id)


def silent_seen_by(user: User, enquiry: Enquiry) -> QuerySet[Structure]:
    """Those without an answer, for who follows them: never what the others answered."""
    answered = enquiry.questions.values("answers__structure").exclude(answers__structure=None)
    followed = structures_followed_by(user).values("pk")
    return structures_asked(enquiry).filter(pk__in=followed).exclude(pk__in=answered)
