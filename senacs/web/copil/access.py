"""Which edition a page of the Copil is about, and where the person sits."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import Role
from senacs.accounts.permissions import current_mandates
from senacs.publication.models import Edition
from senacs.publication.permissions import editions_visible_to
from senacs.territories.models import Departement
from senacs.web.requests import signed_in


def visible_edition(request: HttpRequest, pk: int) -> Edition:
    """404 for those who do not work on its territory."""
    found = editions_visible_to(signed_in(request)).select_related(
        "release__campaign__version", "group__departement", "figures"
    )
    return get_object_or_404(found, pk=pk)


def departements_of_member(request: HttpRequest) -> list[Departement]:
    """Where the person sits in the Copil: 403 for those who sit nowhere."""
    seats = [mandate for mandate in current_mandates(signed_in(request)) if mandate.role == Role.COPIL]
    codes = {seat.departement_id for seat in seats if seat.departement_id}
    found = list(Departement.objects.filter(pk__in=codes).order_by("name"))
    if not found:
        raise PermissionDenied
    return found
