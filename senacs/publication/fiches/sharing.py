"""Fiches in the hands of their structure: its own text, links that it gives and takes back, who read them.

A fiche rests on one structure's answers: the structure reads it (charte 1.3), and those to whom it gives a link.
"""

import hashlib
import secrets

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.publication import richtext
from senacs.publication.models import FicheText, ShareLink, ShareVisit
from senacs.structures.models import Structure

LONGEST_TEXT = 1500
MOST_LINKS = 20


def hash_of(token: str) -> str:
    """SHA-256 of a token; the token itself is never kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def write_fiche_text(*, structure: Structure, text: str, by: User) -> FicheText:
    """Keeps the structure's own text. Raises NotAllowed, Refused when it is too long."""
    _require_own(by, structure)
    cleaned = richtext.clean(text, longest=LONGEST_TEXT)
    kept, _ = FicheText.objects.update_or_create(
        structure=structure, defaults={"text": cleaned, "updated_at": clock.now(), "updated_by": by}
    )
    return kept


@transaction.atomic
def create_share_link(*, structure: Structure, purpose: str, by: User) -> tuple[ShareLink, str]:
    """A new link and its token, which can be shown this once. Raises NotAllowed, Refused."""
    _require_own(by, structure)
    named = " ".join(purpose.split())[:120]
    if not named:
        raise Refused("Dites à qui ce lien est destiné : vous le retrouverez pour le révoquer.")
    if ShareLink.objects.open().filter(structure=structure).count() >= MOST_LINKS:
        raise Refused(f"Il y a déjà {MOST_LINKS} liens ouverts : révoquez-en un.")
    token = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        structure=structure, token_hash=hash_of(token), purpose=named, created_at=clock.now(), created_by=by
    )
    return link, token


@transaction.atomic
def revoke_share_link(*, link: ShareLink, by: User) -> ShareLink:
    """Closes a link for good. Raises NotAllowed; a link already closed stays as it is."""
    _require_own(by, link.structure)
    stored = ShareLink.objects.select_for_update().get(pk=link.pk)
    if stored.is_open:
        stored.revoked_at, stored.revoked_by = clock.now(), by
        stored.save(update_fields=["revoked_at", "revoked_by"])
    return stored


def open_link(token: str) -> ShareLink | None:
    """The open link of a token; None when there is none, or no longer."""
    links = ShareLink.objects.open().select_related(
        "structure__commune",
        "structure__departement",
        "structure__gestionnaire",
        "structure__caf",
        "structure__federation",
    )
    return links.filter(token_hash=hash_of(token), structure__closed_on__isnull=True).first()


def log_visit(*, link: ShareLink, is_pdf: bool) -> None:
    """Writes a reading down, where the structure sees it."""
    ShareVisit.objects.create(link=link, at=clock.now(), is_pdf=is_pdf)


def _require_own(by: User, structure: Structure) -> None:
    if not can_enter(by, structure):
        raise NotAllowed("Seule la structure dispose de sa fiche.")
