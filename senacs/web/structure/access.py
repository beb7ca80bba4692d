"""Which response a page is about, and whether the person may write in it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from senacs.accounts.models import User
from senacs.accounts.permissions import can_ask, can_enter, can_enter_on_behalf
from senacs.collection.models import Response
from senacs.collection.readings import Unknown, answers_of_own, hold_answers, structures_entered_by
from senacs.structures.models import Structure
from senacs.web.answers import answers_of, known_response
from senacs.web.requests import signed_in


def own_response(request: HttpRequest, pk: int, *, with_answers: bool = True) -> Response:
    """A response of the person's own structure: 403 for those who only follow it, 404 for others."""
    user = signed_in(request)
    if with_answers and (own := answers_of_own(pk, by=user)):
        return own
    known = known_response(request, pk)
    if with_answers or not can_enter(user, known.structure):
        raise PermissionDenied
    return known


def writable_response(request: HttpRequest, pk: int) -> Response:
    """A response that the person may fill: their own structure's, or one that they enter on behalf (charte 2.2)."""
    user = signed_in(request)
    if own := answers_of_own(pk, by=user):
        return own
    if not may_fill(user, known_response(request, pk)):
        raise PermissionDenied
    return answers_of(request, pk)


def may_fill(user: User, response: Response) -> bool:
    return can_enter(user, response.structure) or can_enter_on_behalf(user, response.structure)


def own_response_held(request: HttpRequest, pk: int) -> Response:
    """The same in one query, the row held until the transaction of the caller ends."""
    try:
        held = hold_answers(pk, by=signed_in(request))
    except Unknown as error:
        raise Http404 from error
    return held or writable_response(request, pk)


def asking_response(request: HttpRequest, pk: int) -> Response:
    """For a question of comprehension: those who enter for the structure."""
    response = own_response(request, pk)
    if not can_ask(signed_in(request), response.structure):
        raise PermissionDenied
    return response


def entered_structures(request: HttpRequest) -> list[Structure]:
    """Those that the person enters for: 403 for whoever enters for none."""
    found = Structure.objects.filter(pk__in=structures_entered_by(signed_in(request))).order_by("name", "pk")
    if not found:
        raise PermissionDenied
    return list(found)
