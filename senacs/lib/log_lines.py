"""Lines of the log: one JSON object each, with the request that they belong to, without what people typed.

What a line says is chosen, never what happened to be in an exception, an address or a message of a library: their words
may quote a row, a link or a name (docs/decisions/2026-11-30-observation.md).
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

# The request that this thread, or the task that it asked for, is doing; « » outside of any.
request_number: ContextVar[str] = ContextVar("request_number", default="")
# A proxy's own numbering (UUID, hexadecimal, « req-2026-0042 »): a digit at least, so that a name is none.
_GIVEN = re.compile(r"(?=[A-Za-z_.-]*[0-9])[A-Za-z0-9_.-]{8,64}", re.ASCII)
# Their messages are read as they are, numbers of tasks and names of functions.
SPOKEN = ("senacs", "django_tasks", "django_tasks_db")
_ROOT = Path(__file__).resolve().parents[2]
_FRAMES = 20


def numbered(given: str) -> str:
    """The number of a request: the one that a proxy gave, or a new one."""
    return given if _GIVEN.fullmatch(given) else token_hex(16)


class JsonLines(logging.Formatter):
    """`facts`, given as `extra`, are written as they are: whoever gives them answers for them."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname, "logger": record.name}
        if number := request_number.get():
            line["request"] = number
        if words := _words(record):
            line["message"] = words
        if not record.name.startswith("senacs"):
            line["place"] = f"{_short(record.pathname)}:{record.lineno}"
        line.update(getattr(record, "facts", {}))
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            line["error"], line["frames"] = type(error).__name__, _frames(error)
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def _words(record: logging.LogRecord) -> str:
    """Ours with their values, but for exceptions, told by their kind; those of a library without their values."""
    if record.name.split(".")[0] in SPOKEN:
        given = record.args if isinstance(record.args, tuple) else ()
        told = tuple(type(value).__name__ if isinstance(value, BaseException) else value for value in given)
        return str(record.msg) % told if told else str(record.msg)
    # Without values to leave out, nobody knows what was already written into it.
    return str(record.msg) if record.args else ""


def _frames(error: BaseException) -> list[str]:
    """Where it happened, the nearest last: places of the code, without the values of its variables."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT):
        path = path.relative_to(_ROOT)
    parts = path.parts
    return "/".join(parts[parts.index("site-packages") + 1 :] if "site-packages" in parts else parts)
