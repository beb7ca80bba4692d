"""Trends are drawn from two known years on, beside France, with their breaks."""

from types import SimpleNamespace
from typing import Any

from senacs.observatory.releases.reader import IndicatorInfo
from senacs.observatory.releases.series import YearFigure
from senacs.territories.queries import Territory
from senacs.web.public.trends import trend_charts

FRANCE = Territory("france", "FR", "France", None)
RHONE = Territory("departement", "69", "Rhône", None, (FRANCE,))
ETP = IndicatorInfo("etp", "Salariés", "", "emplois", "ETP", 1, "total", True, ("sum", "mean"), {})


class Published:
    """A series of three years, the same everywhere; by identity a key of the cache, as the real one."""

    years = (2022, 2023, 2024)

    def __init__(self, *values: float | None) -> None:
        self.values = values

    def points(self, *_: str) -> tuple[YearFigure, ...]:
        return tuple(YearFigure(y, v, False, y == 2024) for y, v in zip(self.years, self.values, strict=True))


def charts(*values: float | None, theme: str = "") -> Any:
    reader: Any = SimpleNamespace(indicators={"etp": ETP})
    # A namespace is compared by its content and cannot be a key: the function under its cache is called.
    published: Any = Published(*values)
    return trend_charts.__wrapped__(reader, published, RHONE, theme)


def test_a_chart_has_the_territory_and_france_and_tells_the_break() -> None:
    (chart,) = charts(8.0, None, 9.5)
    assert chart.headers == ("Année", "Rhône", "France")
    assert chart.rows[1] == ("2023", "–", "–")
    assert "Rupture de série en 2024" in chart.description


def test_one_known_year_is_no_trend() -> None:
    assert charts(None, None, 9.5) == ()


def test_a_theme_shows_its_own_indicators_only() -> None:
    assert charts(8.0, 9.0, 9.5, theme="finances") == ()
    assert len(charts(8.0, 9.0, 9.5, theme="emplois")) == 1
