"""Fiches and plaquettes on the demonstration: what one costs, what a whole release would take, memory along the way.

Run with the demonstration built and one release published: `python -m bench.publications`. Writes
docs/performance/publications.md. Processor time is what is compared to the targets: it does not count the neighbours
of a shared machine, though their traffic slows it too; the load of the machine is written beside.
"""

import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from senacs.lib import clock, french, pdf  # noqa: E402
from senacs.observatory.queries import latest_published, reader_for  # noqa: E402
from senacs.publication import services  # noqa: E402
from senacs.publication.editions import edition_title  # noqa: E402
from senacs.publication.fiches.composition import FicheMaker  # noqa: E402
from senacs.publication.fiches.services import render_fiche  # noqa: E402
from senacs.structures.models import Structure  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "publications.md"
FICHES, PLAQUETTES = 4100, 120
SAMPLE = 120
BOOKLETS = ("59", "69", "13", "48", "974", "26")


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


def memory() -> float:
    """The most that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    release = latest_published()
    if release is None:
        sys.stderr.write("Aucune publication ouverte : construisez d’abord la démonstration.\n")
        return 1
    related = ("commune", "departement", "gestionnaire", "caf", "federation")
    answered = Structure.objects.filter(responses__campaign=release.campaign_id, responses__state="validated")
    structures = list(answered.select_related(*related).order_by("code")[: SAMPLE + 5])
    maker = FicheMaker(release)
    for structure in structures[:5]:  # caches of questionnaires and fonts
        render_fiche(maker.compose(structure))
    documents: list[dict[str, object]] = []
    composed = spend([lambda s=s: documents.append(maker.compose(s)) for s in structures[5:]])  # type: ignore[misc]
    before = memory()
    rendered = spend([lambda d=d: render_fiche(d) for d in documents])  # type: ignore[misc]
    grown = memory() - before
    codes = [code for code in BOOKLETS if code in reader_for(release).territories("departement")]
    booklets: list[dict[str, object]] = []

    def compose(code: str) -> None:
        booklets.append(services.compose_plaquette(release=release, level="departement", code=code))

    for code in codes:
        compose(code)  # outlines and slices of the release
    booklets.clear()
    composed_booklets = spend([lambda c=c: compose(c) for c in codes])  # type: ignore[misc]
    rendered_booklets = spend(
        [lambda d=d: pdf.render(services.TEMPLATE, d, title=edition_title(d)) for d in booklets]  # type: ignore[misc]
    )
    fiche = mean(composed.processor) + mean(rendered.processor)
    booklet = mean(composed_booklets.processor) + mean(rendered_booklets.processor)
    # Composition reads the database in one process; typesetting runs on both.
    serial = FICHES * mean(composed.processor) + PLAQUETTES * mean(composed_booklets.processor)
    spread = (FICHES * mean(rendered.processor) + PLAQUETTES * mean(rendered_booklets.processor)) / 2
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
        f"A whole release, from these: {FICHES} fiches at {fiche:.0f} ms and {PLAQUETTES} plaquettes at "
        f"{booklet:.0f} ms of processor. Composition in one process ({serial / 1000:.0f} s) and typesetting on two "
        f"({spread / 1000:.0f} s), one after the other by chunks: "
        f"**{(serial + spread) / 60_000:.1f} min** (target: 4 min on 2 idle cores). "
        f"Memory grew by {grown:.0f} MB over {len(documents)} fiches typeset in one process.",
        "",
        "What made a fiche cheap: words of the drawings placed by the typesetter and not inside SVG (1 ms a drawing",
        "saved), rows packed by an estimate of their height and not as unbreakable blocks (laid out twice otherwise),",
        "widths given and not asked of the layout, two graduations on small charts.",
        "",
    ]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
