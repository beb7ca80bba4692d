"""What runs each rule of `accounts.keeping`: done by `senacs tick`; accounts have theirs in `accounts.forgetting`."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.accounts.keeping import keeping_rules
from senacs.accounts.models import AttemptCount, Invitation, Notice
from senacs.agenda.models import TickRun
from senacs.collection.models import WorkbookUpload
from senacs.collection.unsent import erase_unsent
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.letters.queries import TROUBLED
from senacs.observatory.answers.lifespan import erase_published, erase_set_aside

_FINISHED = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]


def _rows(found: Callable[[datetime], QuerySet]) -> Callable[[datetime], int]:
    """Erases what is found older than the limit; never an answer that was sent, nor a line of a ledger."""

    def erase(limit: datetime) -> int:
        count = found(limit).count()
        if count:
            found(limit).delete()
        return count

    return erase


# By code: takes the instant before which nothing is kept, returns how many went.
ERASERS: dict[str, Callable[[datetime], int]] = {
    "brouillons": erase_unsent,
    "microdonnees_ecartees": erase_set_aside,
    "microdonnees": erase_published,
    "classeurs": _rows(lambda limit: WorkbookUpload.objects.filter(at__lt=limit)),
    "invitations": _rows(lambda limit: Invitation.objects.filter(used_at__isnull=True, expires_at__lt=limit)),
    "sessions": _rows(lambda limit: Session.objects.filter(expire_date__lt=limit)),
    "essais": _rows(lambda limit: AttemptCount.objects.filter(last_at__lt=limit)),
    "lettres_envoyees": _rows(lambda limit: OutgoingLetter.objects.filter(state=LetterState.SENT, sent_at__lt=limit)),
    "lettres_perdues": _rows(lambda limit: OutgoingLetter.objects.filter(state__in=TROUBLED, written_at__lt=limit)),
    "avis": _rows(lambda limit: Notice.objects.filter(told_at__lt=limit)),
    "travaux": _rows(lambda limit: DBTaskResult.objects.filter(status__in=_FINISHED, finished_at__lt=limit)),
    "passages": _rows(lambda limit: TickRun.objects.filter(started_at__lt=limit)),
}


def forget() -> Iterator[str]:
    """Erases what is past its time; says how much of each."""
    for code, rule in keeping_rules().items():
        if (erase := ERASERS.get(code)) is None:
            continue
        if count := erase(rule.limit):
            yield f"{rule.counted(count)} au-delà de la durée de conservation ({rule.told})."
