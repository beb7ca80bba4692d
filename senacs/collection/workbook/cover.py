"""The first sheet of a response's workbook: how to fill it, whom to ask, how far one is, section by section."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from xlsxwriter.utility import xl_range_abs

from senacs.accounts.queries import correspondent_mandates
from senacs.collection.models import Response
from senacs.collection.workbook import layout
from senacs.collection.workbook.layout import SectionSheet
from senacs.lib import xlsx_files
from senacs.lib.french import long_date, spaced
from senacs.questionnaire.engine import effort

STEPS = (
    "Remplissez les cases jaunes, feuille par feuille. Les cases grises se calculent seules ; le reste est verrouillé.",
    "0 est une réponse. « Non concerné » aussi : écrivez-le ou choisissez-le. Une case vide reste sans réponse.",
    "La réponse de l’an dernier est à côté. Recopiez-la si elle vaut toujours.",
    "La colonne « À vérifier » signale ce qui ne concorde pas, au fil de la saisie.",
    "N’écrivez aucun nom, courriel ni numéro de téléphone.",
    "Renvoyez ce classeur dans SENACS : vous verrez ce qui change, case par case, avant que rien ne soit enregistré.",
)


def write_cover(book: Any, response: Response, parts: list[SectionSheet], visible: Collection[str]) -> None:
    """Adds the sheet; its links lead to the sections, its counts follow what is typed."""
    sheet = book.add_worksheet(layout.COVER_SHEET)
    top = {"valign": "top", "text_wrap": True}
    formats = {
        "title": book.add_format({"bold": True, "font_size": 18, "font_color": "#0B5563"}),
        "lead": book.add_format({"font_size": 12, **top}),
        "text": book.add_format(top),
        "number": book.add_format({"bold": True, "align": "center", "font_color": "#0B5563", "valign": "top"}),
        "head": book.add_format({"bold": True, "bg_color": "#E3F0F1", "bottom": 1, **top}),
        "count": book.add_format({"num_format": "0", "align": "right", "valign": "top"}),
        "link": book.add_format({"font_color": "#0B5563", "underline": 1, "valign": "top"}),
    }
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 3, 14)
    campaign = response.campaign
    xlsx_files.words(sheet, 0, 0, f"SENACS {campaign.year} – données {campaign.data_year}", formats["title"])
    sheet.set_row(0, 28)
    fictitious = " – données fictives" if settings.DEMO else ""
    sheet.merge_range(1, 0, 1, 3, spaced(f"{response.invited.name}{fictitious}"), formats["lead"])
    sheet.merge_range(2, 0, 2, 3, spaced(f"À renvoyer avant le {long_date(response.closes_on)}."), formats["lead"])
    row = 4
    for number, step in enumerate(STEPS, 1):
        sheet.write_number(row, 0, number, formats["number"])
        sheet.merge_range(row, 1, row, 3, spaced(step), formats["text"])
        sheet.set_row(row, 15 * (1 + len(step) // 92) + 3)
        row += 1
    row += 1
    for column, text in ((1, "Rubrique"), (2, "Remplies"), (3, "Demandées")):
        xlsx_files.words(sheet, row, column, text, formats["head"])
    for part in parts:
        row += 1
        first, last = part.lines[0].row, part.lines[-1].row
        values, asked = (
            f"'{part.name}'!{xl_range_abs(first, column, last, column)}" for column in (layout.VALUE, layout.ASKED)
        )
        asked_for = [
            line.field.code
            for line in part.lines
            if line.field and not line.field.is_computed and line.field.code in visible
        ]
        answered = [code for code in asked_for if code in response.values]
        told = f"{part.section.letter}. {part.section.title} ({effort.minutes(part.section, visible)} min environ)"
        sheet.write_url(row, 1, f"internal:'{part.name}'!{_first_answer(part)}", formats["link"], told)
        sheet.write_formula(row, 2, f'=SUMPRODUCT(({values}<>"")*({asked}=1))', formats["count"], len(answered))
        sheet.write_formula(row, 3, f"=COUNTIF({asked},1)", formats["count"], len(asked_for))
    row += 2
    xlsx_files.words(sheet, row, 1, "Une question ? Vos correspondants", formats["head"])
    for mandate in correspondent_mandates(response.structure):
        row += 1
        person = mandate.user
        called = ", ".join(part for part in (person.get_full_name(), person.email) if part)
        sheet.merge_range(row, 1, row, 3, spaced(f"{mandate.get_role_display()} : {called}"), formats["text"])
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.activate()


def _first_answer(part: SectionSheet) -> str:
    line = next(line for line in part.lines if line.field is not None)
    return f"{chr(65 + layout.VALUE)}{line.row + 1}"
