"""Which enquiry a page is about, who asks and who answers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import User
from senacs.accounts.permissions import current_mandates, has_role
from senacs.enquiries.models import Enquiry
from senacs.enquiries.permissions import ASKERS, can_withdraw, enquiries_visible_to, places_of, sides_at
from senacs.structures.models import Structure
from senacs.web.requests import signed_in


def asker(request: HttpRequest) -> User:
    user = signed_in(request)
    if not has_role(user, *ASKERS):
        raise PermissionDenied
    return user


def may_ask(user: User) -> bool:
    return bool(places_of(user) or sides_at(user, None))


def proposer(request: HttpRequest) -> User:
    user = asker(request)
    if not may_ask(user):
        raise PermissionDenied
    return user


def visible_enquiry(request: HttpRequest, pk: int) -> tuple[User, Enquiry]:
    """404 for an enquiry of elsewhere."""
    user = asker(request)
    found = enquiries_visible_to(user).select_related("departement", "campaign", "proposed_by", "agreed_by")
    return user, get_object_or_404(found, pk=pk)


def withdrawer(request: HttpRequest, pk: int) -> tuple[User, Enquiry]:
    """The same for the institutions of its territory: others are told so before anything they send is read."""
    user, found = visible_enquiry(request, pk)
    if not can_withdraw(user, found):
        raise PermissionDenied
    return user, found


def own_structure(request: HttpRequest, pk: int) -> Structure:
    """404 for a structure that the person does not enter for."""
    own = [m.structure_id or 0 for m in current_mandates(signed_in(request)) if m.role in STRUCTURE_ROLES]
    return get_object_or_404(Structure.objects.filter(pk__in=own), pk=pk)
