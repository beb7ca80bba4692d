"""The yearly confirmation: once a year, an institution says of each mandate that it gives whether it still holds."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from senacs.accounts.enums import RightsAct, Role
from senacs.accounts.mandates import mandates_managed_by
from senacs.accounts.models import Mandate, User
from senacs.accounts.rights import log_right
from senacs.accounts.services import require_giver
from senacs.lib import clock
from senacs.lib.refusals import Refused

A_YEAR = timedelta(days=365)


def mandates_to_reaffirm(user: User) -> QuerySet[Mandate]:
    """Of the mandates that the user may give, others', those of which nobody has said for a year that they hold."""
    said = Coalesce("reaffirmed_on", "starts_on")
    waiting = mandates_managed_by(user).exclude(user=user).annotate(said_on=said)
    return waiting.filter(said_on__lte=clock.today() - A_YEAR).order_by("said_on", "user__last_name", "pk")


@transaction.atomic
def reaffirm_mandates(*, mandates: Iterable[Mandate], by: User) -> int:
    """Says of each that it holds for one more year; how many. Its end, if it has one, stays.

    Raises Refused for one's own, NotAllowed for those that `by` may not give.
    """
    count = 0
    for mandate in mandates:
        require_giver(mandate=mandate, by=by)
        if mandate.user_id == by.pk:
            raise Refused("Un mandat se confirme par quelqu’un d’autre que soi.")
        mandate.reaffirmed_on = clock.today()
        mandate.save(update_fields=["reaffirmed_on"])
        log_right(
            act=RightsAct.REAFFIRMED,
            address=mandate.user.email,
            person=mandate.user,
            role=Role(mandate.role),
            side=mandate.side,
            place=mandate.place,
            by=by,
        )
        count += 1
    return count
