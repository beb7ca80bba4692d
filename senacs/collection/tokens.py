"""Tokens by which a structure's own software reaches the API: created, recognised, withdrawn."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_tokens
from senacs.collection.models import ApiToken
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure

PREFIX = "senacs_"
SHOWN = 12
MOST_TOKENS = 10
# One write a minute is enough to tell whether a token still serves.
FRESH = timedelta(minutes=1)
# From one campaign to the next.
LIFE = timedelta(days=400)
# What the state of a token is read from.
_STATE = ("structure", "mandate__user", "created_by")


@transaction.atomic
def create_token(*, structure: Structure, label: str, by: User) -> tuple[ApiToken, str]:
    """A token for one piece of software, and its secret, which is never shown again."""
    if not can_manage_tokens(by, structure):
        raise NotAllowed("Seul le responsable de la structure donne un accès à un logiciel.")
    if not label.strip():
        raise Refused("Donnez le nom du logiciel.")
    if structure.closed_on is not None and structure.closed_on <= clock.today():
        raise Refused("La structure est fermée : aucun logiciel n’y propose plus de valeurs.")
    if sum(token.is_active for token in structure.api_tokens.select_related(*_STATE)) >= MOST_TOKENS:
        raise Refused(f"{MOST_TOKENS} accès au plus : retirez ceux qui ne servent plus.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        structure=structure,
        label=label.strip(),
        start=secret[:SHOWN],
        digest=_digest(secret),
        created_at=clock.now(),
        created_by=by,
        mandate=by.mandates.current().filter(role=Role.RESPONSABLE, structure=structure).order_by("pk").first(),
        expires_at=clock.now() + LIFE,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> ApiToken:
    """Withdraws a token: it opens nothing from now on. Those withdrawn already keep their date."""
    if not can_manage_tokens(by, token.structure):
        raise NotAllowed("Seul le responsable de la structure retire l’accès d’un logiciel.")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = clock.now(), by
        token.save(update_fields=["revoked_at", "revoked_by"])
    return token


def recognise(secret: str) -> ApiToken | None:
    """The active token of that secret, its use noted; None for any other text."""
    if not secret.startswith(PREFIX):
        return None
    token = ApiToken.objects.filter(digest=_digest(secret)).select_related(*_STATE).first()
    if token is None or not token.is_active:
        return None
    if token.last_used_at is None or clock.now() - token.last_used_at > FRESH:
        token.last_used_at = clock.now()
        token.save(update_fields=["last_used_at"])
    return token


def count_call(token: ApiToken, *, most: int) -> bool:
    """Counts one call of the current minute; False beyond `most`. Holds across processes: the count is a row's."""
    minute = int(clock.now().timestamp()) // 60
    if token.minute == minute and token.calls >= most:
        return False
    mine = ApiToken.objects.filter(pk=token.pk)
    mine.exclude(minute=minute).update(minute=minute, calls=0)
    return bool(mine.filter(minute=minute, calls__lt=most).update(calls=F("calls") + 1))


def _digest(secret: str) -> str:
    # The secret is 256 random bits: a plain hash cannot be searched, and a slow one would only slow every call.
    return hashlib.sha256(secret.encode()).hexdigest()
