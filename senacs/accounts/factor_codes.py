"""Codes of a second factor: their secrets are sealed where they rest, and each code is taken once."""

import hashlib
from datetime import timedelta

from senacs.accounts.attempt_models import SpentCode
from senacs.accounts.models import User
from senacs.lib import clock, sealing

# What a sealed secret begins with: the way it was sealed, should there be another one day.
_SEALED = "f1."
_PURPOSE = "senacs.accounts.factor_codes"
# Longer than a code of an application can be typed (MFA_TOTP_TOLERANCE: a minute and a half).
_REMEMBERED = timedelta(minutes=5)


class SecretLostError(Exception):
    """A secret was sealed with a key that this installation no longer knows; the message is shown as it is."""


def seal(secret: str) -> str:
    """The secret as the database keeps it: nothing without the key of the installation."""
    return _SEALED + sealing.seal(secret, purpose=_PURPOSE)


def unseal(sealed: str) -> str:
    """The secret again; raises `SecretLostError` under another key (docs/settings.md, SENACS_FORMER_SECRET_KEYS)."""
    try:
        return sealing.unseal(sealed.removeprefix(_SEALED), purpose=_PURPOSE)
    except sealing.SealLostError as error:
        raise SecretLostError(
            "Les codes de votre second facteur ne peuvent plus être lus : la clé du site a changé."
        ) from error


def is_sealed(secret: str) -> bool:
    return secret.startswith(_SEALED)


def spend_code(*, user: User, code: str) -> bool:
    """Takes a right code; False if it already served, in this process or another."""
    now = clock.now()
    SpentCode.objects.filter(user=user, at__lt=now - _REMEMBERED).delete()
    digest = hashlib.sha256("".join(code.split()).encode()).hexdigest()
    _, is_new = SpentCode.objects.get_or_create(user=user, digest=digest, defaults={"at": now})
    return is_new
