"""Which response a page is about, and whether the person may write in it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter, can_enter_on_behalf, current_mandates
from senacs.collection.models import Response
from senacs.collection.queries import response_of_own, responses_visible_to
from senacs.collection.states import lock_by_key
from senacs.web.requests import signed_in


def visible_response(request: HttpRequest, pk: int, *, with_answers: bool = True) -> Response:
    """404 when the person may not even know of it."""
    user = signed_in(request)
    # Those who enter for a structure see it (1.3): for them one read that is compiled already.
    if with_answers and (own := own_structures(user)) and (response := response_of_own(own, pk)):
        return response
    responses = responses_visible_to(user)
    return get_object_or_404(responses if with_answers else responses.defer("values"), pk=pk)


def own_response(request: HttpRequest, pk: int, *, with_answers: bool = True) -> Response:
    """A response of the person's own structure: 403 for those who only follow it."""
    response = visible_response(request, pk, with_answers=with_answers)
    if not can_enter(signed_in(request), response.structure):
        raise PermissionDenied
    return response


def writable_response(request: HttpRequest, pk: int) -> Response:
    """A response that the person may fill: their own structure's, or one that they enter on behalf (charte 2.2)."""
    response = visible_response(request, pk)
    if not may_fill(signed_in(request), response):
        raise PermissionDenied
    return response


def may_fill(user: User, response: Response) -> bool:
    return can_enter(user, response.structure) or can_enter_on_behalf(user, response.structure)


def own_response_held(request: HttpRequest, pk: int) -> Response:
    """The same in one query, the row held until the transaction of the caller ends."""
    try:
        response = lock_by_key(pk)
    except Response.DoesNotExist as error:
        raise Http404 from error
    if response.structure_id not in own_structures(signed_in(request)):
        return writable_response(request, pk)
    return response


def own_structures(user: User) -> set[int]:
    """The structures that the person enters for."""
    return {m.structure_id for m in current_mandates(user) if m.role in STRUCTURE_ROLES and m.structure_id}
