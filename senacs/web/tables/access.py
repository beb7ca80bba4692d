"""Which département a page of tables is about, and what the person may do there."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.permissions import can_extract_raw_data, can_name_preparation, departements_with_tables
from senacs.observatory.permissions import can_draw_groupings
from senacs.territories.models import Departement
from senacs.territories.queries import Territory, get_territory
from senacs.web.requests import signed_in


def visible_departement(request: HttpRequest, code: str) -> tuple[Departement, Territory]:
    """404 for those who read no tables there."""
    departement = get_object_or_404(departements_with_tables(signed_in(request)), pk=code)
    place = get_territory("departement", departement.pk)
    assert place is not None
    return departement, place


def nameable_departement(request: HttpRequest, code: str) -> Departement:
    departement, _ = visible_departement(request, code)
    if not can_name_preparation(signed_in(request), departement):
        raise PermissionDenied
    return departement


def drawable_departement(request: HttpRequest, code: str) -> Departement:
    departement, _ = visible_departement(request, code)
    if not can_draw_groupings(signed_in(request), departement):
        raise PermissionDenied
    return departement


def extractable_departement(request: HttpRequest, code: str) -> Departement:
    """For the person in charge of the preparation."""
    departement, _ = visible_departement(request, code)
    if not can_extract_raw_data(signed_in(request), departement):
        raise PermissionDenied
    return departement
