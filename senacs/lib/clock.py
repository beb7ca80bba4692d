"""The one clock of the product: every « now » and « today » goes through here, so that tests can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, with its zone."""
    return _frozen.get() or timezone.now()


def today() -> date:
    """The present day in the project's zone (Europe/Paris)."""
    return timezone.localdate(now())


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Holds the clock at `at` (an aware datetime) for the duration of the block."""
    if timezone.is_naive(at):
        raise ValueError("the clock only holds aware datetimes")
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)
