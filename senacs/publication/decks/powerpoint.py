"""A deck as a PPTX: titles in their place of the outline, texts and charts that a person edits, pictures with words."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Length, Pt

from senacs.lib.french import spaced
from senacs.lib.pdf.images import png_of
from senacs.publication.decks.slides import Slide, slides_of
from senacs.publication.decks.wording import compared_lines

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, WIDE = Inches(0.7), Inches(1.75), Inches(11.93)
FOOT = Inches(6.75)
NAVY, ORANGE, GREY, PALE, WHITE = map(RGBColor.from_string, ("12466E", "C8631A", "55636F", "EAF2F6", "FFFFFF"))
# The palette of the drawings, in their order.
COLOURS = ("12466E", "2B7AA8", "6FB3CF", "1F7A74", "A9CDA0", "C8631A", "E3C565", "8A8F99", "5B4B8A")
_TITLE_ONLY = 5
_SHORT = 450  # characters that are read from afar
_TYPES = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "pyramid": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED_100,
    "lines": XL_CHART_TYPE.LINE_MARKERS,
}
Box = tuple[Length, Length, Length, Length]  # left, top, width, height


def deck_pptx(document: Mapping[str, Any], *, at: datetime) -> bytes:
    """The file, dated; a working document says on each slide that nobody has signed it. Raises PdfError."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    properties = presentation.core_properties
    properties.title = spaced(f"{document['territory']}, {document['edition']}")
    properties.author, properties.language = "SENACS", "fr-FR"
    properties.created = properties.modified = at.astimezone(UTC).replace(tzinfo=None)
    layout = presentation.slide_layouts[_TITLE_ONLY]
    footer = " · ".join(part for part in (document["footer"], _state(document)) if part)
    for told in slides_of(document):
        slide = presentation.slides.add_slide(layout)
        _title(slide, told)
        _BODIES[told["kind"]](slide, told, document)
        if source := told.get("source"):
            _words(slide, (LEFT, Inches(6.45), WIDE, Inches(0.3)), [source], size=10, colour=GREY)
        _words(slide, (LEFT, FOOT, WIDE, Inches(0.3)), [footer], size=10, colour=GREY)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _state(document: Mapping[str, Any]) -> str:
    draft = "Document de travail : personne ne l’a encore signé." if document.get("draft") else ""
    return " ".join(part for part in (draft, document["demo"]) if part)


def _title(slide: Any, told: Slide) -> None:
    shape = slide.shapes.title
    is_cover = told["kind"] == "cover"
    top, height = (Inches(2.1), Inches(1.6)) if is_cover else (Inches(0.5), Inches(1.1))
    shape.left, shape.top, shape.width, shape.height = LEFT, top, WIDE, height
    frame = shape.text_frame
    frame.text, frame.word_wrap, frame.vertical_anchor = spaced(told["title"]), True, MSO_ANCHOR.MIDDLE
    font = frame.paragraphs[0].font
    font.size, font.bold, font.color.rgb = Pt(54 if is_cover else 28), True, NAVY
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    if chapter := told.get("chapter"):
        _words(slide, (LEFT, Inches(0.25), WIDE, Inches(0.3)), [chapter], size=12, colour=ORANGE)


def _words(slide: Any, box: Box, lines: Sequence[str], *, size: float, colour: RGBColor, bold: bool = False) -> None:
    frame = slide.shapes.add_textbox(*box).text_frame
    frame.word_wrap = True
    for number, line in enumerate(lines):
        _run(frame.paragraphs[0] if number == 0 else frame.add_paragraph(), line, size, colour, bold=bold)


def _cover(slide: Any, told: Slide, document: Mapping[str, Any]) -> None:
    band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, WIDTH, Inches(4))
    band.fill.solid()
    band.fill.fore_color.rgb = NAVY
    band.line.fill.background()
    # Behind the title, and nothing to read.
    slide.shapes._spTree.remove(band._element)
    slide.shapes._spTree.insert(2, band._element)
    slide.shapes.title.text_frame.paragraphs[0].font.color.rgb = WHITE
    lines = [told["subtitle"], document["edition"]]
    _words(slide, (LEFT, Inches(1.2), WIDE, Inches(0.8)), lines, size=18, colour=WHITE)
    for number, fact in enumerate(told["facts"]):
        left = Emu(LEFT + number * Inches(3.4))
        _words(slide, (left, Inches(4.3), Inches(3.2), Inches(0.8)), [fact["value"]], size=40, colour=NAVY, bold=True)
        _words(slide, (left, Inches(5.1), Inches(3.2), Inches(0.5)), [fact["label"]], size=16, colour=GREY)


def _figures(slide: Any, told: Slide, _: Mapping[str, Any]) -> None:
    cards = told["cards"]
    columns = 2 if len(cards) == 4 else min(len(cards), 3)
    lines = -(-len(cards) // columns)
    gap = Inches(0.2)
    width = Emu((WIDE - gap * (columns - 1)) // columns)
    height = Emu((Inches(4.6) - gap * (lines - 1)) // max(lines, 2))
    for number, card in enumerate(cards):
        left = Emu(LEFT + (number % columns) * (width + gap))
        top = Emu(TOP + (number // columns) * (height + gap))
        _card(slide, card, (left, top, width, height))


def _card(slide: Any, card: Mapping[str, Any], box: Box) -> None:
    shape = slide.shapes.add_textbox(*box)
    shape.fill.solid()
    shape.fill.fore_color.rgb = PALE
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_top = Inches(0.2)
    title = card["compared"]["title"]
    figure = frame.paragraphs[0]
    # A plain space: where both do not fit, the unit goes under its number.
    for words, size in ((card["value"], 28), (f" {card['unit']}", 15)):
        _run(figure, words, size, NAVY, bold=True)
    _run(frame.add_paragraph(), card["label"], 15, NAVY, bold=True)
    for words in (*([title] if title else []), *compared_lines(card)):
        _run(frame.add_paragraph(), words, 12, GREY)


def _run(paragraph: Any, words: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = spaced(words)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour


def _drawings(slide: Any, told: Slide, _: Mapping[str, Any]) -> None:
    visuals = told["visuals"]
    gap = Inches(0.4)
    width = Emu((WIDE - gap * (len(visuals) - 1)) // len(visuals))
    for number, visual in enumerate(visuals):
        left = Emu(LEFT + number * (width + gap))
        frame = slide.shapes.add_textbox(left, Inches(1.55), width, Inches(1.1)).text_frame
        frame.word_wrap = True
        _run(frame.paragraphs[0], visual["title"], 15, NAVY, bold=True)
        for words in (part for part in (visual["reading"], visual["note"]) if part):
            _run(frame.add_paragraph(), words, 11, GREY)
        _drawing(slide, visual, (left, Inches(2.75), width, Inches(3.65)))


def _answer(slide: Any, told: Slide, _: Mapping[str, Any]) -> None:
    visual = told["visual"]
    wide = Inches(5.9) if visual else WIDE
    frame = slide.shapes.add_textbox(LEFT, Inches(1.7), wide, Inches(4.6)).text_frame
    frame.word_wrap = True
    for number, words in enumerate(told["words"]):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _run(paragraph, words, 15 if number else 22, GREY if number else NAVY, bold=number == 0)
        paragraph.space_after = Pt(10)
    if visual:
        box = (Inches(7), Inches(2.1), Inches(5.6), Inches(4.3))
        _words(slide, (box[0], Inches(1.7), box[2], Inches(0.4)), [visual["title"]], size=15, colour=NAVY, bold=True)
        _drawing(slide, visual, box)


def _drawing(slide: Any, visual: Mapping[str, Any], box: Box) -> None:
    """The chart as a chart, or its picture where it has none that can be drawn again."""
    figures = visual["figures"]
    if figures is None or not figures["series"]:
        _picture(slide, visual, box)
        return
    data = CategoryChartData(number_format=_format_of(figures))
    columns = [[row["values"][i] for row in figures["rows"]] for i in range(len(figures["series"]))]
    labels = [row["label"] for row in figures["rows"]]
    if figures["form"] == "stacked":
        # A part a series, a bar a category.
        labels, columns, series = figures["series"], [row["values"] for row in figures["rows"]], labels
    else:
        series = figures["series"]
    data.categories = [spaced(label) for label in labels]
    for name, values in zip(series, columns, strict=True):
        data.add_series(spaced(name), values)
    frame = slide.shapes.add_chart(_TYPES[figures["form"]], *box, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", spaced(visual["alt"]))
    _dress(frame.chart, figures)


def _format_of(figures: Mapping[str, Any]) -> str:
    """The number format of a spreadsheet; each one writes it in its reader's language."""
    digits = "." + "0" * figures["decimals"] if figures["decimals"] else ""
    sign = {"%": '\\ "%"', "€": '\\ "€"'}.get(figures["unit"], "")
    return f"#,##0{digits}{sign}"


def _dress(chart: Any, figures: Mapping[str, Any]) -> None:
    form, plot = figures["form"], chart.plots[0]
    chart.font.size, chart.has_title = Pt(11), False
    chart.has_legend = len(chart.plots[0].series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = _format_of(figures), False
    plot.data_labels.font.size = Pt(10)
    for series, colour in zip(plot.series, COLOURS, strict=False):
        fill = series.format.line if form == "lines" else series.format.fill
        if form != "lines":
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(colour)
        else:
            fill.color.rgb = RGBColor.from_string(colour)
    chart.value_axis.visible, chart.value_axis.has_major_gridlines = form == "lines", form == "lines"
    if form == "lines":
        plot.data_labels.position = XL_LABEL_POSITION.ABOVE
        return
    plot.gap_width = 40
    # The first line of the table stands on top.
    chart.category_axis.reverse_order = form != "pyramid"
    if form == "stacked":
        plot.data_labels.font.color.rgb = WHITE


def _picture(slide: Any, drawing: Mapping[str, Any], box: Box) -> None:
    left, top, width, height = box
    content = io.BytesIO(png_of(drawing["svg"], drawing["alt"]))
    picture = slide.shapes.add_picture(content, left, top, height=height)
    if picture.width > width:
        ratio = width / picture.width
        picture.width, picture.height = width, Emu(int(picture.height * ratio))
    picture._element.nvPicPr.cNvPr.set("descr", spaced(drawing["alt"]))


def _map(slide: Any, told: Slide, _: Mapping[str, Any]) -> None:
    _picture(slide, told["map"], (LEFT, Inches(1.6), Inches(7.2), Inches(4.8)))
    box = (Inches(8.2), Inches(2.2), Inches(4.4), Inches(4))
    _words(slide, box, told["words"], size=18, colour=NAVY)


def _sections(slide: Any, told: Slide, _: Mapping[str, Any]) -> None:
    said = sum(len(section["words"]) for section in told["sections"])
    size = 20 if said < _SHORT else 16 if said < 2 * _SHORT else 13
    for number, section in enumerate(told["sections"]):
        left = Emu(LEFT + (number % 2) * Inches(6.1))
        top = Emu(TOP + (number // 2) * Inches(2.3))
        _words(slide, (left, top, Inches(5.8), Inches(0.4)), [section["title"]], size=16, colour=NAVY, bold=True)
        below = (left, Emu(top + Inches(0.4)), Inches(5.8), Inches(1.8))
        _words(slide, below, [section["words"]], size=size, colour=GREY)


def _end(slide: Any, told: Slide, document: Mapping[str, Any]) -> None:
    lines = [f"{sign} : {words}" for sign, words in told["signs"]]
    if told["signatures"]:
        lines.append(f"Document signé par {' et '.join(told['signatures'])}.")
    _words(slide, (LEFT, TOP, Inches(8), Inches(3)), [*lines, _state(document)], size=15, colour=GREY)
    if told["address"]:
        _picture(slide, told["address"], (Inches(10.2), TOP, Inches(2.4), Inches(2.4)))
        box = (Inches(9.2), Inches(4.3), Inches(3.6), Inches(0.4))
        _words(slide, box, [told["address"]["url"]], size=11, colour=GREY)


_BODIES = {
    "cover": _cover,
    "figures": _figures,
    "drawings": _drawings,
    "answer": _answer,
    "map": _map,
    "words": _sections,
    "end": _end,
}
