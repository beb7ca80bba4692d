"""One document to typeset, in any process: no row of the database, no model to import."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from senacs.lib.pdf import rendering
from senacs.publication.documents.page_checks import faults_of


class Job(NamedTuple):
    """`has_pages_checked`: what is composed freely is looked at page by page; a fiche has its own fixed pages."""

    template: str
    data: dict[str, object]
    title: str
    at: datetime
    has_pages_checked: bool = False


class TypesetDocument(NamedTuple):
    """The PDF/UA-1 and what to look at in it; no content where the template failed, and then why."""

    content: bytes
    faults: tuple[str, ...] = ()
    failure: str = ""


def typeset(job: Job) -> TypesetDocument:
    """Same job, same bytes. One document that fails stops no other."""
    try:
        content = rendering.render(job.template, job.data, title=job.title, keywords=["SENACS"], at=job.at)
    except rendering.PdfError as error:
        return TypesetDocument(b"", failure=str(error))
    return TypesetDocument(content, tuple(faults_of(content, job.data)) if job.has_pages_checked else ())


def write_whole(path: Path, content: bytes) -> None:
    """The whole file or none: a killed build leaves no half document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    partial.write_bytes(content)
    partial.replace(path)
