"""Bodies of letters, sealed where they rest: they may carry a one-time key."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal_body(body: str) -> str:
    return _box().encrypt(body.encode()).decode()


def open_body(sealed: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` under a key that this installation no longer knows."""
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    """Seals with the present key, opens with it or a former one."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    derived = salted_hmac("senacs.letters.sealing", "", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
