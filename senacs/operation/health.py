"""How the site is: one probe a part, each a sentence and a state, for the health page and for a monitor."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.lib import clock
from senacs.lib.french import plural
from senacs.operation.models import Heartbeat


class Health(StrEnum):
    """From the best to the worst."""

    WELL = "bien"
    DEGRADED = "degrade"
    DOWN = "panne"


@dataclass(frozen=True)
class Finding:
    """What one probe found. No name of machine, person or structure: the page is open to everyone."""

    code: str
    label: str
    health: Health
    said: str


Probe = Callable[[], Finding]


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding("base", "Base de données", Health.WELL, "Elle répond.")


def background_work() -> Finding:
    """A worker that was heard of lately, and nothing that waits for one."""
    waiting = DBTaskResult.objects.ready().order_by("enqueued_at").first()
    living = sum(not heard.silent for heard in Heartbeat.objects.told())  # type: ignore[attr-defined]
    label = "Travaux de fond"
    if not living:
        return Finding("travaux", label, Health.DEGRADED, "Aucun processus ne les fait en ce moment ; ils attendent.")
    said = f"{plural(living, 'processus actif', 'processus actifs')}."
    if waiting is None:
        return Finding("travaux", label, Health.WELL, f"{said} Rien n’attend.")
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count()
    count = DBTaskResult.objects.ready().count()
    minutes = int((clock.now() - waiting.enqueued_at).total_seconds() // 60)
    since = f"le plus ancien depuis {plural(minutes, 'minute', 'minutes')}"
    said = f"{said} {plural(running, 'travail', 'travaux')} en cours, {count} en attente, {since}."
    return Finding("travaux", label, Health.WELL, said)


# In the order of the page; what the site comes to depend on is added here.
PROBES: list[Probe] = [database, background_work]


def examine(probes: list[Probe] | None = None) -> list[Finding]:
    """What each probe finds; without the database the others cannot look, and nothing more is asked of it."""
    found: list[Finding] = []
    try:
        for probe in PROBES if probes is None else probes:
            found.append(probe())
    except DatabaseError:
        found.append(Finding("base", "Base de données", Health.DOWN, "Elle ne répond pas."))
    return found


def worst(findings: list[Finding]) -> Health:
    order = list(Health)
    return max((finding.health for finding in findings), key=order.index, default=Health.WELL)
