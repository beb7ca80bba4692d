"""Totals raised to all structures, as public pages tell them beside what was declared."""

from dataclasses import dataclass

from senacs.observatory.releases.reader import ReleaseReader
from senacs.publication.documents.printed_figures import raised_figure


@dataclass(frozen=True, slots=True)
class Quality:
    """One national estimate and how sure it is; percents."""

    label: str
    text: str
    band: str
    cv: float
    covered: float | None
    imputed: float


def national_estimates(reader: ReleaseReader) -> tuple[Quality, ...]:
    """The estimates of France with their quality, in the order of the method note."""
    return tuple(
        Quality(
            reader.indicators[entry["indicator"]].label,
            raised.text,
            raised.band,
            entry["cv_percent"],
            entry.get("covered_percent"),
            entry["imputed_percent"],
        )
        for entry in reader.methodology.get("estimates", ())
        if entry["level"] == "france"
        and (raised := raised_figure(reader, reader.indicators[entry["indicator"]], entry["level"], entry["territory"]))
    )
