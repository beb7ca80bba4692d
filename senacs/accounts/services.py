"""What happens to accounts: the acceptance of the charter."""

from django.db import transaction

from senacs.accounts.models import CharteAcceptance, CharteVersion, User
from senacs.lib import clock


@transaction.atomic
def accept_charte(*, user: User, version: CharteVersion) -> CharteAcceptance:
    """Records that the user accepts this version; accepting twice keeps the first date."""
    acceptance, _ = CharteAcceptance.objects.get_or_create(
        user=user, version=version, defaults={"accepted_at": clock.now()}
    )
    return acceptance
