"""Who names the people of an institution, and which institution or mandate a page is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.mandates import invitations_managed_by, mandates_managed_by
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.permissions import can_mandate_institution, has_role
from senacs.structures.models import Caf, Federation
from senacs.web.requests import signed_in

KINDS: dict[str, type[Caf | Federation]] = {"caf": Caf, "federation": Federation}


def mandator(request: HttpRequest) -> User:
    user = signed_in(request)
    if not has_role(user, *CORRESPONDENT_ROLES, Role.NATIONAL):
        raise PermissionDenied
    return user


def institution_of(request: HttpRequest, kind: str, pk: int) -> Caf | Federation:
    """404 for another's institution: its people are not known of here."""
    user = mandator(request)
    found: Caf | Federation | None = KINDS[kind]._default_manager.filter(pk=pk).first() if kind in KINDS else None
    if found is None or not can_mandate_institution(user, found):
        raise Http404
    return found


def managed_mandate(request: HttpRequest, pk: int) -> Mandate:
    return get_object_or_404(mandates_managed_by(mandator(request)), pk=pk)


def managed_invitation(request: HttpRequest, pk: int) -> Invitation:
    return get_object_or_404(invitations_managed_by(mandator(request)), pk=pk)
