"""The one door to individual answers: it asks the right, and writes in the ledger what is read without it.

A structure's own people and its two correspondents read by right (charte 1.3, 2.2): their right is the entry and the
control themselves. The national team reads one structure at a time, once it has said why, and each page or copy is a
line of « Qui a lu mes données » (design §2). Nobody else comes in: the person in charge of the preparation has extracts
of validated responses (charte 3.2), Copil and régions have tables. Pages hold no other way to a `Response` with its
answers (tests/architecture/test_one_door.py).
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import AccessEntry, User
from senacs.accounts.permissions import can_open_reading, current_mandates, structures_visible_to
from senacs.accounts.queries import current_reading
from senacs.accounts.services import log_page
from senacs.campaigns.models import Campaign
from senacs.collection.intake_models import ApiToken
from senacs.collection.models import Response
from senacs.collection.queries import responses_known_to
from senacs.collection.states import lock_by_key
from senacs.lib.prepared_reads import Prepared
from senacs.structures.models import Structure


class Unknown(Exception):
    """The person may not even know whether there is such a response."""


class ReadingNeeded(PermissionDenied):
    """The answers open once the person has said why they are to be read."""

    def __init__(self, structure: Structure) -> None:
        super().__init__("Dites d’abord pourquoi vous lisez ces réponses.")
        self.structure = structure


_by_key = Prepared(
    lambda pk: (
        Response.objects.select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document")
        .filter(pk=pk)
        .order_by("pk")
    )
)


def structures_entered_by(user: User) -> set[int]:
    """The structures that the person enters for."""
    return {m.structure_id for m in current_mandates(user) if m.role in STRUCTURE_ROLES and m.structure_id}


def answers_of_own(pk: int, *, by: User) -> Response | None:
    """A response of a structure that the person enters for; None when it is another's, or none.

    One query that is compiled already, and no other: every page of the entry begins here.
    """
    own = structures_entered_by(by)
    response = _by_key.first(pk) if own else None
    return response if response is not None and response.structure_id in own else None


def read_answers(pk: int, *, by: User, what: str) -> tuple[Response, AccessEntry | None]:
    """A response with its answers, and the line of the ledger that was written for it; None for those who need none.

    `what` says what is opened, as the structure will read it. Raises Unknown, ReadingNeeded, or PermissionDenied for
    somebody who knows of the response and never reads it.
    """
    if own := answers_of_own(pk, by=by):
        return own, None
    known = responses_known_to(by).filter(pk=pk).first()
    if known is None:
        raise Unknown
    entry = None
    if not structures_visible_to(by).filter(pk=known.structure_id).exists():
        entry = _write_down(known, by, what)
    read = _by_key.first(pk)
    if read is None:
        raise Unknown
    return read, entry


@transaction.atomic
def _write_down(response: Response, by: User, what: str) -> AccessEntry:
    if not can_open_reading(by):
        raise PermissionDenied
    reading = current_reading(by, response.structure)
    if reading is None:
        raise ReadingNeeded(response.structure)
    told = f"{what}, {response.campaign.year}, {response.state_words.lower()}"
    return log_page(reading=reading, structure=response.structure, what=told)


def hold_answers(pk: int, *, by: User) -> Response | None:
    """A response of somebody's own structure, its row held until the caller's transaction ends, in one query.

    None when it is another's, which `read_answers` settles. Raises Unknown when there is no such response.
    """
    try:
        response = lock_by_key(pk)
    except Response.DoesNotExist as error:
        raise Unknown from error
    return response if response.structure_id in structures_entered_by(by) else None


def read_by_software(token: ApiToken, campaign: Campaign) -> Response | None:
    """The response of the structure whose own software calls, if invited: its token is the right (charte 2.2)."""
    return (
        Response.objects.filter(structure=token.structure_id, campaign=campaign)
        .select_related("campaign__version", "structure", "invited")
        .defer("campaign__version__document")
        .first()
    )
