"""The kinds of jobs there are: each names the function that does it, laid by the package that shows its page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JobEnd:
    """What is told of a job at its end: one sentence, and lines if some things were left aside or stand in the way.

    `is_refused`: nothing was done, and what was written all the same (a new report to look at) stays.
    """

    told: str
    lines: Sequence[str] = field(default_factory=tuple)
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class JobKind:
    """`run` is called with `by`, who asked, and the arguments of the job; all it writes is one transaction.

    It checks its own rights, which may have ended since, and raises Refused. `seconds` is what it takes at the size of
    the whole network, told to who waits.
    """

    name: str
    title: str
    run: Callable[..., JobEnd]
    seconds: int


_KINDS: dict[str, JobKind] = {}


def lay(*kinds: JobKind) -> None:
    """Declares kinds; the same one twice is harmless, another under the same name is not."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"two kinds of jobs are named {kind.name}")


def find(name: str) -> JobKind:
    return _KINDS[name]
