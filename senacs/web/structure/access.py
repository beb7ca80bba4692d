"""Which response a page is about, and whether the person may write in it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.permissions import can_enter
from senacs.collection.models import Response
from senacs.collection.queries import responses_visible_to
from senacs.web.requests import signed_in


def visible_response(request: HttpRequest, pk: int, *, with_answers: bool = True) -> Response:
    """404 when the person may not even know of it; without its answers when they are read under a lock anyway."""
    responses = responses_visible_to(signed_in(request))
    return get_object_or_404(responses if with_answers else responses.defer("values"), pk=pk)


def own_response(request: HttpRequest, pk: int, *, with_answers: bool = True) -> Response:
    """A response of the person's own structure: 403 for those who only follow it."""
    response = visible_response(request, pk, with_answers=with_answers)
    if not can_enter(signed_in(request), response.structure):
        raise PermissionDenied
    return response
