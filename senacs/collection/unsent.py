"""Drafts that were never sent, erased once their campaign is long over: nobody's figures rest on them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent, Revision
from senacs.lib import clock

# Rows of one transaction.
BATCH = 200


def unsent_before(limit: datetime) -> QuerySet[Response]:
    """Drafts with something in them, of campaigns whose control ended before that day; what came back was sent."""
    found = Response.objects.filter(state=ResponseState.DRAFT, submitted_at__isnull=True, revision__gt=0)
    found = found.filter(campaign__review_ends_on__lt=limit.date(), revisions__isnull=False)
    return found.distinct().order_by("pk")


def erase_unsent(limit: datetime) -> int:
    """Takes away their answers, history, files and proposals; the row stays, and says that nothing was sent."""
    keys = list(unsent_before(limit).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        _erase(keys[start : start + BATCH])
    return len(keys)


@transaction.atomic
def _erase(keys: list[int]) -> None:
    held = Response.objects.select_for_update(of=("self",)).filter(pk__in=keys, state=ResponseState.DRAFT)
    drafts = list(held.only("pk").order_by("pk"))
    Revision.objects.filter(response__in=drafts).delete()
    for draft in drafts:
        draft.proposals.all().delete()
        draft.workbooks.all().delete()
        draft.ready_documents.all().delete()
        ResponseEvent.objects.create(response=draft, transition="erased", at=clock.now(), by=None)
    Response.objects.filter(pk__in=[draft.pk for draft in drafts]).update(values={})
