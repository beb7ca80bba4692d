"""Side by side: the units of a région or of France, in a table and on a map; structures that agreed to by name."""

from collections.abc import Mapping, Sequence

from senacs.lib import french
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader
from senacs.publication.charts import SUPPRESSED_SIGN, Basemap, Chart, FormattedFigure, MapText, Unit, choropleth
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.printed_figures import KIND_WORDS
from senacs.publication.documents.printed_register import AreaCount, ListedStructure, Register
from senacs.publication.trames import TrameBlock
from senacs.territories.queries import Territory


def unit_level(territory: Territory) -> str:
    """What the map of a territory is made of."""
    return "region" if territory.level == "france" else "departement"


def _figures(reader: ReleaseReader, code: str, level: str, area: str) -> list[f.PrintedFigure]:
    """The comparable figure of an area, one for each kind of structure that it is told of."""
    indicator = reader.indicators[code]
    statistic = f.compared_statistic(indicator)
    place = f.TerritoryFigures(reader, Territory(level, area, "", None))
    return [place.figure(indicator, statistic, kind=kind) for kind in f.kinds_told(statistic)]


def _header(indicator: IndicatorInfo) -> str:
    """« Budget moyen (CS / EVS) » where each kind of structure has its figure."""
    kinds = [kind for kind in f.kinds_told(f.compared_statistic(indicator)) if kind]
    return f"{indicator.label} ({' / '.join(kinds)})" if kinds else indicator.label


def _without_words(figure: FormattedFigure) -> str:
    """« 45,7 » for « 45,7 personnes », which the head of the column tells; « € », « % » and « h » stay."""
    return figure.without_word if len(figure.word) > 2 else str(figure)


def territories_table(
    reader: ReleaseReader, areas: Sequence[AreaCount], codes: Sequence[str], *, territory: Territory
) -> dict[str, object] | None:
    """One row a unit: structures, response rate, the comparable figure of each indicator; None when none is known."""
    known = [code for code in codes if code in reader.indicators]
    level, rows = unit_level(territory), []
    for area in areas:
        shown = [_figures(reader, code, level, area.code) for code in known]
        rate = reader.response_rates.get((level, area.code, ""))
        if rate is None and all(figure.value is None for told in shown for figure in told):
            continue
        percent = Unit("%", 0).full(rate.percent if rate else None)
        rows.append(
            [
                area.name,
                str(area.centres),
                str(area.spaces),
                percent,
                *(" / ".join(_without_words(figure.written) for figure in told) for told in shown),
            ]
        )
    if not rows or not known:
        return None
    headers = ["Territoire", "CS", "EVS", "Réponses", *(_header(reader.indicators[code]) for code in known)]
    return {"table": {"headers": headers, "rows": rows}}


def named_table(
    reader: ReleaseReader,
    structures: Sequence[ListedStructure],
    named: Mapping[str, Mapping[str, float | None]],
    codes: Sequence[str],
) -> dict[str, object] | None:
    """One row for each structure that agreed to be shown by name; None when none did."""
    shown = [reader.indicators[code] for code in codes if code in reader.indicators]
    rows = [
        [structure.name, structure.commune, *(_own(indicator, named[structure.code]) for indicator in shown)]
        for structure in structures
        if structure.code in named
    ]
    if not rows or not shown:
        return None
    return {"table": {"headers": ["Structure", "Commune", *(indicator.label for indicator in shown)], "rows": rows}}


def _own(indicator: IndicatorInfo, values: Mapping[str, float | None]) -> str:
    if indicator.code not in values:
        return "–"
    value = values[indicator.code]
    return SUPPRESSED_SIGN if value is None else _without_words(f.unit_of(indicator, "sum", value).abbreviated(value))


def indicator_map(
    reader: ReleaseReader,
    basemap: Basemap,
    block: TrameBlock,
    *,
    register: Register,
    territory: Territory,
    prefix: str,
) -> Chart | None:
    """The map of one indicator; None without outlines, without a published figure, or when all of them say the same."""
    code = next((code for code in block.figures if code in reader.indicators), None)
    if code is None or not basemap.shapes:
        return None
    level, indicator = unit_level(territory), reader.indicators[code]
    kind = f.kinds_told(f.compared_statistic(indicator))[0]
    values = {area.code: _figures(reader, code, level, area.code)[0].value for area in register.areas}
    known = [value for value in values.values() if isinstance(value, int | float)]
    if not known:
        return None
    unit = f.unit_of(indicator, f.compared_statistic(indicator), max(known))
    if len(known) > 1 and len({unit.full(value) for value in known}) == 1:
        # One colour everywhere teaches nothing.
        return None
    # « personnes » on every shape would hide the map: the title says of what.
    unit = Unit("", unit.decimals) if len(unit.name) > 3 else unit
    return choropleth(
        MapText(f.of_kind(block.title, kind), value_header=f.of_kind(indicator.label, kind)),
        basemap,
        values,
        prefix=prefix,
        unit=unit,
        highlight=register.mine,
    )


def map_sentences(chart: Chart) -> list[str]:
    """What the map of one indicator shows, and between which figures: its title may be about territories alone."""
    label = chart.headers[1]
    return [f"{label}. {chart.description}"] if chart.description else [f"{label}."]


def coverage(register: Register, territory: Territory) -> list[str]:
    """How many structures, in how many communes, for how many inhabitants, and the rank among the areas of the map."""
    r = register
    centres = french.plural(r.kinds.get("CS", 0), *KIND_WORDS["CS"])
    spaces = french.plural(r.kinds.get("EVS", 0), *KIND_WORDS["EVS"])
    sentences = [f"{territory.name} : {centres} et {spaces} agréés."]
    if r.communes and r.population:
        share = french.percent(100 * min(r.population_with / r.population, 1))
        have = "accueille" if r.communes_with < 2 else "accueillent"
        sentences.append(
            f"{french.plural(r.communes_with, 'commune')} sur {french.number(r.communes)} en {have} au moins un ; "
            f"{share} des habitants vivent dans l’une d’elles."
        )
    ranked = sorted((a for a in r.areas if a.density is not None), key=lambda a: -(a.density or 0))
    place = next((i for i, a in enumerate(ranked, 1) if a.code == r.mine), 0)
    if place and len(ranked) > 2:
        rank = "au 1er rang" if place == 1 else f"au {place}e rang"
        sentences.append(f"Rapporté à la population, le territoire vient {rank} des {len(ranked)} de la carte.")
    return sentences


def areas_table(register: Register, unit: Unit) -> dict[str, object]:
    """The areas of the map, or the territory alone where there are many; `mine` is its row, -1 when it has none."""
    areas = register.areas
    shown = areas if len(areas) <= 20 else [a for a in areas if a.code == register.mine]
    rows = [[a.name, french.number(a.centres), french.number(a.spaces), unit.full(a.density)] for a in shown]
    headers = ["Territoire", "CS", "EVS", "Pour 10 000 hab."]
    mine = next((i for i, a in enumerate(shown) if a.code == register.mine), -1)
    return {"headers": headers, "rows": rows, "mine": mine}
