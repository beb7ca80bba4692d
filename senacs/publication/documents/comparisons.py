"""Comparisons of means in words, the same on pages and in documents: with France, and with the year before."""

from senacs.lib import french
from senacs.observatory.releases.gaps import Movement, telling
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader
from senacs.publication.documents.printed_figures import KIND_WORDS
from senacs.territories.queries import Territory

# The mean of all changes otherwise than that of the same structures, from so many points on.
LEAST_COMPOSITION = 2


def told_of(reader: ReleaseReader, indicator: IndicatorInfo, place: Territory) -> tuple[str, ...]:
    """What may be told of the means of an indicator there, kind by kind (see releases.gaps); nothing most often."""
    found = telling(reader, place.level, place.code)
    words = []
    for kind, (singular, plural) in KIND_WORDS.items():
        if (indicator.code, kind) in found.means and (gap := _gap(reader, indicator, place, kind)):
            words.append(f"moyenne des {plural} : {gap}")
        if movement := found.movements.get((indicator.code, kind)):
            both = french.plural(movement.both, singular, plural)
            words.append(_movement(movement, both, reader.methodology["data_year"]))
    return tuple(words)


def _gap(reader: ReleaseReader, indicator: IndicatorInfo, place: Territory, kind: str) -> str:
    """« 16 % de plus qu’en France », from the means as they are published."""
    here, everywhere = (
        reader.cell(indicator.code, level, code, statistic="mean", kind=kind)
        for level, code in ((place.level, place.code), ("france", "FR"))
    )
    if here is None or everywhere is None or here.value is None or not everywhere.value:
        return ""
    part = french.rounded(100 * (here.value / everywhere.value - 1), 0)
    return f"{french.percent(abs(part))} de {'plus' if part > 0 else 'moins'} qu’en France"


def _movement(movement: Movement, both: str, data_year: int) -> str:
    told = f"depuis {data_year - 1}, {_signed(movement.same)} pour les {both} qui ont répondu les deux années"
    if abs(movement.all - movement.same) < LEAST_COMPOSITION:
        return told
    return (
        f"{told} ; la moyenne de tous change de {_signed(movement.all)}, parce que d’autres ont commencé ou cessé de "
        "répondre"
    )


def _signed(percent: int) -> str:
    if not percent:
        return french.percent(0)
    return f"{'+' if percent > 0 else french.MINUS}{french.percent(abs(percent))}"
