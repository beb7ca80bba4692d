"""One document to typeset, in any process: no row of the database, no model to import."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from senacs.lib.pdf import rendering


class Job(NamedTuple):
    template: str
    data: dict[str, object]
    title: str
    at: datetime


def typeset(job: Job) -> bytes:
    """The PDF/UA-1; same job, same bytes."""
    return rendering.render(job.template, job.data, title=job.title, keywords=["SENACS"], at=job.at)


def write_whole(path: Path, content: bytes) -> None:
    """The whole file or none: a killed build leaves no half document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    partial.write_bytes(content)
    partial.replace(path)
