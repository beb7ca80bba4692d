"""What views read from a request, typed."""

from django.http import HttpRequest

from senacs.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that the login middleware let through."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a view reached without login asked who is signed in")
    return user
