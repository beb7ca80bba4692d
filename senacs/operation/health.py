"""How the site is: one probe a part, each a sentence and a state, for the health page and for a monitor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.lib import clock
from senacs.lib.french import plural
from senacs.operation.models import Heartbeat
from senacs.operation.programs import are_assets_built
from senacs.operation.workers import GIVEN_UP

# Longer than any task but the construction of a release, which others wait for.
STALLED = timedelta(minutes=30)
RECENT = timedelta(hours=24)


class Health(StrEnum):
    """From the best to the worst."""

    WELL = "bien"
    DEGRADED = "degrade"
    DOWN = "panne"


@dataclass(frozen=True)
class ProbeFinding:
    """What one probe found. No name of machine, person or structure: the page is open to everyone."""

    code: str
    label: str
    health: Health
    said: str


Probe = Callable[[], ProbeFinding]


def database() -> ProbeFinding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ProbeFinding("base", "Base de données", Health.WELL, "Elle répond.")


def background_work() -> ProbeFinding:
    """A worker that was heard of lately, and nothing that waits for one."""
    waiting = DBTaskResult.objects.ready().order_by("enqueued_at").first()
    living = sum(not heard.silent for heard in Heartbeat.objects.told())  # type: ignore[attr-defined]
    label = "Travaux de fond"
    if not living:
        return ProbeFinding(
            "travaux", label, Health.DEGRADED, "Aucun processus ne les fait en ce moment ; ils attendent."
        )
    said = f"{plural(living, 'processus actif', 'processus actifs')}."
    if waiting is None:
        return ProbeFinding("travaux", label, Health.WELL, f"{said} Rien n’attend.")
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count()
    count = DBTaskResult.objects.ready().count()
    waited = _waited(waiting)
    since = f"le plus ancien depuis {plural(int(waited.total_seconds() // 60), 'minute')}"
    said = f"{said} {plural(running, 'travail', 'travaux')} en cours, {count} en attente, {since}."
    if waited > STALLED:
        return ProbeFinding("travaux", label, Health.DEGRADED, f"La file n’avance pas : {said}")
    return ProbeFinding("travaux", label, Health.WELL, said)


def _waited(waiting: DBTaskResult) -> timedelta:
    # The library writes the end of times for « as soon as possible ».
    due = waiting.run_after if waiting.enqueued_at < waiting.run_after <= clock.now() else waiting.enqueued_at
    return clock.now() - due


def oldest_wait() -> float:
    """Seconds since the oldest task that waits was due; 0 when none does."""
    waiting = DBTaskResult.objects.ready().order_by("enqueued_at").first()
    return 0.0 if waiting is None else max(0.0, _waited(waiting).total_seconds())


def unready() -> str:
    """Why this process should not be given requests yet, « » when it may: pages need tables and style sheets."""
    if not are_assets_built():
        return "Les feuilles de style manquent."
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "La base de données ne répond pas."
    return f"Il reste {plural(len(waiting), 'migration')} à faire." if waiting else ""


def failed_work() -> ProbeFinding:
    """Tasks that ended in an error, or that were given up because their processes died doing them."""
    code, label = "abandons", "Travaux abandonnés"
    failed = DBTaskResult.objects.failed().filter(finished_at__gte=clock.now() - RECENT).order_by("-finished_at")
    count = failed.count()
    if not count:
        return ProbeFinding(code, label, Health.WELL, "Aucun depuis vingt-quatre heures.")
    given_up = failed.filter(exception_class_path=GIVEN_UP).count()
    said = f"{plural(count, 'travail', 'travaux')} en échec depuis vingt-quatre heures"
    dead = "après l’arrêt répété du processus qui le faisait"
    told = f"{said}, dont {given_up} {dead}." if given_up else f"{said}."
    return ProbeFinding(code, label, Health.DEGRADED, f"{told} Le journal du serveur dit lesquels.")


# In the order of the page; what the site comes to depend on is added here.
PROBES: list[Probe] = [database, background_work, failed_work]
# The public site reads neither the queue nor the heartbeats, and depends on neither.
PUBLIC_PROBES: list[Probe] = [database]


def examine(probes: list[Probe] | None = None) -> list[ProbeFinding]:
    """What each probe finds; without the database the others cannot look, and nothing more is asked of it."""
    found: list[ProbeFinding] = []
    try:
        for probe in _usual() if probes is None else probes:
            found.append(probe())
    except DatabaseError:
        found.append(ProbeFinding("base", "Base de données", Health.DOWN, "Elle ne répond pas."))
    return found


def _usual() -> list[Probe]:
    return PROBES if settings.SITE == "complet" else PUBLIC_PROBES


def worst(findings: list[ProbeFinding]) -> Health:
    order = list(Health)
    return max((finding.health for finding in findings), key=order.index, default=Health.WELL)
