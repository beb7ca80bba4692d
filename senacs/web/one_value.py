"""One quantity, one value: every figure that a release prints, on every page and in every document, held together."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from senacs.lib import printed_marks
from senacs.lib.printed_marks import Collection, Occurrence
from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.observatory.releases.figures_check import HeldTogether, Progress
from senacs.observatory.releases.places import find_place
from senacs.observatory.releases.reader import ReleaseReader, identity_of, quantities, reader_for
from senacs.observatory.releases.series import published_series
from senacs.publication.documents.plaquettes import compose_plaquette, has_booklet
from senacs.publication.documents.question_tables import tables_by_question
from senacs.publication.fiches.own_writings import wrong_writings
from senacs.territories.queries import Territory
from senacs.web import printed_elsewhere
from senacs.web.public import figures, maps
from senacs.web.public.crossings import crossing_of, dimensions_of
from senacs.web.public.estimates import national_estimates
from senacs.web.public.themes import ThemeLink, find_theme, theme_links
from senacs.web.public.trends import trend_charts

LEVELS = ("france", "region", "departement", "epci", "groupement")


def check_release(
    release: Release, places: Sequence[Territory] = (), progress: Progress = lambda done, total: None
) -> HeldTogether:
    """Makes every page, table and booklet of a built release (of some places only, if given) and holds them together.

    Raises FileNotFoundError when the release is not built.
    """
    with printed_marks.collecting() as collection:
        reader = reader_for(release)
        chosen = list(places) or list(_places(reader))
        for done, place in enumerate((None, *chosen)):
            progress(done, len(chosen) + 1)
            for where, make in _of_place(release, reader, place) if place else _of_all(reader):
                collection.where = where
                make()
        unprinted = [*_of_prints(release, collection, chosen), *wrong_writings(release, collection)]
        found = [*(collection.found or ()), *_of_files(release), *printed_elsewhere.in_cubes(release, reader)]
    wrong = [_in_words(one, other) for one, other in printed_marks.disagreements(found)]
    wrong += unprinted
    times: dict[object, int] = {}
    for one in found:
        times[one.identity] = times.get(one.identity, 0) + 1
    return HeldTogether(len(found), len(times), sum(count > 1 for count in times.values()), tuple(wrong))


def _places(reader: ReleaseReader) -> Iterator[Territory]:
    for level in LEVELS:
        for code in reader.territories(level):
            if place := find_place(level, code, reader):
                yield place


Surface = tuple[str, Callable[[], object]]


def _of_all(reader: ReleaseReader) -> Iterator[Surface]:
    """What readers are shown of no place in particular, with the making of each, one after the other."""
    yield "carte des réponses", partial(maps.response_map, reader)
    yield "méthode, estimations", partial(national_estimates, reader)


def _of_place(release: Release, reader: ReleaseReader, place: Territory) -> Iterator[Surface]:
    yield f"page, {place.name}", partial(figures.key_figures, reader, place)
    yield f"thèmes, {place.name}", partial(theme_links, reader, place)
    yield f"évolutions, {place.name}", partial(trend_charts, reader, published_series(), place)
    for link in theme_links(reader, place):
        yield from _of_theme(reader, place, link)
    if has_booklet(place.level):
        made = partial(compose_plaquette, release=release, level=place.level, code=place.code)
        yield f"plaquette, {place.name}", made
        yield f"tableaux par question, {place.name}", partial(tables_by_question, release=release, territory=place)


def _of_theme(reader: ReleaseReader, place: Territory, theme: ThemeLink) -> Iterator[Surface]:
    where = f"{theme.title}, {place.name}"
    yield f"thème {where}", partial(find_theme, reader, place, theme.code)
    yield f"évolutions {where}", partial(trend_charts, reader, published_series(), place, theme.code)
    for dimension in dimensions_of(reader, place, theme.code):
        yield f"{where}, par {dimension.words}", partial(crossing_of, reader, place, theme.code, dimension)


def _of_files(release: Release) -> Iterator[Occurrence]:
    """The figures of the open file, as they are written there."""
    reader = reader_for(release)
    measured = quantities(reader.methodology)
    text = gzip.decompress((release.directory / frozen_files.CELLS_CSV).read_bytes()).decode()
    for row in csv.DictReader(io.StringIO(text)):
        if row["status"] == "published":
            identity = identity_of(release.directory.name, measured[row["indicator"]], row)
            yield printed_marks.plainly_written(float(row["value"]), row["value"], identity, frozen_files.CELLS_CSV)


def _of_prints(release: Release, collection: Collection, places: Sequence[Territory]) -> Iterator[str]:
    """What the PDF of a booklet does not hold of what was composed: one booklet a level, for each takes a second."""
    levels = {place.level: place for place in reversed(places) if has_booklet(place.level)}
    for place in levels.values():
        collection.where = f"PDF, {place.name}"
        start = len(collection.found or ())
        document = compose_plaquette(release=release, level=place.level, code=place.code)
        for one in printed_elsewhere.missing_in_print(document, (collection.found or [])[start:], release):
            yield f"{_in_words(one, None)} : absent du PDF"


def _in_words(one: Occurrence, other: Occurrence | None) -> str:
    whose = ", ".join(part for part in one.identity if part) if isinstance(one.identity, tuple) else str(one.identity)
    told = f"{one.where} : « {one.digits} »" + (f" (10^{one.power})" if one.power else "")
    if other is None:
        return f"{whose} — {told} pour {one.value}"
    return f"{whose} — {told} ; {other.where} : « {other.digits} »" + (f" (10^{other.power})" if other.power else "")
