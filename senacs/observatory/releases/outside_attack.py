"""What an outsider finds in a release as it is about to be read: its own files, the register, what was shown before.

The attacker (`disclosure.attacker.outside`) opens files only; here are the answers that its findings are compared with,
and what of them may be published: numbers, never an example.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from senacs.disclosure.attacker.outside.files import GROUP, Figure, LocalTable, Published, computed_in, read_release
from senacs.disclosure.attacker.outside.league import WITHIN, Job, League, attack_published
from senacs.lib.parallel import Progress, silent, spread
from senacs.observatory.earlier_figures import EarlierFigures

# Figures from which it is worth starting processes.
MANY_FIGURES = 20_000


@dataclass(frozen=True)
class Files:
    """A release as downloaded, with the register of its day and what those who answered did answer."""

    directory: Path
    register: pl.DataFrame
    units: pl.DataFrame
    # The (level, territory) of which readers have the figures; None: of all of them.
    places: frozenset[tuple[str, str]] | None = None


def attacked(
    releases: Sequence[Files],
    local: Sequence[EarlierFigures],
    questionnaire: Mapping[str, Any],
    *,
    progress: Progress = silent,
) -> League:
    """Attacks the releases of one campaign together, with its local figures. questionnaire: as it is published."""
    computed = computed_in(questionnaire)
    read: dict[str, tuple[Published, Files]] = {}
    for one in releases:
        published = read_release(one.directory, one.register, truth=one.units, computed=computed)
        if one.places is not None:
            read_there = [f for f in published.figures if (f.level, f.territory) in one.places]
            published = replace(published, figures=read_there)
        read[published.name] = published, one
    figures = sum(len(published.figures) for published, _ in read.values())
    spreading = partial(_spread, progress=progress)
    return attack_published(
        [published for published, _ in read.values()],
        [_table(one, *read[one.release]) for one in local if one.release in read],
        each=spreading if figures > MANY_FIGURES else map,
    )


def _spread(work: Callable[[Job], League], jobs: Sequence[Job], *, progress: Progress) -> Iterable[League]:
    return spread(work, jobs, progress=progress)


def _table(figures: EarlierFigures, published: Published, files: Files) -> LocalTable:
    """What was shown of all the members together."""
    inside = files.units.filter(pl.col("structure").is_in(sorted(figures.members)))
    shown = []
    for indicator, modality in sorted(figures.cells):
        name = f"{indicator}={modality}" if modality else indicator
        if name in published.variables and name in inside.columns:
            answers = inside[name].drop_nulls()
            shown.append(Figure(name, GROUP, "", (), float(answers.sum()), len(answers)))
    return LocalTable(published.name, figures.members, shown)


def told_of(league: League) -> dict[str, Any]:
    """The league table as a file: how many, never who."""
    return {
        "variables": league.variables,
        "figures": league.figures,
        "within_percent": [round(100 * limit) for limit in WITHIN],
        "intruders": [asdict(line) for line in league.lines.values()],
        "sums_of_too_few": league.unions,
        "counts_of_too_few": league.participation,
        "shown_on_too_few": league.thin,
        "shown_too_close": league.close,
        "not_understood": league.misread,
    }
