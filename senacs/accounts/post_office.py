"""Letters sent again by hand."""

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_campaigns
from senacs.letters import states
from senacs.letters.models import OutgoingLetter
from senacs.letters.tasks import deliver
from senacs.lib.refusals import NotAllowed


@transaction.atomic
def send_again(*, letter: OutgoingLetter, by: User) -> OutgoingLetter:
    """Puts a letter that did not arrive, or perhaps not, back in the outbox; its text was kept for that."""
    if not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale renvoie une lettre.")
    states.apply(letter, "send_again")
    transaction.on_commit(deliver.enqueue)
    return letter
