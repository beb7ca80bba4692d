"""Tasks that remember which request asked for them, and a line and a measure for each that ends."""

import logging
from typing import TYPE_CHECKING, Any

from django_tasks.signals import task_finished, task_started
from django_tasks_db.backend import DatabaseBackend, TaskResult

from senacs.lib import metrics
from senacs.lib.log_lines import request_number

if TYPE_CHECKING:
    # A task names its backend where it is declared, which may be before models are loaded.
    from django_tasks_db.models import DBTaskResult

_logger = logging.getLogger("senacs.tasks")
# Beside the arguments of the task, which it never sees.
_KEY = "request"


class TracedBackend(DatabaseBackend):
    """The library's, but that a task asked for by a request carries its number."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> "TaskResult[Any, Any]":
        asked: TaskResult[Any, Any] = super().enqueue(task, args, kwargs)
        if number := request_number.get():
            row = asked.db_result
            row.args_kwargs = {**row.args_kwargs, _KEY: number}
            type(row).objects.filter(pk=row.pk).update(args_kwargs=row.args_kwargs)
        return asked


def _row(task_result: Any) -> "DBTaskResult | None":
    """None for a task done at once, within its request (tests)."""
    return getattr(task_result, "db_result", None)


def _begin(task_result: Any, **_: object) -> None:
    if (row := _row(task_result)) is not None:
        request_number.set(row.args_kwargs.get(_KEY, ""))


def _end(task_result: Any, **_: object) -> None:
    row = _row(task_result)
    if row is None:
        return
    facts: dict[str, object] = {"task": row.task_path, "number": str(row.pk), "end": row.status.lower()}
    if row.started_at is not None and row.finished_at is not None:
        seconds = (row.finished_at - row.started_at).total_seconds()
        facts["ms"] = round(seconds * 1000)
        metrics.tasks.labels(row.task_path, row.status.lower()).observe(max(0.0, seconds))
    if row.exception_class_path:
        facts["error"] = row.exception_class_path
    _logger.log(logging.ERROR if row.exception_class_path else logging.INFO, "", extra={"facts": facts})
    request_number.set("")


def watch_tasks() -> None:
    """What the library says of its tasks, heard once a process."""
    task_started.connect(_begin, dispatch_uid="senacs.operation.queue")
    task_finished.connect(_end, dispatch_uid="senacs.operation.queue")
