"""Programs kept running side by side: what ends is started again after a growing delay, all stop together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

_FIRST_DELAY, _LONGEST_DELAY = 1.0, 60.0
# A program that ran for this long was well: its next end is the first of a new series.
_WELL_AFTER = 60.0
_BEAT = 0.2
_PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass(frozen=True)
class SupervisedProgram:
    """What to run; `grace` is how many seconds it may take to stop before it is killed."""

    name: str
    command: Sequence[str]
    grace: float = 30.0


class FailedToStart(Exception):
    """A program ended at once, at the very first start: somebody is at the terminal to read why."""


@dataclass
class _Run:
    program: SupervisedProgram
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    again_at: float = 0.0
    failures: int = field(default=0)


class Supervisor:
    """Runs programs until a SIGTERM or a SIGINT.

    Each is a new program (`exec`), in a process group of its own: it inherits neither connection nor thread, and what
    it leaves behind when it dies is ended with it. Linux tells them when the supervisor itself is killed.
    """

    def __init__(
        self,
        programs: Sequence[SupervisedProgram],
        *,
        say: Say,
        meanwhile: Callable[[], None],
        settles_in: float = 20.0,
    ) -> None:
        """`meanwhile` is called at each beat: the supervisor has no thread, because it forks."""
        self._runs = [_Run(program) for program in programs]
        self._say = say
        self._meanwhile = meanwhile
        self._settles_in = settles_in
        self._stopping = False
        self._tell_of_our_end = _death_signal()

    def run(self) -> None:
        """Returns when asked to stop, everything stopped; raises `FailedToStart`."""
        handlers = {kind: signal.signal(kind, self._ask_to_stop) for kind in (signal.SIGTERM, signal.SIGINT)}
        born = time.monotonic()
        try:
            while not self._stopping:
                for run in self._runs:
                    self._look_after(run, born)
                self._meanwhile()
                time.sleep(_BEAT)
        finally:
            self._stop_all()
            for kind, handler in handlers.items():
                signal.signal(kind, handler)

    def _ask_to_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after(self, run: _Run, born: float) -> None:
        now = time.monotonic()
        if run.process is None:
            if now >= run.again_at:
                self._start(run)
            return
        code = run.process.poll()
        if code is None:
            return
        _end_group(run.process.pid)  # what it had started does not outlive it
        run.process = None
        if code > 0 and run.failures == 0 and now - born < self._settles_in:  # a kill is no failure to start
            raise FailedToStart(f"{run.program.name} s’est arrêté dès le départ (code {code}).")
        run.failures = 1 if now - run.started >= _WELL_AFTER else run.failures + 1
        delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (run.failures - 1))
        run.again_at = now + delay
        self._say(f"{run.program.name} s’est arrêté (code {code}) ; il repart dans {delay:.0f}\u00a0s.")

    def _start(self, run: _Run) -> None:
        run.started = time.monotonic()
        run.process = subprocess.Popen(  # noqa: S603 - programs of ours
            run.program.command,
            start_new_session=True,
            preexec_fn=self._tell_of_our_end,  # noqa: PLW1509 - this process has no thread
        )

    def _stop_all(self) -> None:
        living = [(run, run.process) for run in self._runs if run.process is not None]
        for _, process in living:
            process.terminate()
        asked = time.monotonic()
        for run, process in living:
            try:
                process.wait(timeout=max(0.1, asked + run.program.grace - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{run.program.name} ne s’arrête pas : il est tué.")
            _end_group(process.pid)
            process.wait()


def _end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _death_signal() -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask for a SIGTERM when its parent dies (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask
