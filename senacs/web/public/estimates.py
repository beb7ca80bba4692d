"""Totals raised to all structures, as public pages tell them beside what was declared."""

from dataclasses import dataclass

from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader
from senacs.publication.documents.printed_figures import unit_of
from senacs.territories.queries import Territory


@dataclass(frozen=True, slots=True)
class Quality:
    """One national estimate and how sure it is; percents."""

    label: str
    text: str
    cv: float
    covered: float | None
    imputed: float


def raised_text(reader: ReleaseReader, indicator: IndicatorInfo, territory: Territory) -> str:
    """« 1,2 Md€ ± 12,4 M€ », '' where nothing is estimated or shown."""
    return _text(reader, indicator, territory.level, territory.code)


def national_estimates(reader: ReleaseReader) -> tuple[Quality, ...]:
    """The estimates of France with their quality, in the order of the method note."""
    return tuple(
        Quality(
            reader.indicators[entry["indicator"]].label,
            _text(reader, reader.indicators[entry["indicator"]], entry["level"], entry["territory"]),
            entry["cv_percent"],
            entry.get("covered_percent"),
            entry["imputed_percent"],
        )
        for entry in reader.methodology.get("estimates", ())
        if entry["level"] == "france"
    )


def _text(reader: ReleaseReader, indicator: IndicatorInfo, level: str, code: str) -> str:
    cells = (reader.cell(indicator.code, level, code, statistic=name) for name in ("estimate", "high"))
    value, high = (cell.value if cell is not None else None for cell in cells)
    if value is None:
        return ""
    text = unit_of(indicator, "sum", value).short(value)
    if high is None or high <= value:
        return text
    return f"{text} ± {unit_of(indicator, 'sum', high - value).short(high - value)}"
