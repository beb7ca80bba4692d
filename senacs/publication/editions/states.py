"""The states of an edition: one table, one door (design §2: comment and sign; issue « plaquettes »)."""

from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.lib import clock
from senacs.lib.states import Transition, find
from senacs.publication.enums import EditionState
from senacs.publication.models import Edition, EditionEvent

_WRITERS = frozenset(
    {Role.COPIL, Role.PREPARATION, Role.REGIONAL, Role.NATIONAL, Role.CORRESPONDANT_CAF, Role.CORRESPONDANT_FEDERAL}
)
_SIGNATORIES = frozenset({Role.COPIL, Role.REGIONAL, Role.NATIONAL})

TRANSITIONS = (
    Transition(
        "submit",
        frozenset({EditionState.DRAFT, EditionState.RETURNED}),
        EditionState.SUBMITTED,
        _WRITERS,
        "Soumettre au comité de pilotage",
    ),
    # By the second of the two signatures.
    Transition("sign", frozenset({EditionState.SUBMITTED}), EditionState.SIGNED, _SIGNATORIES, "Signer"),
    Transition(
        "return",
        frozenset({EditionState.SUBMITTED, EditionState.SIGNED}),
        EditionState.RETURNED,
        _SIGNATORIES,
        "Renvoyer à la rédaction",
        needs_reason=True,
    ),
    Transition("publish", frozenset({EditionState.SIGNED}), EditionState.PUBLISHED, _SIGNATORIES, "Publier"),
)


@transaction.atomic
def apply(edition: Edition, name: str, *, by: User, reason: str = "", **published: object) -> Edition:
    """Moves an edition through `name`: its row is locked, the event written. Raises Refused.

    `published` are the fields that a publication sets with its state (slug, version, checksum, pages, published_at).
    """
    stored = Edition.objects.select_for_update().get(pk=edition.pk)
    transition = find(TRANSITIONS, name, current=stored.state, current_label=stored.get_state_display(), reason=reason)
    stored.state = transition.target
    for field, value in published.items():
        setattr(stored, field, value)
    stored.save(update_fields=["state", *published])
    EditionEvent.objects.create(edition=stored, transition=name, at=clock.now(), by=by, reason=reason.strip())
    edition.refresh_from_db()
    return edition
