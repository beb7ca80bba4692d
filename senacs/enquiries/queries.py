"""Reads on enquiries: which ones wait for whom."""

from collections.abc import Iterable

from senacs.accounts.models import User
from senacs.enquiries.models import Enquiry, EnquiryAnswer
from senacs.enquiries.permissions import can_agree
from senacs.lib import clock
from senacs.structures.models import Structure


def silent_pairs(structures: Iterable[int | None]) -> list[tuple[Enquiry, Structure]]:
    """The enquiries open today, with each of those structures that has answered nothing to them. Three queries."""
    opened = list(Enquiry.objects.open().order_by("closes_on", "pk"))
    if not opened:
        return []
    wanted = [pk for pk in structures if pk is not None]
    own = list(Structure.objects.active().filter(pk__in=wanted).order_by("search_name", "pk"))
    answered = set(
        EnquiryAnswer.objects.filter(structure__in=own).values_list("question__enquiry", "structure").distinct()
    )
    return [
        (enquiry, structure)
        for enquiry in opened
        for structure in own
        if enquiry.departement_id in (None, structure.departement_id) and (enquiry.pk, structure.pk) not in answered
    ]


def to_agree(user: User) -> list[Enquiry]:
    """Those that wait for the user's agreement."""
    waiting = Enquiry.objects.filter(agreed_at__isnull=True, withdrawn_at__isnull=True, closes_on__gte=clock.today())
    found = waiting.select_related("departement", "proposed_by").order_by("opens_on", "pk")
    return [enquiry for enquiry in found if can_agree(user, enquiry)]
