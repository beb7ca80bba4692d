"""Reads of the journal of acts: searched by words, person and days, and told as a table."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from senacs.audit.models import AuditLine
from senacs.lib.csv_files import csv_text
from senacs.lib.french import ZONE

HEADER = ("numéro", "quand", "qui", "acte", "sur quoi", "motif", "sceau")


def lines_matching(*, words: str = "", since: date | None = None, until: date | None = None) -> QuerySet[AuditLine]:
    """Newest first; every word is in who, what, on what or why."""
    found = AuditLine.objects.order_by("-pk")
    for word in words.split():
        columns = ("actor_name", "act", "about", "reason")
        found = found.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
    if since is not None:
        found = found.filter(at__date__gte=since)
    if until is not None:
        found = found.filter(at__date__lte=until)
    return found


def as_csv(lines: Iterable[AuditLine], *, about: Callable[[AuditLine], str]) -> str:
    """`about` says on what a line is, in words: sealed lines stay as they were written."""
    rows = (
        (
            line.number or "",
            f"{line.at.astimezone(ZONE):%d/%m/%Y %H:%M:%S}",
            line.actor_name,
            line.act,
            about(line),
            line.reason,
            line.seal,
        )
        for line in lines
    )
    return csv_text([HEADER, *rows], delimiter=";", line_end="\r\n")
