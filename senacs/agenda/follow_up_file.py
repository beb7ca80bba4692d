"""The follow-up as a workbook: counts by département, and the structures for those who follow them."""

import io
from datetime import date

from django.utils import timezone

from senacs.agenda.follow_up import FollowUp
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.lib import xlsx_files

_PLACES = (
    "Département", "Invitées", "En cours", "Envoyées", "Retournées", "Validées", "Ne participent pas", "Hors champ",
    "Taux (%)",
)  # fmt: skip
_STRUCTURES = ("Code", "Structure", "Commune", "Département", "État", "Avancement (%)", "Envoyée le")


def follow_up_workbook(found: FollowUp, campaign: Campaign) -> bytes:
    """Two sheets; the second one for scopes whose structures are named."""
    buffer = io.BytesIO()
    with xlsx_files.workbook(buffer) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Avancement")
        for column, head in enumerate(_PLACES):
            xlsx_files.put(sheet, 0, column, head, bold)
        for row, (place, one) in enumerate(found.places, start=1):
            counts = (one.invited, one.started, one.submitted, one.returned, one.validated)
            line: tuple[str | int | float, ...] = (
                place.name,
                *counts,
                one.declined,
                one.out_of_scope,
                round(one.rate, 1),
            )
            for column, value in enumerate(line):
                xlsx_files.put(sheet, row, column, value, None)
        if found.scope.is_named:
            _structures(book, found, campaign, (bold, day))
    return buffer.getvalue()


def _structures(book: object, found: FollowUp, campaign: Campaign, styles: tuple[object, object]) -> None:
    bold, day = styles
    sheet = book.add_worksheet("Structures")  # type: ignore[attr-defined]
    for column, head in enumerate(_STRUCTURES):
        xlsx_files.put(sheet, 0, column, head, bold)
    listed = Response.objects.filter(found.scope.where, campaign=campaign).defer("values")
    listed = listed.select_related("structure__commune", "invited").order_by("structure__search_name", "pk")
    for row, one in enumerate(listed, start=1):
        sent = timezone.localdate(one.submitted_at) if one.submitted_at else None
        line: tuple[str | int | date | None, ...] = (
            one.structure.code, one.invited.name, one.structure.commune.name, one.invited.departement_code,
            one.get_state_display(), one.progress, sent,
        )  # fmt: skip
        for column, value in enumerate(line):
            xlsx_files.put(sheet, row, column, value, day if column == len(line) - 1 else None)
