"""Fiches and plaquettes on the demonstration: what one costs, a whole release produced, memory, other renderers.

Run with the demonstration built and one release published: `python -m bench.publications`. Produces the release anew
(its files are written again) and writes docs/performance/publications.md. `uv sync --group bench` adds WeasyPrint to
the comparison. Processor time is what is compared to the targets: it does not count the neighbours
of a shared machine, though their traffic slows it too; the load of the machine is written beside.
"""

import logging
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from bench.renderers import Measure, compare  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.lib.pdf import rendering  # noqa: E402
from senacs.observatory.models import Release  # noqa: E402
from senacs.observatory.releases.reader import latest_published, reader_for  # noqa: E402
from senacs.publication.documents import plaquettes, production  # noqa: E402
from senacs.publication.documents.plaquettes import edition_title  # noqa: E402
from senacs.publication.fiches.composition import FicheMaker  # noqa: E402
from senacs.publication.fiches.services import render_fiche  # noqa: E402
from senacs.publication.models import ProducedFile, Production  # noqa: E402
from senacs.structures.models import Structure  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "publications.md"
SAMPLE, LONG_RUN, COMPARED = 120, 1000, 8
BOOKLETS = ("59", "69", "13", "48", "974", "26")


NOTES = """What made a fiche cheap, counted in instructions (callgrind: 274 million, then 186; a busy machine does not
move that count):

- words of the drawings placed by the typesetter and not inside SVG, each by the edge that it is anchored to, with no
  box of its own;
- no function in the style of tables and no rule on their cells (each cell carried and hashed the closure);
- cells of the yearly table of a known height, and blocks abreast instead of grids: laid out once, not measured before;
- Inter's composition and contextual forms switched off: texts come composed, and they were an eighth of the whole;
- rows packed by an estimate of their height and not as unbreakable blocks; one weight less to carry in the file.

A `Compiler` kept between documents, static instances of Inter, other settings of malloc and data in the source rather
than in `sys.inputs` were tried: nothing that can be told from noise. In composition, the peers of a group are sorted
once for all fiches (36 ms a fiche, then 16, on a busy machine).
"""


@dataclass
class Spent:
    """Processor and wall time of each round, in milliseconds."""

    processor: list[float]
    wall: list[float]

    def row(self, name: str, target: str = "") -> str:
        worst = sorted(self.processor)[int(0.95 * (len(self.processor) - 1))]
        return (
            f"| {name} | {french.number(median(self.processor), 0)} | {french.number(worst, 0)} | "
            f"{french.number(median(self.wall), 0)} | {target} |"
        )


def spend(works: list[Callable[[], object]]) -> Spent:
    spent = Spent([], [])
    for work in works:
        processor, wall = time.process_time(), time.perf_counter()
        work()
        spent.processor.append(1000 * (time.process_time() - processor))
        spent.wall.append(1000 * (time.perf_counter() - wall))
    return spent


def resident() -> float:
    """What this process holds now, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def fiches(release: Release) -> Iterator[dict[str, object]]:
    """Composed fiches of structures from everywhere, in an order that does not change."""
    related = ("commune", "departement", "gestionnaire", "caf", "federation")
    answered = Structure.objects.filter(responses__campaign=release.campaign_id, responses__state="validated")
    maker = FicheMaker(release)
    for structure in sorted(answered.select_related(*related), key=lambda s: s.code[::-1]):
        yield maker.compose(structure)


def held(release: Release) -> list[str]:
    """Memory of one process after so many fiches: composed and typeset."""
    told = []
    for number, document in enumerate(fiches(release), 1):
        render_fiche(document)
        if number in {20, 120, 500, LONG_RUN}:
            told.append(f"{resident():.0f} MB after {number}")
        if number == LONG_RUN:
            break
    return told


def whole(release: Release) -> str:
    """A whole release produced for good, then asked again."""
    # Nothing to go on from: neither files nor a run that was interrupted.
    ProducedFile.objects.filter(release=release).delete()
    Production.objects.filter(release=release, ended_at__isnull=True).update(ended_at=clock.now())
    told = []
    for name in ("produced anew", "asked again, nothing having changed"):
        before, start = spent_by_all(), time.perf_counter()
        done = production.run_production(production.start_production(release=release, by=None).pk)
        wall, processor = time.perf_counter() - start, spent_by_all() - before
        told.append(
            f"{name}: {done.done} documents, {done.written} written, **{wall / 60:.1f} min** "
            f"({processor:.0f} s of processor in all)"
        )
    count = ProducedFile.objects.filter(release=release, key__startswith="fiche/").count()
    return f"The {count} fiches and the plaquettes of the release: {'; '.join(told)}. Target: 4 min on 2 idle cores."


def spent_by_all() -> float:
    """Seconds of processor of this process and of those that it started and that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def side_by_side(measures: list[Measure]) -> list[str]:
    rows = ["| renderer of the same fiche | processor, median (ms) | pages | kB |", "|---|---|---|---|"]
    for one in measures:
        rows.append(f"| {one.name} | {one.processor:.0f} | {one.pages} | {one.kilobytes:.0f} |")
    return rows


def main() -> int:
    logging.disable(logging.WARNING)  # other renderers tell much
    release = latest_published()
    if release is None:
        sys.stderr.write("Aucune publication ouverte : construisez d’abord la démonstration.\n")
        return 1
    stream = fiches(release)
    for _ in range(20):  # caches of questionnaires, peers and fonts
        render_fiche(next(stream))
    documents: list[dict[str, object]] = []
    composed = spend([lambda: documents.append(next(stream)) for _ in range(SAMPLE)])
    rendered = spend([lambda d=d: render_fiche(d) for d in documents])  # type: ignore[misc]
    codes = [code for code in BOOKLETS if code in reader_for(release).territories("departement")]
    booklets: list[dict[str, object]] = []

    def compose(code: str) -> None:
        booklets.append(plaquettes.compose_plaquette(release=release, level="departement", code=code))

    for code in codes:
        compose(code)  # outlines and slices of the release
    booklets.clear()
    composed_booklets = spend([lambda c=c: compose(c) for c in codes])  # type: ignore[misc]
    rendered_booklets = spend(
        [lambda d=d: rendering.render(plaquettes.TEMPLATE, d, title=edition_title(d)) for d in booklets]  # type: ignore[misc]
    )
    lines = [
        "# Publications",
        "",
        f"Measured on {french.long_date(clock.today())} by `python -m bench.publications`: {len(documents)} fiches of "
        f"up to six years, {len(codes)} départemental plaquettes, release {release.name}; {platform.machine()}, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}.",
        "",
        "| | processor, median (ms) | 95 % (ms) | wall, median (ms) | target |",
        "|---|---|---|---|---|",
        composed.row("fiche: composition (five years of answers, bands, 24 drawings)"),
        rendered.row("fiche: PDF/UA-1, 3 or 4 pages", "40 ms"),
        composed_booklets.row("départemental plaquette: composition"),
        rendered_booklets.row("départemental plaquette: PDF/UA-1, 16 to 20 pages", "400 ms"),
        "",
        f"Memory of one process that composes and typesets: {', '.join(held(release))}. Processes of a production are "
        f"renewed every {production.RENEWED_AFTER * production.CHUNK} documents besides.",
        "",
        *side_by_side(compare(documents[:COMPARED])),
        "",
        "The others are given the same words and drawings as HTML with Inter; Chromium is kept open, and its processes "
        "are counted. Neither is asked to be accessible beyond tags of its own.",
        "",
        whole(release),
        "",
        NOTES,
    ]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
