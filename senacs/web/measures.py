"""`/metriques`: what the processes counted and how the site stands now, for Prometheus; 404 for everyone else."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from senacs.agenda.models import TickRun
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.operation.health import Health, examine, oldest_wait, worst
from senacs.operation.metering import counted, sessions_waiting
from senacs.operation.models import Heartbeat
from senacs.web.incoming import is_of_this_machine


class StoredMeasures(Collector):
    """Read from the database when it is asked, the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        health = worst(examine())
        yield GaugeMetricFamily(
            "senacs_up", "1 when no part of the site is down (/sante).", 0 if health is Health.DOWN else 1
        )
        if health is Health.DOWN:
            return
        yield by_state("senacs_queue_tasks", "Tasks of the background work.", DBTaskResult, "status", TaskResultStatus)
        waited = oldest_wait()
        yield GaugeMetricFamily("senacs_queue_oldest_seconds", "Wait of the oldest task that is due.", waited)
        living = sum(not heard.silent for heard in Heartbeat.objects.told())  # type: ignore[attr-defined]
        yield GaugeMetricFamily("senacs_workers", "Processes of the background work heard of lately.", living)
        yield by_state("senacs_letters", "Letters, by what became of them.", OutgoingLetter, "state", LetterState)
        yield by_state("senacs_releases", "Releases, by state.", Release, "state", ReleaseState)
        yield by_state("senacs_responses", "Responses, by state.", Response, "state", ResponseState)
        yield GaugeMetricFamily(
            "senacs_lock_waits", "Sessions of the database that wait for a lock.", sessions_waiting()
        )
        if last := TickRun.objects.filter(ended_at__isnull=False).order_by("-ended_at").first():
            age = (clock.now() - last.ended_at).total_seconds()  # type: ignore[operator]
            yield GaugeMetricFamily("senacs_tick_age_seconds", "Since the work due at a date was last done.", age)


def by_state(name: str, told: str, model: type, column: str, states: type) -> GaugeMetricFamily:
    """One number a state, zero included: a series that appears only with the first failure alerts nobody."""
    family = GaugeMetricFamily(name, told, labels=["state"])
    rows = model.objects.order_by().values_list(column).annotate(count=Count("pk"))  # type: ignore[attr-defined]
    found = dict(rows)
    for state in states:  # type: ignore[attr-defined]  # an enumeration
        family.add_metric([state.name.lower()], found.get(str(state.value), 0))
    return family


def may_read(request: HttpRequest) -> bool:
    """With the token of the settings; where there is none, from this machine, and through no proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return is_of_this_machine(request)


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    for collector in (*counted(), StoredMeasures()):
        registry.register(collector)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
