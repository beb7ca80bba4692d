"""A figure as it is written: number, sign and word apart, so that nobody cuts its text."""

import pytest

from senacs.publication.charts import SUPPRESSED, FormattedFigure, Unit

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("unit", "value", "parts"),
    [
        (Unit("personnes"), 45.7, ("45,7", "", "personnes")),
        (Unit("personnes", 0), 1_240_000, ("1,2", "M", "personnes")),
        (Unit("€", 0), 2_500_000_000, ("2,5", "Md€", "")),
        (Unit("€", 0), 950, ("950", "€", "")),
        (Unit("%", 0), 72.4, ("72", "%", "")),
        (Unit("", 0), 3_000_000, ("3,0", "M", "")),
        (Unit("ETP", 1), None, ("–", "", "")),
        (Unit("ETP", 1), SUPPRESSED, ("s.", "", "")),
    ],
)
def test_the_parts_of_a_figure(unit: Unit, value: float | None, parts: tuple[str, str, str]) -> None:
    written = unit.abbreviated(value)
    assert (written.number, written.sign, written.word) == parts
    assert unit.short(value) == str(written) == NBSP.join(part for part in parts if part)


def test_a_power_stays_where_the_unit_is_told_elsewhere() -> None:
    """« 1,2 personnes » for a million of them was what the head of a column once made of it."""
    assert Unit("personnes", 0).abbreviated(1_240_000).without_word == f"1,2{NBSP}M"
    assert FormattedFigure("12", "€").without_word == f"12{NBSP}€"
    assert FormattedFigure("1,2", "M", "personnes").unit == f"M{NBSP}personnes"
