"""Figures as they stand in what is handed out: cubes for machines, the text of the booklets."""

import json
from collections.abc import Iterator, Mapping, Sequence

from senacs.lib.pdf import rendering
from senacs.lib.printed_marks import Occurrence, plainly_written
from senacs.observatory.models import Release
from senacs.observatory.releases.formats.jsonstat import cube_name
from senacs.observatory.releases.formats.writing import CUBES
from senacs.observatory.releases.reader import ReleaseReader, identity_of, quantities
from senacs.publication.documents.plaquettes import TEMPLATE, edition_title
from senacs.publication.printed_text import unprinted

_ALL = "_T"


def in_cubes(release: Release, reader: ReleaseReader) -> Iterator[Occurrence]:
    """The figures of the JSON-stat cubes."""
    measured = quantities(reader.methodology)
    for level in CUBES:
        path = release.directory / cube_name(level)
        if not path.exists():
            continue
        cube = json.loads(path.read_text(encoding="utf-8"))
        codes = {name: one["category"]["index"] for name, one in cube["dimension"].items()}
        values = iter(cube["value"])
        for measure in codes["measure"]:
            indicator, _, statistic = measure.rpartition(".")
            for territory in codes["territory"]:
                for kind in codes["kind"]:
                    value = next(values)
                    if value is not None:
                        crossed = "" if kind == _ALL else kind
                        where = {"level": level, "territory": territory, "statistic": statistic, "kind": crossed}
                        identity = identity_of(release.directory.name, measured[indicator], where)
                        yield plainly_written(float(value), repr(value), identity, path.name)


def missing_in_print(
    document: Mapping[str, object], written: Sequence[Occurrence], release: Release
) -> list[Occurrence]:
    """Writings of a composed booklet that neither the text of its PDF nor its drawings hold."""
    made = rendering.render(TEMPLATE, document, title=edition_title(document), at=release.created_at)
    return unprinted(made, document, written)
