"""Figures in words: what a booklet says of a share, of a gap, of a ranking."""

from pathlib import Path

import pytest

from senacs.lib import printed_marks
from senacs.observatory.releases.reader import IndicatorInfo
from senacs.publication.charts import SUPPRESSED, Unit
from senacs.publication.documents import printed_figures as f
from senacs.territories.queries import Territory
from tests.publication.releases import sample_release

FRANCE = Territory("france", "FR", "France", 68_000_000)
REGION = Territory("region", "32", "Hauts-de-France", 6_000_000, (FRANCE,))
NORD = Territory("departement", "59", "Nord", 2_600_000, (FRANCE, REGION))


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (100, "toutes les structures"),
        (98, "presque toutes les structures"),
        (72, "plus de 7 structures sur 10"),
        (70.3, "7 structures sur 10"),
        (67.8, "plus de deux tiers des structures"),
        (50, "la moitié des structures"),
        (26.5, "plus d’un quart des structures"),
        (48, "près de la moitié des structures"),
        (9, "près d’une structure sur 10"),
        (45, "45\u00a0% des structures"),
        (3, "très peu de structures"),
        (0, "aucune structure"),
    ],
)
def test_shares_in_words(percent: float, words: str) -> None:
    assert f.in_words(percent) == words


def test_the_verb_of_a_share_follows_its_words() -> None:
    for tenth in range(0, 1001):
        assert f.is_one_in_words(tenth / 10) == ("une structure" in f.in_words(tenth / 10))


def test_words_never_stray_from_the_figure() -> None:
    values = dict(f._FRACTIONS)
    for tenth in range(70, 970):
        percent = tenth / 10
        words = f.in_words(percent)
        named = [value for value, name in values.items() if words.endswith(name)]
        if named:
            assert abs(named[0] - percent) <= 3
            assert not words.startswith("plus") or percent > named[0]
            assert not words.startswith("près") or percent < named[0]


def indicator_of(unit: str, decimals: int = 0) -> IndicatorInfo:
    return IndicatorInfo("x", "X", "", "emploi", unit, decimals, "mean", False, ("mean",), {})


@pytest.mark.parametrize(
    ("statistic", "unit", "value", "text"),
    [
        ("mean", "ETP", 99.96, "100,0\u00a0ETP"),
        ("mean", "ETP", 100, "100\u00a0ETP"),
        ("mean", "ETP", -99.9, "\u221299,9\u00a0ETP"),
        ("mean", "€", 99.6, "100\u00a0€"),
        ("mean", "%", 12.4, "12\u00a0%"),
        ("sum", "ETP", 999.4, "999\u00a0ETP"),
        ("share", "ETP", 12.6, "13\u00a0%"),
        ("count", "ETP", 12, "12"),
        ("density", "ETP", 1.26, "1,3"),
    ],
)
def test_digits_of_a_figure(statistic: str, unit: str, value: float, text: str) -> None:
    indicator = indicator_of(unit)
    assert f.unit_of(indicator, statistic, value).short(value) == text


@pytest.mark.parametrize(
    ("statistic", "value", "decimals"),
    [("mean", 99.99, 1), ("mean", 100, 0), ("sum", 999.9, 2), ("sum", 1000, 0), ("sum", -1000, 0), ("sum", None, 2)],
)
def test_fewer_digits_as_a_figure_grows(statistic: str, value: float | None, decimals: int) -> None:
    given = 2 if statistic == "sum" else 0
    indicator = indicator_of("h", given)
    assert f.unit_of(indicator, statistic, value).decimals == decimals


@pytest.mark.parametrize(
    ("value", "reference", "words"),
    [
        (72.0, 68.0, "4\u00a0points de plus qu’en France"),
        (60.0, 68.0, "8\u00a0points de moins qu’en France"),
        (SUPPRESSED, 68.0, ""),
        (72.0, None, ""),
    ],
)
def test_gap(value: float, reference: float, words: str) -> None:
    assert f.gap(value, reference) == words


def test_sentences() -> None:
    assert (
        f.share_sentence("Accueil de loisirs", 72.0, 68.0)
        == "Accueil de loisirs : plus de 7 structures sur 10 (72\u00a0%), 4\u00a0points de plus qu’en France."
    )
    assert f.share_sentence("x", SUPPRESSED) == ""
    ranking = f.ranking_sentence([("Commune", 28.0), ("Caf", 41.0), ("État", SUPPRESSED)])
    assert ranking == "D’abord : Caf (41\u00a0%), puis Commune (28\u00a0%)."


def test_figures_of_a_territory(tmp_path: Path) -> None:
    reader = sample_release(suppressed=frozenset({"32"})).reader(tmp_path)
    figures = f.TerritoryFigures(reader, NORD)
    salaries = figures.indicator("salaries_total")
    assert salaries is not None
    assert figures.figure(salaries).text == "1\u202f064\u00a0personnes"
    assert figures.figure(salaries).n == 40
    assert figures.figure(salaries, "mean", of=FRANCE).text == "–"
    assert figures.figure(salaries, "mean", of=FRANCE, kind="CS").text == "31,9\u00a0personnes"
    hidden = figures.figure(salaries, of=REGION)
    assert (hidden.text, hidden.n, hidden.is_known) == ("s.", None, False)
    assert figures.figure(salaries, of=Territory("departement", "48", "Lozère", 1)).text == "–"
    assert [place.name for place in figures.wider] == ["Hauts-de-France", "France"]


def test_estimate_is_told_with_its_interval(tmp_path: Path) -> None:
    release = sample_release()
    for statistic, value in (("estimate", 34_200_000.0), ("low", 31_000_000.0), ("high", 37_950_000.0)):
        release.cell("budget_total", "region", "32", value, statistic=statistic)
    reader = release.reader(tmp_path)
    raised = f.raised_figure(reader, reader.indicators["budget_total"], "region", "32")
    assert raised is not None
    assert raised.text == "34,2\u00a0M€ (entre 31,0\u00a0M€ et 38,0\u00a0M€)"
    assert raised.told.endswith("structures, entre 31,0\u00a0M€ et 38,0\u00a0M€")
    assert f.raised_figure(reader, reader.indicators["budget_total"], "departement", "59") is None


def test_a_figure_that_only_places_a_bar_is_not_said_to_be_printed(tmp_path: Path) -> None:
    with printed_marks.collecting() as collection:
        reader = sample_release().reader(tmp_path)
        figure = f.TerritoryFigures(reader, NORD).figure(reader.indicators["salaries_total"])
        assert figure.value == 1064 and collection.found == []
        assert figure.text.startswith("1\u202f064")
        assert [one.digits for one in collection.found] == ["1\u202f064"]


def test_an_estimate_never_has_the_digits_of_its_bounds(tmp_path: Path) -> None:
    release = sample_release()
    for statistic, value in (("estimate", 1_806e6), ("low", 1_785e6), ("high", 1_829e6)):
        release.cell("budget_total", "region", "32", value, statistic=statistic)
    with printed_marks.collecting() as collection:
        reader = release.reader(tmp_path)
        raised = f.raised_figure(reader, reader.indicators["budget_total"], "region", "32")
    assert raised is not None
    assert {one.digits for one in collection.found or ()} == {"1,81", "1,79", "1,83"}, "what is tried is not printed"
    assert raised.text == "1,81\u00a0Md€ (entre 1,79\u00a0Md€ et 1,83\u00a0Md€)"


def test_a_region_of_one_departement_is_not_compared_with_itself(tmp_path: Path) -> None:
    reader = sample_release().reader(tmp_path)
    reunion = Territory("departement", "974", "La Réunion", 1, (FRANCE, Territory("region", "04", "La Réunion", 1)))
    assert [place.name for place in f.TerritoryFigures(reader, reunion).wider] == ["France"]


def test_a_bound_reads_as_its_estimate_does() -> None:
    # « entre 960 000 et 1,0 M » had two sizes for one figure.
    hours, money = Unit("heures", 0), Unit("€", 0)
    below = [str(hours.abbreviated(bound, beside=988_000)) for bound in (960_000, 1_016_000)]
    above = [str(money.abbreviated(bound, 2, beside=1_020_000)) for bound in (985_000, 1_060_000)]
    assert below == ["960\u202f000\u00a0heures", "1\u202f016\u202f000\u00a0heures"]
    assert above == ["0,99\u00a0M€", "1,06\u00a0M€"]
