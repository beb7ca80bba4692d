"""ProConnect, the State's sign-in for professionals: what it vouches for, and leaving it."""

from django.http import HttpRequest

# What a session keeps of a sign-in by ProConnect.
SESSION_KEY = "proconnect"


def vouches_for_two_factors(request: HttpRequest) -> bool:
    """Whether this session began with a ProConnect sign-in whose signed token says « mfa » (docs/decisions)."""
    return bool(request.session.get(SESSION_KEY, {}).get("two_factors"))
