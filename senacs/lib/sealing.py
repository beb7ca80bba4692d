"""Texts that lie in the database and say nothing there: sealed with the key of the installation."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class SealLostError(Exception):
    """A text was sealed with a key that this installation no longer knows (docs/settings.md)."""

    def __str__(self) -> str:
        return "ce qui était chiffré ne peut plus être lu, la clé du site a changé."


def seal(text: str, *, purpose: str) -> str:
    """The text as it is kept. What is sealed for one purpose opens for no other."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again, under the present key or a former one; raises `SealLostError` under another."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealLostError from error


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(key, purpose) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str, purpose: str) -> Fernet:
    derived = salted_hmac(purpose, "", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
