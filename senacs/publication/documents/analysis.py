"""A theme answered in a few sentences: how many do it, who does it, what differs from France, what has changed.

Each sentence has its rule: a share and a volume are told as they are published; that one kind of structure does it more
than another, or the territory more than France, is told only where chance would seldom give it, and where it would, the
note says that nothing tells them apart (`figures.significance`, `releases.gaps`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from senacs.lib import french
from senacs.observatory.figures.significance import (
    LEAST_POINTS,
    LEAST_RESPONDENTS,
    Stratum,
    chance_of_gap,
    told_together,
)
from senacs.observatory.releases.reader import Cell, IndicatorInfo
from senacs.publication.charts import Bar, Chart, Columns, Unit, horizontal_bars
from senacs.publication.documents import drawings
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.comparisons import told_of
from senacs.publication.documents.making import Making, Printed
from senacs.publication.documents.side_by_side import indicator_map, unit_level
from senacs.publication.trames import TrameBlock, Visual

MOST_RANKED = 20
WHO_TITLE = "Selon le type et le mode de gestion"
# How the structures of a mode of gestion are called; what is unknown is compared with nothing.
GESTION_NAMES = {
    "associatif": "structures associatives",
    "collectivite": "structures de collectivité",
    "caf": "structures de la Caf",
    "non_associatif": "structures non associatives",
    "hors_collectivite": "structures ni associatives ni de collectivité",
}


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """The share of one group of structures, under its name in a sentence."""

    name: str
    cell: Cell

    @property
    def value(self) -> float:
        return self.cell.value or 0.0

    @property
    def stratum(self) -> tuple[int, int]:
        """Those who do it, and those who answered: published in percents to the tenth, which give the count back."""
        count = self.cell.n or 0
        return round(self.value * count / 100), count


def answer(making: Making, block: TrameBlock) -> Printed | None:
    """{sentences, visuals, source}; None where the release does not hold the share that the question is about."""
    shown = [making.figures.indicator(code) for code in block.figures]
    lead = shown[0] if shown else None
    if lead is None or not (share := making.figures.figure(lead, "share")).is_known:
        return None
    volume = shown[1] if len(shown) > 1 else None
    sentences: list[str] = [_how_many(making, lead, volume)]
    drawn: list[Chart | None] = []
    # Where all or none do it, nobody does it more than another.
    if isinstance(share.value, int | float) and 0 < share.value < 100:
        groups = _groups(making, lead)
        sentences += [who_does_it(groups), _beside_france(making, lead)]
        drawn = [_by_group(making, lead, groups), _mapped(making, block), _by_territory(making, lead)]
    sentences.append(_changed(making, volume))
    visuals = [making.visual(chart) for chart in drawn if chart is not None]
    if volume is not None:
        visuals += _over_the_years(making, volume)
    return {
        "sentences": [sentence for sentence in sentences if sentence],
        "visuals": visuals,
        "source": making.source([share.n] if share.n else []),
    }


def _groups(making: Making, lead: IndicatorInfo) -> dict[str, list[AskedGroup]]:
    """The known shares by kind, then by mode of gestion."""
    place = making.territory

    def known(name: str, kind: str = "", gestion: str = "") -> list[AskedGroup]:
        cell = making.reader.cell(lead.code, place.level, place.code, statistic="share", kind=kind, gestion=gestion)
        return [AskedGroup(name, cell)] if cell is not None and cell.value is not None else []

    return {
        "kind": [group for kind, (_, plural) in f.KIND_WORDS.items() for group in known(plural, kind=kind)],
        "gestion": [group for code, name in GESTION_NAMES.items() for group in known(name, gestion=code)],
    }


def _how_many(making: Making, lead: IndicatorInfo, volume: IndicatorInfo | None) -> str:
    sentence = f.share_sentence(lead.label, making.figures.figure(lead, "share").value)
    if volume is None:
        return sentence
    told = making.figures.figure(volume)
    if not told.is_known:
        return sentence
    return f"{sentence} {volume.label} : {told.text}, somme de ce que les répondantes ont déclaré."


def who_does_it(groups: dict[str, list[AskedGroup]]) -> str:
    """« Les centres sociaux plus souvent que les espaces de vie sociale : 88 % contre 61 %. »"""
    pairs = [
        (first, other)
        for found in groups.values()
        for first, other in zip(found[:1] * (len(found) - 1), found[1:], strict=True)
        if min(first.stratum[1], other.stratum[1]) >= LEAST_RESPONDENTS
    ]
    if not pairs:
        return ""
    held = told_together([_chance(first, other) for first, other in pairs])
    told = [
        _more_often(first, other)
        for (first, other), holds in zip(pairs, held, strict=True)
        if holds and abs(first.value - other.value) >= LEAST_POINTS
    ]
    if told:
        return " ".join(told)
    names = sorted({name for pair in pairs for name in (pair[0].name, pair[1].name)})
    return f"Entre {french.joined(names)}, aucun écart que le hasard ne suffise à donner."


def _chance(first: AskedGroup, other: AskedGroup) -> float:
    (yes, count), (others, others_count) = first.stratum, other.stratum
    return chance_of_gap([Stratum(yes, count, yes + others, count + others_count)])


def _more_often(first: AskedGroup, other: AskedGroup) -> str:
    more, less = sorted((first, other), key=lambda group: -group.value)
    shares = f"{french.percent(more.value)} contre {french.percent(less.value)}"
    return f"Les {more.name} plus souvent que les {less.name} : {shares}."


def _beside_france(making: Making, lead: IndicatorInfo) -> str:
    place, reference = making.territory, making.figures.reference
    if reference is None:
        return ""
    everywhere = making.figures.figure(lead, "share", of=reference)
    gap = f.gap(making.figures.figure(lead, "share").value, making.figures.told_reference(lead))
    if gap:
        return f"{place.name} : {gap} ({everywhere.text}), plus que le hasard n’en donne."
    return f"Rien ne distingue ce territoire de la France ({everywhere.text}) : le hasard suffit à donner cet écart."


def _changed(making: Making, volume: IndicatorInfo | None) -> str:
    if volume is None:
        return ""
    told = told_of(making.reader, volume, making.territory)
    return f"{volume.label} : {' ; '.join(told)}." if told else ""


def _by_group(making: Making, lead: IndicatorInfo, groups: dict[str, list[AskedGroup]]) -> Chart | None:
    bars = [Bar(f"{g.name[:1].upper()}{g.name[1:]}", g.value) for found in groups.values() for g in found]
    if len(bars) < 2:
        return None
    whole = making.figures.figure(lead, "share").value
    columns = Columns("Structures", lead.label)
    return horizontal_bars(
        WHO_TITLE,
        [Bar(bar.label, bar.value, whole) for bar in bars],
        prefix=making.prefix(),
        unit=Unit("%", 0),
        reference_label="Ensemble",
        columns=columns,
    )


def _by_territory(making: Making, lead: IndicatorInfo) -> Chart | None:
    """The areas of the map, most first, the territory marked; None for fewer than three, or more than a page ranks."""
    level = unit_level(making.territory)
    cells = [
        (area, making.reader.cell(lead.code, level, area.code, statistic="share")) for area in making.register.areas
    ]
    known = [(area, cell.value) for area, cell in cells if cell is not None and cell.value is not None]
    if not 3 <= len(known) <= MOST_RANKED:
        return None
    known.sort(key=lambda pair: (-pair[1], pair[0].name))
    return horizontal_bars(
        f"{lead.label}, d’un territoire à l’autre",
        [Bar(area.name, value, is_highlighted=area.code == making.register.mine) for area, value in known],
        prefix=making.prefix(),
        unit=Unit("%", 0),
        columns=Columns("Territoire", lead.label),
    )


def _mapped(making: Making, block: TrameBlock) -> Chart | None:
    titled = replace(block, title="Sur la carte", figures=block.figures[:1])
    return indicator_map(
        making.reader,
        making.basemap,
        titled,
        register=making.register,
        territory=making.territory,
        prefix=making.prefix(),
    )


def _over_the_years(making: Making, volume: IndicatorInfo) -> Sequence[Printed]:
    title = f"{volume.label}, en moyenne, année après année"
    drawn = drawings.draw(Visual("evolution", title, (volume.code,)), making.figures, prefix=making.prefix())
    return [making.visual(drawn.chart, drawn.reading, drawn.note)] if drawn and drawn.chart.has_figures else []


def sentences(making: Making, block: TrameBlock) -> Printed | None:
    """A portrait in sentences: {told: [{share, label, volume}], visuals, source}; None where no share is known.

    A share is that of the structures that answered, and its volume how many of them that makes.
    """
    told, counts = [], []
    for code in block.figures:
        indicator = making.figures.indicator(code)
        shown = making.figures.figure(indicator, "share") if indicator else None
        if indicator is None or shown is None or not isinstance(shown.value, int | float) or not shown.n:
            continue
        many = int(french.rounded(shown.value * shown.n / 100, 0))
        volume = f"{french.plural(many, 'structure')} sur les {french.number(shown.n)} qui ont répondu"
        told.append({"share": shown.text, "label": indicator.label, "volume": volume})
        counts.append(shown.n)
    if not told:
        return None
    drawn = [drawings.draw(visual, making.figures, prefix=making.prefix()) for visual in block.visuals]
    return {
        "told": told,
        "visuals": [making.visual(d.chart, d.reading, d.note) for d in drawn if d and d.chart.has_figures],
        "source": making.source(counts),
    }
