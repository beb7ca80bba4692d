"""One document to typeset, in any process: no row of the database, no model to import."""

from datetime import datetime
from typing import Any, NamedTuple

from senacs.lib import pdf


class Job(NamedTuple):
    template: str
    data: dict[str, Any]
    title: str
    at: datetime


def typeset(job: Job) -> bytes:
    """The PDF/UA-1; same job, same bytes."""
    return pdf.render(job.template, job.data, title=job.title, keywords=["SENACS"], at=job.at)
