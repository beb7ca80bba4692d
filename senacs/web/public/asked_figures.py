"""A question in plain words (« bénévoles nord 2024 ») and the figure that answers it, with its source and its page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from senacs.lib.incoming import whole_number
from senacs.lib.text import search_key
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader, published_releases, reader_for
from senacs.publication.documents.printed_figures import kinds_told, of_kind
from senacs.territories.models import Commune, Departement, Epci, Region
from senacs.territories.queries import FRANCE, Territory, get_territory
from senacs.web.public.figures import Shown, headline
from senacs.web.public.glance import address_of

MOST = 6  # words that make the name of a place
ANSWERS = 3
# Words that ask without saying what.
_EMPTY = frozenset(
    "combien de d du des la le les l en dans a au aux y t il ma mon mes quel quels quelle quelles est sont nombre pour "
    "par et un une sur chiffre chiffres total ville commune departement region france qui que ont".split()
)


@dataclass(frozen=True, slots=True)
class AskedFigure:
    """What was understood: the words of an indicator, the place (None: not said), the year (None: not said)."""

    words: tuple[str, ...]
    place: Territory | None
    year: int | None


@dataclass(frozen=True, slots=True)
class FigureAnswer:
    """`asked`: the place of the question, where the figure is of a wider one."""

    label: str
    place: Territory
    url: str
    year: int
    shown: Shown
    raised: str
    declared: str
    release: Release
    asked: Territory | None = None


def read_question(query: str) -> AskedFigure:
    """The longest run of words that names a place is the place; four digits are the year; the rest is asked about."""
    words = search_key(query).split()
    year = next((whole_number(word) for word in words if re.fullmatch(r"20\d\d", word)), None)
    words = [word for word in words if not (year and word == str(year))]
    place, rest = _place_in(words)
    return AskedFigure(tuple(word for word in rest if word not in _EMPTY), place, year)


def answers_to(question: AskedFigure, release: Release | None = None) -> list[FigureAnswer]:
    """The figures of the indicators that hold all the words, key ones first; empty where the question asks for none."""
    chosen = release or _release_of(question.year)
    if chosen is None or not question.words or (question.place is None and question.year is None):
        return []
    reader = reader_for(chosen)
    asked = question.place or get_territory("france", FRANCE)
    told = next((p for p in _ladder(asked) if (p.level, p.code) in reader.told), None) if asked else None
    if asked is None or told is None:
        return []
    found = [
        answer
        for indicator in indicators_named(reader, question.words)
        for answer in _of(reader, chosen, indicator, told)
    ]
    return [replace(one, asked=asked if asked != told else None) for one in found[:ANSWERS]]


def indicators_named(reader: ReleaseReader, words: Sequence[str]) -> list[IndicatorInfo]:
    """Indicators whose label holds every word, spelt nearly so if none is; key ones and short labels first."""
    wanted = [_stem(word) for word in words if word not in _EMPTY]
    if not wanted:
        return []
    labels = {i.code: [_stem(word) for word in search_key(i.label).split()] for i in reader.indicators.values()}
    known = {word for label in labels.values() for word in label}
    near = [w if any(k.startswith(w) for k in known) else _nearest(w, known) for w in wanted]
    found = [i for i in reader.indicators.values() if all(_begins(labels[i.code], word) for word in near)]
    return sorted(found, key=lambda i: (not i.is_key, i.kind == "distribution", len(labels[i.code]), i.label))


def _begins(label: Sequence[str], word: str) -> bool:
    return any(part.startswith(word) for part in label) if word else False


def _nearest(word: str, known: set[str]) -> str:
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.8)), "")


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _release_of(year: int | None) -> Release | None:
    """The newest one that tells the year; the newest of all where no year is said."""
    found = published_releases()
    return next((one for one in found if year is None or one.campaign.data_year == year), None)


def _ladder(place: Territory) -> Iterator[Territory]:
    """The place, then what it lies in, closest first."""
    yield place
    if place.level == "commune":
        epci = Epci.objects.filter(communes=place.code).first()
        if epci is not None:
            yield Territory("epci", epci.pk, epci.name, epci.population, place.parents[:1])
    yield from reversed(place.parents)


def _of(reader: ReleaseReader, release: Release, indicator: IndicatorInfo, place: Territory) -> Iterator[FigureAnswer]:
    if indicator.kind == "distribution":
        return
    for kind in kinds_told(indicator.headline):
        cell = reader.cell(indicator.code, place.level, place.code, kind=kind)
        if cell is None:
            continue
        head = headline(reader, indicator, place, cell)
        yield FigureAnswer(
            label=of_kind(indicator.label, kind),
            place=place,
            url=f"{address_of(place)}{indicator.theme}/",
            year=release.campaign.data_year,
            shown=head.shown,
            raised=head.raised,
            declared=head.declared,
            release=release,
        )


def _place_in(words: Sequence[str]) -> tuple[Territory | None, list[str]]:
    """The place that the longest run of words names, and the other words; a département before its namesakes."""
    runs = [(i, j) for i in range(len(words)) for j in range(i + 1, min(i + MOST, len(words)) + 1)]
    names = {" ".join(words[i:j]): (i, j) for i, j in runs}
    named = _named([name for name in names if not set(name.split()) <= _EMPTY or name == "france"])
    if not named:
        return None, list(words)
    # « centres » and « nord » both name a place: the wider, then the larger, is meant.
    name = max(named, key=lambda one: (len(one.split()), named[one].level != "commune", named[one].population or 0))
    i, j = names[name]
    return named[name], [*words[:i], *words[j:]]


def _named(names: Sequence[str]) -> dict[str, Territory]:
    wanted = set(names)
    found: dict[str, tuple[str, str]] = {}
    communes = Commune.objects.filter(search_name__in=wanted).order_by("population")
    found |= {commune.search_name: ("commune", commune.pk) for commune in communes}
    models = (("epci", Epci), ("region", Region), ("departement", Departement))
    for level, model in models:
        for one in model._default_manager.only("pk", "name"):
            if (key := search_key(one.name)) in wanted:
                found[key] = (level, one.pk)
    if "france" in wanted:
        found["france"] = ("france", FRANCE)
    return {name: place for name, (level, code) in found.items() if (place := get_territory(level, code))}
