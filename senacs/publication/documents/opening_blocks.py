"""Blocks that open a document: cover, words of its authors and of the register, portrait."""

from senacs.lib import french
from senacs.publication.charts import (
    Bar,
    BarSeries,
    Columns,
    Unit,
    horizontal_bars,
    locator,
    stacked_shares,
)
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.making import Making, Printed
from senacs.publication.documents.printed_figures import KIND_WORDS
from senacs.publication.richtext import parse
from senacs.publication.trames import TrameBlock
from senacs.structures.enums import Gestion, StructureKind

AUTHOR_WORDS = {"caf": "La Caf", "federation": "La fédération"}
MAPPED = ("departement", "region", "france")


def cover(making: Making, block: TrameBlock) -> Printed:
    # A commune, an EPCI or a group has no outline: that of its département shows where it is.
    outlined = making.territory if making.territory.level in MAPPED else making.figures.wider[0]
    within = "parmi les départements voisins" if making.register.mine else "et ses territoires"
    chart = locator(
        f"Carte : {outlined.name}",
        making.basemap,
        prefix=making.prefix(),
        highlight=making.register.mine,
        description=f"{outlined.name} {within}.",
    )
    facts = [
        {"value": french.number(making.register.kinds.get(kind, 0)), "label": _kind(making, kind)}
        for kind in StructureKind.values
    ]
    rate = making.rate("")
    if making.counted:
        facts.append({"value": french.number(making.counted), "label": "ont accepté de paraître ensemble"})
    elif rate:
        facts.append({"value": french.percent(rate), "label": "ont répondu à l’enquête"})
    around = "region" if making.territory.level in MAPPED else "departement"
    parent = next((place.name for place in making.figures.wider if place.level == around), "")
    return {"map": making.drawing(chart), "facts": facts, "parent": parent}


def editorial(making: Making, block: TrameBlock) -> Printed | None:
    """What each institution wrote and signs; nobody speaks in another's name (charte 3.1)."""
    written = [text for text in block.texts if text.text]
    if not written:
        return None
    names = {"caf": making.register.cafs, "federation": making.register.federations}
    texts = [
        {
            "author": french.joined(list(names[text.author])) or AUTHOR_WORDS[text.author],
            "paragraphs": parse(text.text),
        }
        for text in written
    ]
    return {"texts": texts, "rate": _response_panel(making)}


def text(making: Making, block: TrameBlock) -> Printed:
    columns = [{"title": text.title, "paragraphs": parse(text.text)} for text in block.texts]
    drawings = _register_drawings(making) if block.shows_register else []
    return {"columns": columns, "visuals": drawings}


def portrait(making: Making, block: TrameBlock) -> Printed | None:
    if not block.text:
        return None
    return {"text": parse(block.text), "image": block.image}


def _kind(making: Making, kind: str) -> str:
    singular, plural = KIND_WORDS[kind]
    return singular if making.register.kinds.get(kind, 0) < 2 else plural


def _response_panel(making: Making) -> Printed | None:
    rate = making.reader.response_rates.get((making.territory.level, making.territory.code, ""))
    if rate is None:
        return None
    bars = [
        Bar(label, making.rate(kind), making.rate(kind, making.figures.reference) if making.figures.reference else None)
        for kind, label in (("", "Ensemble"), ("CS", "Centres sociaux"), ("EVS", "Espaces de vie sociale"))
        if making.rate(kind) is not None
    ]
    chart = horizontal_bars(
        "Taux de réponse à l’enquête",
        bars,
        prefix=making.prefix(),
        unit=Unit("%", 0),
        reference_label=making.figures.reference.name if making.figures.reference else "",
        columns=Columns("Structures", making.territory.name),
    )
    return {
        "value": french.percent(rate.percent),
        "text": f"{french.plural(rate.validated, 'structure')} sur {french.number(rate.invited)} "
        f"{'a' if rate.validated < 2 else 'ont'} répondu, réponses relues et validées par la Caf et la fédération.",
        **making.drawing(chart, is_in_annex=True),
    }


def _register_drawings(making: Making) -> list[Printed]:
    bars = []
    for kind, label in StructureKind.choices:
        counts = making.register.gestions.get(kind, {})
        total = sum(counts.get(code, 0) for code in Gestion.values)
        if total:
            bars.append(BarSeries(str(label), [100 * counts.get(code, 0) / total for code in Gestion.values]))
    if not bars:
        return []
    chart = stacked_shares(
        "Qui les gère ?",
        [str(label) for label in Gestion.labels],
        bars,
        prefix=making.prefix(),
        part_header="Gestion",
    )
    associative = sum(counts.get(Gestion.ASSOCIATIF, 0) for counts in making.register.gestions.values())
    known = sum(c.get(g, 0) for c in making.register.gestions.values() for g in Gestion.values)
    words = f.in_words(100 * associative / known)
    verb = "est gérée" if f.is_one_in_words(100 * associative / known) else "sont gérées"
    reading = f"{words[0].upper()}{words[1:]} {verb} par une association ({french.percent(100 * associative / known)})."
    note = "Source : registre public des agréments."
    drawing = making.drawing(chart, is_in_annex=True)
    return [{"title": chart.title, "reading": reading, "note": note, **drawing}]
