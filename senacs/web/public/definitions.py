"""One page an indicator: what it is, what is asked, how it is worked out, its years and its quality."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.observatory.definitions.in_words import AskedQuestion
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader, latest_published, reader_for
from senacs.observatory.releases.series import Series, YearFigure, published_series
from senacs.publication.charts import SUPPRESSED_SIGN
from senacs.publication.documents.printed_figures import (
    KIND_WORDS,
    STATISTIC_WORDS,
    compared_statistic,
    kinds_told,
    unit_of,
)
from senacs.territories.queries import FRANCE
from senacs.web.public.estimates import Quality, national_estimates


@dataclass(frozen=True, slots=True)
class YearLine:
    """France in one published year: the figure of each column, and what changed since the year before."""

    year: int
    figures: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """What the page says. `formula` and `questions` are empty in releases made before they were kept."""

    indicator: IndicatorInfo
    theme: str
    formula: str
    questions: tuple[AskedQuestion, ...]
    columns: tuple[str, ...]
    years: tuple[YearLine, ...]
    answered: float | None  # percent of respondents who answered what it needs
    cells: int
    hidden: int
    estimate: Quality | None
    release: str

    @property
    def breaks(self) -> tuple[YearLine, ...]:
        return tuple(line for line in self.years if line.note)

    @property
    def shown(self) -> int:
        return self.cells - self.hidden


def definition_of(reader: ReleaseReader, series: Series, code: str) -> DefinitionPage | None:
    """None for an indicator that the release does not hold."""
    indicator = reader.indicators.get(code)
    if indicator is None:
        return None
    told = reader.methodology.get("asked", {}).get(code, {})
    statistic = compared_statistic(indicator)
    kinds = kinds_told(statistic) if indicator.kind != "distribution" else ()
    words = STATISTIC_WORDS.get(statistic, "")
    columns = [", ".join(part for part in (KIND_WORDS[kind][1] if kind else "", words) if part) for kind in kinds]
    cells = reader.cells_of(code)
    estimates = {quality.label: quality for quality in national_estimates(reader)}
    return DefinitionPage(
        indicator=indicator,
        theme=THEMES[indicator.theme],
        formula=told.get("formula", ""),
        questions=tuple(told.get("questions", ())),
        columns=tuple(f"{column[:1].upper()}{column[1:]}" for column in columns),
        years=tuple(_years(indicator, series, kinds)),
        answered=reader.methodology.get("item_response", {}).get(code),
        cells=cells.height,
        hidden=cells.filter(cells["status"] != "published").height,
        estimate=estimates.get(indicator.label),
        release=reader.directory.name,
    )


def _years(indicator: IndicatorInfo, series: Series, kinds: tuple[str, ...]) -> Iterator[YearLine]:
    statistic = compared_statistic(indicator)
    lines = [series.points(indicator.code, statistic, "france", FRANCE, kind) for kind in kinds]
    for figures in zip(*lines, strict=True):
        if any(figure.value is not None or figure.is_suppressed for figure in figures):
            note = next((figure.break_note for figure in figures if figure.is_redefined), "")
            yield YearLine(figures[0].year, tuple(_written(indicator, figure) for figure in figures), note)


def _written(indicator: IndicatorInfo, figure: YearFigure) -> str:
    if figure.value is None:
        return SUPPRESSED_SIGN if figure.is_suppressed else "–"
    return str(unit_of(indicator, compared_statistic(indicator), figure.value).abbreviated(figure.value))


@login_not_required
@require_safe
def indicator_page(request: HttpRequest, code: str) -> HttpResponse:
    release = latest_published()
    page = definition_of(reader_for(release), published_series(), code) if release else None
    if page is None:
        raise Http404("La dernière publication n’a pas cet indicateur.")
    return render(request, "public/indicator.html", {"page": page, "release": release})
