"""Independent computations spread over the processors, with progress; workers never outlive who asked."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

Progress = Callable[[int, int], None]
Job = TypeVar("Job")
Result = TypeVar("Result")
# Under this number of jobs, starting processes costs more than it saves.
_WORTH_IT = 16


def silent(done: int, total: int) -> None:
    """No progress to show."""


def spread(
    work: Callable[[Job], Result], jobs: Sequence[Job], *, progress: Progress = silent, workers: int | None = None
) -> list[Result]:
    """`work` of each job, in the order of the jobs; the first exception is raised.

    `work` and the jobs are picklable. Processes are spawned, so that they inherit neither database connections nor
    threads of Polars. When the parent is killed without a word, they stop by themselves.
    """
    count = workers or os.cpu_count() or 1
    if count < 2 or len(jobs) < _WORTH_IT:
        results = []
        for done, job in enumerate(jobs):
            progress(done, len(jobs))
            results.append(work(job))
        return results
    found: dict[int, Result] = {}
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_follow_parent) as pool:
        waiting = {pool.submit(work, job): place for place, job in enumerate(jobs)}
        try:
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                progress(len(found), len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [found[place] for place in range(len(jobs))]


class _Here(Executor):
    """Work done at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@contextmanager
def processes(count: int | None = None) -> Iterator[Executor]:
    """Spawned processes that take work as it comes, while this one goes on; with one processor, none.

    What is picklable and ends with its parent, as in `spread`. Work not begun is given up when the block fails.
    """
    wanted = count or os.cpu_count() or 1
    if wanted < 2:
        yield _Here()
        return
    with ProcessPoolExecutor(wanted, mp_context=get_context("spawn"), initializer=_follow_parent) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _follow_parent() -> None:
    """Ends this worker with its parent: a pool waits for work on a queue that nobody would close after a SIGKILL."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
