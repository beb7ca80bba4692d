"""Who follows, reviews and speaks for a territory, and which response a page of the follow-up is about."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import can_review, has_role
from senacs.collection.models import Response
from senacs.web.answers import answers_of, known_response
from senacs.web.requests import signed_in

FOLLOWERS = (*CORRESPONDENT_ROLES, Role.NATIONAL)


def follower(request: HttpRequest) -> User:
    user = signed_in(request)
    if not has_role(user, *FOLLOWERS):
        raise PermissionDenied
    return user


def read_by_follower(request: HttpRequest, pk: int) -> Response:
    """With its answers: 404 for what the person may not know of; 403 for those who see it without following it."""
    known_response(request, pk)
    follower(request)
    return answers_of(request, pk)


def reviewed_by(request: HttpRequest, pk: int) -> Response:
    """For an act of the control, which asks for no answer: 403 for those who do not review it."""
    response = known_response(request, pk)
    if not can_review(signed_in(request), response.structure):
        raise PermissionDenied
    return response


def correspondent(request: HttpRequest) -> User:
    user = signed_in(request)
    if not has_role(user, *CORRESPONDENT_ROLES):
        raise PermissionDenied
    return user
