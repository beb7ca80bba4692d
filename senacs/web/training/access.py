"""Who has a training ground."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from senacs.accounts.models import User
from senacs.accounts.permissions import can_train
from senacs.web.requests import signed_in


def trainee(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_train(user):
        raise PermissionDenied
    return user
