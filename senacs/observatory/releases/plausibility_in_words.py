"""The plausibility of a release in words, for who signs: figures that a doubt moves, responses that cause it."""

from collections.abc import Mapping
from dataclasses import dataclass

from senacs.lib.french import plural, with_unit
from senacs.observatory.definitions.publication_plan import GROUPING
from senacs.observatory.models import Grouping
from senacs.observatory.plausibility.doubts import DoubtReason
from senacs.observatory.plausibility.gate import Stop
from senacs.observatory.plausibility.influence import WatchedFigure
from senacs.observatory.releases.build import territory_names
from senacs.observatory.releases.reader import IndicatorInfo
from senacs.territories.models import Epci

REASONS = {
    DoubtReason.HISTORY: "loin de ses années précédentes",
    DoubtReason.PEERS: "loin des structures comparables",
    DoubtReason.COMPANION: "ne s’accorde pas avec la valeur voisine",
    DoubtReason.ZERO: "montant absent alors qu’il comptait l’an dernier",
}
_KINDS = {"CS": "centres sociaux", "EVS": "espaces de vie sociale"}


@dataclass(frozen=True, slots=True)
class ToldStop:
    """« AURA, part des charges de personnel : 19,9 % ; 64,1 % sans 3 réponses »."""

    place: str
    label: str
    value: str
    without: str
    structures: tuple[str, ...]

    @property
    def without_whom(self) -> str:
        return f"sans {plural(len(self.structures), 'réponse', 'réponses')}"


def told_stop(stop: Stop, indicators: Mapping[str, IndicatorInfo], names: Mapping[tuple[str, str], str]) -> ToldStop:
    figure = stop.figure
    info = indicators[figure.indicator]
    # A total is read through its mean: leaving a response out must not tell its size.
    label = f"{info.label} (moyenne)" if info.kind == "total" else info.label
    return ToldStop(
        place=place_in_words(figure, names),
        label=label,
        value=figure_in_words(figure.value, info),
        without=figure_in_words(stop.without, info),
        structures=stop.structures,
    )


def place_names() -> dict[tuple[str, str], str]:
    """French names by (level, territory), smaller places included."""
    return (
        territory_names()
        | {("epci", code): name for code, name in Epci.objects.values_list("code", "name")}
        | {(GROUPING, grouping.code): grouping.name for grouping in Grouping.objects.all()}
    )


def place_in_words(figure: WatchedFigure, names: Mapping[tuple[str, str], str]) -> str:
    """« Nord », « Nord, centres sociaux »."""
    place = names.get((figure.level, figure.territory), figure.territory)
    return f"{place}, {_KINDS.get(figure.kind, figure.kind)}" if figure.kind else place


def figure_in_words(value: float | None, info: IndicatorInfo) -> str:
    """A watched figure with its unit; « – » when nothing is left to compute it from."""
    if value is None or value != value:
        return "–"
    decimals = info.decimals + (1 if info.kind in {"mean", "total"} and abs(value) < 100 else 0)
    return with_unit(value, info.unit, decimals)
