"""What many people read at once is made once a moment: of those who ask together, one makes it and the others wait."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

# How late a page may be. Tests set it to nothing.
SECONDS = 2.0
# Older than that, it is told to nobody, even while another is made.
LATEST = 10.0
MOST_KEPT = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptMoment(Generic[T]):
    value: T
    made_at: float


class Moments(Generic[T]):
    """One value a key, in this process. The key says all that the value depends on, and who may read it."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._kept: OrderedDict[Hashable, KeptMoment[T]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            kept, making = self._kept.get(key), self._making.setdefault(key, threading.Lock())
        age = self.now() - kept.made_at if kept is not None else LATEST
        if kept is not None and age < SECONDS:
            return kept.value
        # While one makes it anew, the others read the one before, unless it is too old to tell.
        waits = kept is None or age >= LATEST
        if not making.acquire(blocking=waits) and kept is not None:
            return kept.value
        try:
            return self._made(key, make)
        finally:
            making.release()

    def _made(self, key: Hashable, make: Callable[[], T]) -> T:
        """Under the lock of the key: whoever waited for it finds what was made meanwhile."""
        kept = self._kept.get(key)
        if kept is not None and self.now() - kept.made_at < SECONDS:
            return kept.value
        value = make()
        with self._lock:
            self._kept[key] = KeptMoment(value, self.now())
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._making.pop(self._kept.popitem(last=False)[0], None)
        return value
