"""Independent computations spread over the processors, with progress."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

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
    threads of Polars.
    """
    count = workers or os.cpu_count() or 1
    if count < 2 or len(jobs) < _WORTH_IT:
        results = []
        for done, job in enumerate(jobs):
            progress(done, len(jobs))
            results.append(work(job))
        return results
    found: dict[int, Result] = {}
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(work, job): place for place, job in enumerate(jobs)}
        try:
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                progress(len(found), len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [found[place] for place in range(len(jobs))]
