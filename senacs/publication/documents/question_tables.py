"""Tables by question for a Copil: the protected cells of one release, in the order of the questionnaire.

Nothing is computed from answers here: a figure that the release hides is hidden here too (charte 2.3).
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from senacs.lib import french, xlsx_files
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import Cell, IndicatorInfo, ReleaseReader, kept_with_reader, reader_for
from senacs.publication.charts import Unit
from senacs.publication.documents.printed_figures import kinds_told, of_kind, unit_of
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.queries import get_compiled
from senacs.structures.enums import StructureKind
from senacs.territories.queries import Territory

HIDDEN = "masqué"
NOTHING = "–"
_WORDS = {
    "sum": "total",
    "mean": "moyenne par structure",
    "median": "médiane",
    "share": "part des structures",
    "ratio": "part du total",
    "density": "pour 10 000 habitants",
}
_SIGNS = ("%", "€")  # other units are told once, with the statistic
_REGISTER = ("registre", "", "Ce que dit le registre", "Type, gestion et territoire des structures")


@dataclass(frozen=True, slots=True)
class PlaceColumn:
    """One place, for all structures (`kind` '') or one kind of them."""

    label: str
    level: str
    code: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class TableFigure:
    """One cell as text; `value` for the workbook, None where there is no figure to give."""

    text: str
    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TableLine:
    label: str
    statistic: str
    n: int | None  # structures of the first column that answered
    figures: tuple[TableFigure, ...]


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """The lines of one question; none where the release publishes nothing of it."""

    label: str
    lines: tuple[TableLine, ...]


@dataclass(frozen=True, slots=True)
class SectionTables:
    code: str
    letter: str
    title: str
    questions: tuple[QuestionTable, ...]
    without: tuple[str, ...]  # questions that no published indicator tells


@dataclass(frozen=True, slots=True)
class Tables:
    columns: tuple[PlaceColumn, ...]
    sections: tuple[SectionTables, ...]


def tables_by_question(*, release: Release, territory: Territory) -> Tables:
    """Every question, its indicators in all columns. Raises FileNotFoundError when the release is not built."""
    return _tables(reader_for(release), get_compiled(release.campaign.version).questionnaire, territory)


@kept_with_reader(64)
def _tables(reader: ReleaseReader, questionnaire: Questionnaire, territory: Territory) -> Tables:
    columns = _columns(territory, reader)
    by_question = _indicators_by_question(reader, questionnaire)
    sections = []
    if register := tuple(_lines(reader, by_question[""], columns)):
        code, letter, title, label = _REGISTER
        sections.append(SectionTables(code, letter, title, (QuestionTable(label, register),), ()))
    for section in questionnaire.sections:
        tables = [
            QuestionTable(q.label, tuple(_lines(reader, by_question[q.code], columns))) for q in section.questions
        ]
        told = tuple(table for table in tables if table.lines)
        without = tuple(table.label for table in tables if not table.lines)
        sections.append(SectionTables(section.code, section.letter, section.title, told, without))
    return Tables(columns, tuple(sections))


def _columns(territory: Territory, reader: ReleaseReader) -> tuple[PlaceColumn, ...]:
    """The place, its types where the release crosses this level by type, and the wider places."""
    tables = reader.methodology["plan"]["tables"]
    is_crossed = any(table["level"] == territory.level and table["by"] == ["kind"] for table in tables)
    kinds = [PlaceColumn(k.label, territory.level, territory.code, k.value) for k in StructureKind if is_crossed]
    wider = [PlaceColumn(place.name, place.level, place.code) for place in reversed(territory.parents)]
    return (PlaceColumn(territory.name, territory.level, territory.code), *kinds, *wider)


def _indicators_by_question(reader: ReleaseReader, questionnaire: Questionnaire) -> Mapping[str, list[IndicatorInfo]]:
    """Each indicator under the first question that its formula reads; '' for those on the register alone."""
    rank = {code: n for n, code in enumerate(questionnaire.fields)}
    found: defaultdict[str, list[IndicatorInfo]] = defaultdict(list)
    for entry in reader.methodology["indicators"]:
        codes = [code for code in parse(entry["formula"]).codes if code in rank]
        question = questionnaire.fields[min(codes, key=rank.__getitem__)].question if codes else ""
        found[question].append(reader.indicators[entry["code"]])
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """One line to read: a statistic of an indicator, of one modality, of one kind of structure alone or of all."""

    label: str
    statistic: str
    modality: str = ""
    kind: str = ""


def _lines(
    reader: ReleaseReader, indicators: list[IndicatorInfo], columns: tuple[PlaceColumn, ...]
) -> Iterator[TableLine]:
    for indicator in indicators:
        for told in _told(indicator):
            yield from _line(reader, indicator, columns, told)


def _told(indicator: IndicatorInfo) -> Iterator[_Told]:
    if indicator.kind == "distribution":
        for modality, label in indicator.modalities.items():
            yield _Told(f"{indicator.label} : {label}", "share", modality)
        return
    for statistic in indicator.statistics:
        for kind in kinds_told(statistic) if statistic in _WORDS else ():
            yield _Told(of_kind(indicator.label, kind), statistic, kind=kind)


def _line(
    reader: ReleaseReader, indicator: IndicatorInfo, columns: tuple[PlaceColumn, ...], told: _Told
) -> Iterator[TableLine]:
    """Nothing at all where the first place has no cell: nobody answered there."""
    cells = [
        reader.cell(
            indicator.code,
            c.level,
            c.code,
            statistic=told.statistic,
            modality=told.modality,
            kind=told.kind or c.kind,
        )
        if c.kind in {"", told.kind} or not told.kind
        else None
        for c in columns
    ]
    if cells[0] is not None:
        figures = tuple(_figure(indicator, told.statistic, cell) for cell in cells)
        unit = unit_of(indicator, told.statistic).name
        words = _WORDS[told.statistic]
        yield TableLine(told.label, f"{words} ({unit})" if unit else words, cells[0].n, figures)


def _figure(indicator: IndicatorInfo, statistic: str, cell: Cell | None) -> TableFigure:
    if cell is None:
        return TableFigure(NOTHING, None, "aucune réponse")
    if cell.is_suppressed:
        return TableFigure(HIDDEN, None, cell.reason)
    unit = unit_of(indicator, statistic, cell.value)
    return TableFigure(Unit(unit.name if unit.name in _SIGNS else "", unit.decimals).full(cell.value), cell.value)


def tables_workbook(*, release: Release, territory: Territory) -> bytes:
    """The same tables as XLSX: a sheet a section, a first one that says what they are."""
    tables = tables_by_question(release=release, territory=territory)
    buffer = io.BytesIO()
    book = xlsx_files.workbook(buffer)
    title, bold = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bg_color": "#E3F0F1"}),
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    number = book.add_format({"num_format": "#,##0.##", "align": "right"})
    right = book.add_format({"align": "right"})
    notice = book.add_worksheet("Lire d’abord")
    notice.set_column(0, 0, 110)
    for row, text in enumerate(_notice(release, territory)):
        xlsx_files.words(notice, row, 0, text, title if row == 0 else None)
    for position, section in enumerate(tables.sections):
        sheet = book.add_worksheet(xlsx_files.sheet_name(f"{position}. {section.title}"))
        sheet.set_column(0, 0, 60)
        sheet.set_column(1, 1 + len(tables.columns) + 1, 20)
        headers = ["Question et indicateur", "Statistique", "Répondants", *(c.label for c in tables.columns)]
        for column, header in enumerate(headers):
            xlsx_files.words(sheet, 0, column, header, head)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        row = 1
        for question in section.questions:
            xlsx_files.words(sheet, row, 0, question.label, bold)
            row += 1
            for line in question.lines:
                xlsx_files.words(sheet, row, 0, line.label)
                xlsx_files.words(sheet, row, 1, line.statistic)
                if line.n is None:
                    xlsx_files.words(sheet, row, 2, NOTHING, right)
                else:
                    sheet.write_number(row, 2, line.n)
                for column, figure in enumerate(line.figures, start=3):
                    if figure.value is None:
                        xlsx_files.words(sheet, row, column, figure.text, right)
                    else:
                        sheet.write_number(row, column, figure.value, number)
                row += 1
    book.close()
    return buffer.getvalue()


def _notice(release: Release, territory: Territory) -> list[str]:
    state = "publiée" if release.published_at else "candidate, non publiée : à ne pas diffuser"
    return [
        f"Tableaux de réponses par question : {territory.name}",
        f"Données {release.campaign.data_year}, publication {release.name} ({state}).",
        f"« {HIDDEN} » : secret statistique. « {NOTHING} » : aucune réponse.",
        "Le secret est celui de la publication : un chiffre masqué ne se retrouve par aucun calcul.",
        f"Publication construite le {french.long_date(release.created_at)}.",
    ]
