"""A job is asked once, done whole or not at all, and its end is told."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from senacs.accounts.models import User
from senacs.jobs import kinds, tasks
from senacs.jobs.enums import JobState
from senacs.jobs.kinds import JobEnd, JobKind
from senacs.jobs.models import BackgroundJob
from senacs.jobs.queries import last_job
from senacs.jobs.running import do_job
from senacs.jobs.services import ask
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db(transaction=False)


def work(*, by: User, first_name: str, end: str = "") -> JobEnd:
    """Writes in the database, then ends as asked."""
    User.objects.filter(pk=by.pk).update(first_name=first_name)
    if end == "refused":
        raise Refused("Deux lignes à corriger.", ["ligne 2", "ligne 3"])
    if end == "told_refused":
        return JobEnd("Regardez de nouveau.", is_refused=True)
    if end == "fault":
        raise ZeroDivisionError
    return JobEnd("Fait comme demandé.", ["ligne 4 laissée"])


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    kinds.lay(JobKind("essai", "Travail d’essai", work, 3))
    yield
    kinds._KINDS.pop("essai")


@pytest.fixture
def user() -> User:
    return factories.make_user()


def waiting(user: User, **arguments: str) -> BackgroundJob:
    """Asked, and not yet begun."""
    return BackgroundJob.objects.create(
        kind="essai", about="ici", by=user, arguments={"first_name": "Zoé", **arguments}
    )


def test_what_is_asked_is_done_after_the_transaction(
    user: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        job = ask(kind="essai", by=user, about="ici", arguments={"first_name": "Zoé"})
        assert job.state == JobState.WAITING
    done = last_job("essai", about="ici")
    assert done is not None and (done.state, done.told, done.lines) == (
        JobState.DONE,
        "Fait comme demandé.",
        ["ligne 4 laissée"],
    )
    assert done.arguments == {} and done.task
    user.refresh_from_db()
    assert user.first_name == "Zoé"
    assert last_job("essai", about="ailleurs") is None


def test_the_same_is_asked_once_until_its_end(user: User) -> None:
    waiting(user)
    with pytest.raises(Refused, match="« Travail d’essai » est déjà en cours"):
        ask(kind="essai", by=factories.make_user(), about="ici")
    ask(kind="essai", by=user, about="ailleurs")
    do_job(BackgroundJob.objects.get(about="ici").pk)
    ask(kind="essai", by=user, about="ici")


@pytest.mark.parametrize(
    ("end", "told", "lines", "written"),
    [
        ("refused", "Deux lignes à corriger.", ["ligne 2", "ligne 3"], False),
        ("told_refused", "Regardez de nouveau.", [], True),
    ],
)
def test_a_refusal_is_told_with_its_lines(user: User, end: str, told: str, lines: list[str], written: bool) -> None:
    job = do_job(waiting(user, end=end).pk)
    assert (job.state, job.told, job.lines, job.arguments) == (JobState.REFUSED, told, lines, {})
    user.refresh_from_db()
    assert (user.first_name == "Zoé") is written


def test_a_fault_leaves_nothing_ends_the_job_and_is_raised_again(user: User) -> None:
    job = waiting(user, end="fault")
    with pytest.raises(ZeroDivisionError):
        do_job(job.pk)
    job.refresh_from_db()
    user.refresh_from_db()
    assert job.state == JobState.FAILED and "rien n’a été changé" in job.told and user.first_name != "Zoé"


def test_a_job_cut_short_is_done_again_and_one_that_ended_is_not(user: User) -> None:
    job = waiting(user)
    BackgroundJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=clock.now())
    assert do_job(job.pk).state == JobState.DONE
    User.objects.filter(pk=user.pk).update(first_name="Ana")
    assert do_job(job.pk).state == JobState.DONE
    user.refresh_from_db()
    assert user.first_name == "Ana"


def test_a_job_whose_processes_died_of_it_is_told_as_failed(user: User) -> None:
    task = DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        args_kwargs={"args": [], "kwargs": {}},
        task_path=tasks.do.module_path,
        backend_name="default",
        run_after=clock.now(),
    )
    job = waiting(user)
    BackgroundJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=clock.now(), task=str(task.pk))
    found = last_job("essai", about="ici")
    assert found is not None and found.state == JobState.FAILED
    job.refresh_from_db()
    assert job.state == JobState.RUNNING, "a page that is read writes nothing"
    ask(kind="essai", by=user, about="ici")
    job.refresh_from_db()
    assert job.state == JobState.FAILED and BackgroundJob.objects.count() == 2


def test_a_transaction_that_fails_asks_nothing(user: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask(kind="essai", by=user)
        raise ZeroDivisionError
    assert not BackgroundJob.objects.exists()


def test_two_kinds_have_two_names() -> None:
    kinds.lay(JobKind("essai", "Travail d’essai", work, 3))
    with pytest.raises(ValueError, match="essai"):
        kinds.lay(JobKind("essai", "Autre travail", work, 3))


def test_the_page_follows_its_own_jobs_to_their_end(user: User, sign_in: Callable[[User], Client]) -> None:
    job, client = waiting(user), sign_in(user)
    reply = client.get(f"/travaux/{job.pk}/")
    words = " ".join(reply.content.decode().split())
    assert "Travail d’essai : en attente" in words and "hx-get" in words and "HX-Refresh" not in reply.headers
    do_job(job.pk)
    reply = client.get(f"/travaux/{job.pk}/")
    assert "Fait comme demandé." in reply.content.decode() and "ligne 4 laissée" in reply.content.decode()
    assert reply.headers["HX-Refresh"] == "true" and "hx-get" not in reply.content.decode()
    assert sign_in(factories.make_user()).get(f"/travaux/{job.pk}/").status_code == 404
