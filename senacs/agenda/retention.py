"""How long what the site writes for itself is kept: one table, applied by `senacs tick`, shown on its page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.accounts.models import AttemptCount, Invitation, Notice
from senacs.agenda.models import TickRun
from senacs.collection.models import WorkbookUpload
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.letters.queries import TROUBLED
from senacs.lib import clock
from senacs.lib.french import plural

YEAR, MONTH = timedelta(days=365), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Retention:
    """`found` gives what is older than `kept`; never an answer of a response, nor a line of a ledger."""

    # As the register of processing names it (`data/reference/traitements.yaml`, « conserve »).
    code: str
    words: tuple[str, str]
    kept: timedelta
    told: str
    found: Callable[[], QuerySet]


RETENTIONS = (
    Retention(
        "lettres_envoyees",
        ("lettre envoyée", "lettres envoyées"),
        2 * YEAR,
        "deux ans",
        lambda: OutgoingLetter.objects.filter(state=LetterState.SENT, sent_at__lt=clock.now() - 2 * YEAR),
    ),
    Retention(
        "lettres_perdues",
        ("lettre jamais arrivée", "lettres jamais arrivées"),
        YEAR,
        "un an",
        lambda: OutgoingLetter.objects.filter(
            state__in=TROUBLED,
            written_at__lt=clock.now() - YEAR,
        ),
    ),
    Retention(
        "avis",
        ("avis", "avis"),
        2 * YEAR,
        "deux ans",
        lambda: Notice.objects.filter(told_at__lt=clock.now() - 2 * YEAR),
    ),
    Retention(
        "sessions",
        ("session finie", "sessions finies"),
        timedelta(),
        "le jour même",
        lambda: Session.objects.filter(expire_date__lt=clock.now()),
    ),
    Retention(
        "essais",
        ("essai de connexion", "essais de connexion"),
        MONTH,
        "un mois",
        lambda: AttemptCount.objects.filter(last_at__lt=clock.now() - MONTH),
    ),
    Retention(
        "travaux",
        ("travail de fond terminé", "travaux de fond terminés"),
        MONTH,
        "un mois",
        lambda: DBTaskResult.objects.filter(
            status__in=[TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED], finished_at__lt=clock.now() - MONTH
        ),
    ),
    Retention(
        "invitations",
        ("invitation sans suite", "invitations sans suite"),
        YEAR,
        "un an",
        lambda: Invitation.objects.filter(used_at__isnull=True, expires_at__lt=clock.now() - YEAR),
    ),
    Retention(
        "classeurs",
        ("classeur reçu", "classeurs reçus"),
        YEAR,
        "un an",
        lambda: WorkbookUpload.objects.filter(at__lt=clock.now() - YEAR),
    ),
    Retention(
        "passages",
        ("passage", "passages"),
        MONTH,
        "un mois",
        lambda: TickRun.objects.filter(started_at__lt=clock.now() - MONTH),
    ),
)


def forget() -> Iterator[str]:
    """Deletes what is past its time; says how much of each."""
    for retention in RETENTIONS:
        count = retention.found().count()
        if count:
            retention.found().delete()
            yield f"{plural(count, *retention.words)} au-delà de la durée de conservation ({retention.told})."
