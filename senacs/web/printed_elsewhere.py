"""Figures as they stand in what is handed out: cubes for machines, the text of the PDFs, fiches of structures."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pypdf import PdfReader

from senacs.collection.enums import ResponseState
from senacs.lib.pdf import rendering
from senacs.lib.printed_marks import Occurrence, plainly_written
from senacs.observatory.models import Release
from senacs.observatory.releases.formats.jsonstat import cube_name
from senacs.observatory.releases.formats.writing import CUBES
from senacs.observatory.releases.reader import ReleaseReader, identity_of, quantities
from senacs.publication.documents.plaquettes import TEMPLATE, edition_title
from senacs.publication.fiches.composition import FicheMaker
from senacs.publication.fiches.services import printable, render_fiche
from senacs.structures.models import Structure

# Structures whose fiche is made, spread over the register.
FICHES = 20
_ALL = "_T"
_BLANK = re.compile(r"\s+")


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


def missing_in_print(document: Mapping[str, Any], written: Sequence[Occurrence], release: Release) -> list[Occurrence]:
    """Writings of a composed booklet that neither the text of its PDF nor its drawings hold."""
    made = rendering.render(TEMPLATE, document, title=edition_title(document), at=release.created_at)
    return _missing(made, document, written)


def fiches(release: Release) -> Iterator[tuple[Structure, FicheMaker]]:
    """Structures of which a fiche is made, with who makes them."""
    maker = FicheMaker(release)
    answered = Structure.objects.filter(
        responses__campaign=release.campaign, responses__state=ResponseState.VALIDATED
    ).select_related("departement__region", "commune", "gestionnaire", "caf", "federation")
    step = max(answered.count() // FICHES, 1)
    for structure in islice(answered.order_by("code").iterator(), 0, None, step):
        yield structure, maker


def missing_in_fiche(document: Mapping[str, Any], written: Sequence[Occurrence]) -> list[Occurrence]:
    """The same of a fiche."""
    return _missing(render_fiche(document), printable(document), written)


def _missing(made: bytes, document: Mapping[str, Any], written: Sequence[Occurrence]) -> list[Occurrence]:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    # A drawing has no text for who extracts it: its source stands for it, and what is read aloud in its place.
    held = _BLANK.sub("", text + " ".join(_drawings(document)))
    by_digits = {one.digits: one for one in written}
    return [one for digits, one in by_digits.items() if _BLANK.sub("", digits) not in held]


def _drawings(part: object, name: str = "") -> Iterator[str]:
    if isinstance(part, str):
        if name == "alt" or part.lstrip().startswith("<svg"):
            yield part
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from _drawings(inner, str(key))
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _drawings(inner)
