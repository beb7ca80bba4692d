"""Side by side: the units of a région or of France, in a table and on a map; structures that agreed to by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from senacs.lib import french
from senacs.observatory.queries import IndicatorInfo, ReleaseReader
from senacs.publication import figures as f
from senacs.publication.charts import SUPPRESSED_SIGN, Basemap, Chart, Unit, choropleth
from senacs.publication.register import AreaCount, ListedStructure, Register
from senacs.publication.trames import Block
from senacs.territories.queries import Territory


def unit_level(territory: Territory) -> str:
    """What the map of a territory is made of."""
    return "region" if territory.level == "france" else "departement"


def _figure(reader: ReleaseReader, code: str, level: str, area: str) -> f.Figure:
    indicator = reader.indicators[code]
    place = Territory(level, area, "", None)
    return f.TerritoryFigures(reader, place).figure(indicator, f.compared_statistic(indicator))


def _without_words(text: str) -> str:
    """« 45,7 » for « 45,7 personnes », which the head of the column tells; « € » and « % » stay."""
    value, _, unit = text.partition(french.NBSP)
    return value if len(unit) > 2 else text


def territories_table(
    reader: ReleaseReader, areas: Sequence[AreaCount], codes: Sequence[str], *, territory: Territory
) -> dict[str, Any] | None:
    """One row a unit: structures, response rate, the comparable figure of each indicator; None when none is known."""
    known = [code for code in codes if code in reader.indicators]
    level, rows = unit_level(territory), []
    for area in areas:
        shown = [_figure(reader, code, level, area.code) for code in known]
        rate = reader.response_rates.get((level, area.code, ""))
        if rate is None and all(figure.value is None for figure in shown):
            continue
        percent = Unit("%", 0).full(rate.percent if rate else None)
        rows.append(
            [
                area.name,
                str(area.centres),
                str(area.spaces),
                percent,
                *(_without_words(figure.text) for figure in shown),
            ]
        )
    if not rows or not known:
        return None
    headers = ["Territoire", "CS", "EVS", "Réponses", *(reader.indicators[code].label for code in known)]
    return {"table": {"headers": headers, "rows": rows}}


def named_table(
    reader: ReleaseReader,
    structures: Sequence[ListedStructure],
    named: Mapping[str, Mapping[str, float | None]],
    codes: Sequence[str],
) -> dict[str, Any] | None:
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
    return SUPPRESSED_SIGN if value is None else _without_words(f.unit_of(indicator, "sum", value).short(value))


def indicator_map(
    reader: ReleaseReader,
    basemap: Basemap,
    block: Block,
    *,
    register: Register,
    territory: Territory,
    prefix: str,
) -> Chart | None:
    """The map of one indicator; None without outlines, or when no unit has a published figure."""
    code = next((code for code in block.figures if code in reader.indicators), None)
    if code is None or not basemap.shapes:
        return None
    level, indicator = unit_level(territory), reader.indicators[code]
    values = {area.code: _figure(reader, code, level, area.code).value for area in register.areas}
    known = [value for value in values.values() if isinstance(value, int | float)]
    if not known:
        return None
    unit = f.unit_of(indicator, f.compared_statistic(indicator), max(known))
    # « personnes » on every shape would hide the map: the title says of what.
    unit = Unit("", unit.decimals) if len(unit.name) > 3 else unit
    return choropleth(
        block.title,
        basemap,
        values,
        prefix=prefix,
        unit=unit,
        highlight=register.mine,
        value_header=indicator.label,
    )
