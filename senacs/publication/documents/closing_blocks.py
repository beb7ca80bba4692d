"""Blocks that close a document: method, national sheet, tables of the drawings."""

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo
from senacs.publication.documents import method
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.making import Making, Printed
from senacs.publication.trames import TrameBlock


def how_it_was_made(making: Making, block: TrameBlock) -> Printed:
    return {
        "sections": method.sections(
            making.reader.methodology, making.figures, data_year=making.data_year, whose=making.whose
        ),
        "rates": _rates_table(making),
    }


def national_sheet(making: Making, block: TrameBlock) -> Printed:
    places = [making.territory, *making.figures.wider]
    groups = []
    for theme, title in THEMES.items():
        rows = []
        for indicator in making.reader.indicators.values():
            if indicator.theme != theme or indicator.kind == "distribution" or not _in_sheet(making, indicator):
                continue
            statistic = f.compared_statistic(indicator)
            for kind in f.kinds_told(statistic):
                shown = [making.figures.figure(indicator, statistic, of=place, kind=kind) for place in places]
                if any(figure.value is not None for figure in shown):
                    words = f.STATISTIC_WORDS.get(statistic, "")
                    label = f"{indicator.label}, {words}" if kind else indicator.label
                    rows.append([f.of_kind(label, kind), *(figure.text for figure in shown)])
        if rows:
            groups.append({"title": title, "rows": rows})
    return {"headers": ["Indicateur", *(place.name for place in places)], "groups": groups}


def _in_sheet(making: Making, indicator: IndicatorInfo) -> bool:
    return indicator.is_key or indicator.code in making.trame.indicators


def annex(making: Making, block: TrameBlock) -> Printed | None:
    return {"tables": list(making.tables)} if making.tables else None


def _rates_table(making: Making) -> Printed:
    rows = []
    for kind, label in (("CS", "Centres sociaux"), ("EVS", "Espaces de vie sociale"), ("", "Ensemble")):
        rate = making.reader.response_rates.get((making.territory.level, making.territory.code, kind))
        if rate:
            wider = [french.percent(making.rate(kind, place)) for place in making.figures.wider]
            counts = [french.number(rate.invited), french.number(rate.validated), french.percent(rate.percent)]
            rows.append([label, *counts, *wider])
    headers = ["Structures", "Interrogées", "Réponses validées", "Taux", *(p.name for p in making.figures.wider)]
    return {"headers": headers, "rows": rows}
