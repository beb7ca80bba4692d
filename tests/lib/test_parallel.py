"""Work spread over processes: in order, with progress, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from senacs.lib.parallel import spread

# Each job writes the number of its process, then waits for longer than any test.
_SCRIPT = """
import os, sys, time
from pathlib import Path
from senacs.lib.parallel import spread

def wait(job):
    Path(sys.argv[1], str(os.getpid())).touch()
    time.sleep(60)

if __name__ == "__main__":
    spread(wait, list(range(16)), workers=2)
"""


def test_results_come_in_the_order_of_the_jobs() -> None:
    seen: list[tuple[int, int]] = []
    jobs = list(range(-20, 0))
    assert spread(abs, jobs, workers=2, progress=lambda done, total: seen.append((done, total))) == [
        abs(job) for job in jobs
    ]
    assert seen[-1] == (20, 20)


def test_first_failure_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        spread((1).__truediv__, [1] * 15 + [0] * 5, workers=2)


@pytest.mark.slow
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script, started = tmp_path / "script.py", tmp_path / "started"
    script.write_text(_SCRIPT)
    started.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(script), str(started)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    _wait_until(lambda: len(list(started.iterdir())) == 2)
    workers = [int(path.name) for path in started.iterdir()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _wait_until(lambda: not any(map(_is_running, workers)))


def _is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 50
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
