"""A body that comes too slowly is cut: granian has no such limit, and a few slow senders would hold every thread."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

Application = Callable[[dict[str, object], Any], Iterable[bytes]]

# What a request may wait for its body without any more ado: a small one came with its headers.
QUICK = 1.0  # seconds
# How many requests of a process may wait for longer at once: two threads of four stay for the others.
SLOW_SENDERS = 2
# The longest that a body may take: this, and its size at the pace of the worst rural line.
PATIENCE, PACE = 20.0, 20_000  # seconds, bytes a second
_READERS = 64


class TooSlow(TimeoutError):
    """Django tells it as any other broken upload: the request cannot be read."""


class SlowBodies:
    """A WSGI application whose requests read their body within a time."""

    def __init__(self, application: Application, *, quick: float = QUICK, patience: float = PATIENCE) -> None:
        self._application = application
        self._quick, self._patience = quick, patience
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="corps")
        self._slow = BoundedSemaphore(SLOW_SENDERS)

    def __call__(self, environ: dict[str, object], start_response: Any) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or "0")
        if not length.isdigit() or not int(length):
            return self._application(environ, start_response)
        ends = monotonic() + self._patience + int(length) / PACE
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self, ends)
        return self._application(environ, start_response)

    def wait_for(self, read: Callable[[], bytes], ends: float) -> bytes:
        """What `read` gives; raises `TooSlow`."""
        reading: Future[bytes] = self._readers.submit(read)
        try:
            return reading.result(timeout=self._quick)
        except NotYet:
            if not self._slow.acquire(blocking=False):
                raise TooSlow from None
        try:
            return reading.result(timeout=max(0.0, ends - monotonic()))
        except NotYet:
            raise TooSlow from None
        finally:
            self._slow.release()


class _Body:
    """`wsgi.input` with a clock."""

    def __init__(self, inner: Any, keeper: SlowBodies, ends: float) -> None:
        self._inner, self._keeper, self._ends = inner, keeper, ends

    def read(self, size: int = -1) -> bytes:
        read = self._inner.read if size is None or size < 0 else partial(self._inner.read, size)
        return self._keeper.wait_for(read, self._ends)

    def readline(self, size: int = -1) -> bytes:
        return self._keeper.wait_for(self._inner.readline, self._ends)
