"""Which machine this is, and whether one of its processes still lives."""

import hashlib
import os
import socket
from contextlib import suppress
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_machine() -> str:
    """One start of one machine or container: process numbers mean something only within it."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(_BOOT.read_text(encoding="ascii").strip())
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115 - the link names a namespace, not a file
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def start_of(pid: int) -> str:
    """When the process began, as the system counts it: a number that is used again is not taken for the first.

    Empty when it is gone, or is not told here.
    """
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = told.rpartition(")")[2].split()
    return "" if state in "ZX" else rest[18]


def lives(pid: int, started: str) -> bool:
    """Whether this process of this machine, begun at `started`, still runs."""
    if started:
        return start_of(pid) == started
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
