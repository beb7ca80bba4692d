"""Who must sign in with a second factor (a passkey or codes of an application), and who has one."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from senacs.accounts.enums import STRUCTURE_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role

# Everybody whose account opens more than one structure's own answers: correspondents, Copil and régions (who sign),
# preparation, national team and comité technique. Structures are offered it.
OBLIGED_ROLES = frozenset(Role) - STRUCTURE_ROLES
# Rescue codes stand in for a factor that is missing for a day; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
REQUIRED, OFFERED = "obligatoire", "propose"

# Set on the person of a request who was read with it (`accounts.backends`).
HELD = "_has_second_factor"


def is_obliged(user: User | AnonymousUser) -> bool:
    """Whether the roles that the person holds today ask for a second factor, on a site that requires it."""
    return settings.SECOND_FACTOR == REQUIRED and has_role(user, *OBLIGED_ROLES)


def factors_of(user: User) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


def has_second_factor(user: User) -> bool:
    return bool(getattr(user, HELD, False)) or factors_of(user).exists()


def owes_second_factor(user: User) -> bool:
    return is_obliged(user) and not has_second_factor(user)


def holds_factor(user: OuterRef) -> Exists:
    """The same as an expression, for whoever reads people by query."""
    return Exists(Authenticator.objects.filter(user=user, type__in=FACTORS))
