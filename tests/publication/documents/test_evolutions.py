"""A series of a booklet: a line for each kind, cut where a decision says so, told in words within one definition."""

from typing import Any

from senacs.observatory.releases.reader import IndicatorInfo
from senacs.observatory.releases.series import YearFigure
from senacs.publication.documents.drawings import draw
from senacs.publication.documents.printed_figures import TerritoryFigures
from senacs.publication.trames import Visual
from senacs.territories.queries import Territory

FRANCE = Territory("france", "FR", "France", None)
HOURS = IndicatorInfo("semaine", "Heures d’ouverture", "", "publics", "heures", 0, "mean", False, ("mean",), {})
CUT = "Le samedi compte"


class Published:
    """The series of two kinds, year by year."""

    def __init__(self, years: tuple[int, ...], cut: int, **values: tuple[float | None, ...]) -> None:
        self.years, self.cut, self.values = years, cut, values

    def points(self, _indicator: str, _statistic: str, _level: str, _code: str, kind: str) -> tuple[YearFigure, ...]:
        return tuple(
            YearFigure(year, value, False, year == self.cut, CUT if year == self.cut else "")
            for year, value in zip(self.years, self.values[kind], strict=True)
        )


class Reader:
    indicators = {"semaine": HOURS}

    def cell(self, *_: str, **__: str) -> None:
        return None


def drawn(series: Published | None) -> Any:
    reader: Any = Reader()
    figures = TerritoryFigures(reader, FRANCE, series)  # type: ignore[arg-type]
    return draw(Visual("evolution", "La semaine", ("semaine",)), figures, prefix="g1")


def test_a_line_for_each_kind_and_no_word_across_the_cut() -> None:
    found = drawn(Published((2023, 2024), 2024, CS=(36.0, 41.0), EVS=(19.0, 22.0)))
    assert found.chart.headers == ("Année", "Centres sociaux", "Espaces de vie sociale")
    assert f"Rupture de série en 2024 : {CUT}" in found.chart.description
    assert CUT in found.chart.svg
    assert found.reading == "La définition a changé : les années d’avant et d’après ne se comparent pas."


def test_years_of_one_definition_are_told() -> None:
    found = drawn(Published((2023, 2024, 2025), 2024, CS=(36.0, 41.0, 43.0), EVS=(19.0, None, 22.0)))
    assert found.reading.startswith("France : centres sociaux, de 41")
    assert "en 2024 à 43" in found.reading
    assert "espaces de vie sociale" not in found.reading
    alone = drawn(Published((2024, 2025), 0, CS=(41.0, 43.0), EVS=(None, 22.0)))
    assert alone.chart.headers == ("Année", "Centres sociaux")
    assert "Rupture" not in alone.chart.description


def test_a_booklet_of_the_first_year_draws_no_series() -> None:
    assert drawn(None) is None
    assert drawn(Published((2024, 2025), 0, CS=(None, 43.0), EVS=(None, None))) is None
