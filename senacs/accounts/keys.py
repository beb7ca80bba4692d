"""One-time keys of the links in letters: made, hashed, never stored."""

import hashlib
import secrets

from django.conf import settings


def new_key() -> str:
    return secrets.token_urlsafe(32)


def key_hash(key: str) -> str:
    # 256 random bits: a plain hash cannot be searched.
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def public_address(path: str) -> str:
    """The whole address of a page in a letter: the site's own name, never the host that a request claims."""
    return settings.PUBLIC_URL.rstrip("/") + path
