"""Sums over people: each published figure as an equation, people of the same figures as one unknown."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from senacs.disclosure.attacker.outside.files import FRANCE, TERRITORIES, Figure, LocalTable, Published, Variable

# A sum that the reader rebuilds may differ from the figure shown by this share, beyond rounding; under it, not at all.
_UNDERSTOOD, _UNMOVED = 1e-6, 1e-12


@dataclass
class Equations:
    """The figures of one variable of one year.

    rows: unknowns of each shown figure; values and slacks: what it says; hidden: unknowns of each hidden cell. Of each
    unknown: holders (with what each declared), number of answers. Unknowns in the same cells, shown or hidden, are one;
    group: of each unknown, those that the shown figures cannot tell apart have the same number.
    """

    variable: Variable
    rows: list[list[int]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    slacks: list[float] = field(default_factory=list)
    counts: list[int | None] = field(default_factory=list)
    hidden: list[list[int]] = field(default_factory=list)
    shown: list[tuple[str, list[int]]] = field(default_factory=list)
    holders: list[dict[str, float]] = field(default_factory=list)
    truth: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sizes: np.ndarray = field(default_factory=lambda: np.zeros(0))
    group: list[int] = field(default_factory=list)
    misread: int = 0


class Year:
    """Every release of one campaign and its local figures: who is in which cell, what each variable shows."""

    def __init__(self, releases: Sequence[Published], local: Sequence[LocalTable] = ()) -> None:
        self.releases = list(releases)
        self.local = list(local)
        self.is_single = len(self.releases) == 1 and not self.local
        self.threshold = min(release.threshold for release in releases)
        self.p_percent = max(release.p_percent for release in releases)
        self.variables: dict[str, Variable] = {}
        for release in releases:
            self.variables |= release.variables
        self._members = {release.name: _cell_members(release) for release in releases}
        self._figures: dict[tuple[str, str], list[Figure]] = {}
        for release in releases:
            for figure in release.figures:
                self._figures.setdefault((release.name, figure.variable), []).append(figure)

    def restricted(self, names: Collection[str]) -> "Year":
        """What it takes to read these variables: little enough for a process of its own."""
        year = copy(self)
        year._figures = {key: figures for key, figures in self._figures.items() if key[1] in names}
        year.releases = [
            replace(
                release, figures=[], truth=release.truth if release.truth is None else _columns(release.truth, names)
            )
            for release in self.releases
        ]
        return year

    def equations(self, name: str, *, answered: bool = False) -> Equations:
        """The equations of a variable; `answered`: those of who answered it, that the numbers of answers give.

        Where the truth is known, an answer that changed between two releases is two unknowns: the reader knows which.
        """
        unknown: dict[tuple[str, float], int] = {}
        people: list[tuple[str, float]] = []  # holder, value of each unknown
        rows: list[tuple[str, list[int], Figure]] = []
        known = set[int]()
        # A figure that an earlier release showed is the same one (see the note): it adds nothing.
        seen: set[Figure] = set()
        for release in self.releases:
            mine = self._unknowns(release, name, answered, unknown, people)
            places = self._members[release.name]
            for figure in self._figures.get((release.name, name), ()):
                if figure in seen and figure.value is not None:
                    continue
                seen.add(figure)
                where = places.get((figure.level, figure.territory, figure.codes), ())
                rows.append((release.name, [mine[code] for code in where if code in mine], figure))
            for table in self.local:
                if table.release == release.name:
                    members = [mine[code] for code in sorted(table.members) if code in mine]
                    rows += [(f"local {release.name}", members, f) for f in table.figures if f.variable == name]
            known |= {mine[code] for code in release.waiving if code in mine}
        rows = [(source, *_less(known, members, figure, people)) for source, members, figure in rows]
        return _grouped(self.variables[name], people, rows, answered)

    def _unknowns(
        self,
        release: Published,
        name: str,
        answered: bool,
        unknown: dict[tuple[str, float], int],
        people: list[tuple[str, float]],
    ) -> dict[str, int]:
        holders = dict(release.people.select("structure", "holder").iter_rows())
        if release.truth is not None and name in release.truth.columns:
            values = dict(release.truth.select("structure", name).drop_nulls().iter_rows())
        else:
            values = dict.fromkeys(holders, float("nan"))
        mine = {}
        for structure, holder in holders.items():
            value = values.get(structure)
            if value is None:
                continue
            # Without the truth every answer is one number, whatever it is.
            key = (structure, 1.0 if answered or value != value else value)
            if key not in unknown:
                unknown[key] = len(people)
                people.append((holder, 1.0 if answered else float(value)))
            mine[structure] = unknown[key]
        return mine


def _less(
    known: Set[int], members: list[int], figure: Figure, people: Sequence[tuple[str, float]]
) -> tuple[list[int], Figure]:
    """What is left of a figure once the answers that are no secret are taken away."""
    if known.isdisjoint(members):
        return members, figure
    taken = [person for person in members if person in known]
    value = figure.value if figure.value is None else figure.value - sum(people[person][1] for person in taken)
    n = figure.n if figure.n is None else figure.n - len(taken)
    return [person for person in members if person not in known], replace(figure, value=value, n=n)


def _grouped(
    variable: Variable,
    people: Sequence[tuple[str, float]],
    rows: Sequence[tuple[str, list[int], Figure]],
    answered: bool,
) -> Equations:
    """Unknowns in the same shown figures become one; hidden cells are told in them when they can be."""
    made = Equations(variable)
    values = np.array([value for _, value in people])
    shown: dict[tuple[int, ...], tuple[str, Figure]] = {}
    for source, members, figure in rows:
        told = figure.n if answered else figure.value
        if told is None or not members:
            continue
        total = values[members].sum()
        if not np.isnan(total) and abs(total - told) > figure.slack + _UNDERSTOOD * max(abs(told), 1.0):
            made.misread += 1
            continue
        shown.setdefault(tuple(sorted(members)), (source, figure))
    signature: list[list[int]] = [[] for _ in people]
    for number, figured in enumerate(shown):
        for person in figured:
            signature[person].append(number)
    # Hidden cells too cut the unknowns: what is sought may be a part of what is shown.
    alike: dict[tuple[int, ...], int] = {}
    same = [alike.setdefault(tuple(marks), len(alike)) for marks in signature]
    hidden = {tuple(sorted(members)) for _, members, f in rows if members and (f.n if answered else f.value) is None}
    for number, figured in enumerate(hidden, len(shown)):
        for person in figured:
            signature[person].append(number)
    atoms: dict[tuple[int, ...], int] = {}
    place = [atoms.setdefault(tuple(marks), len(atoms)) for marks in signature]
    made.holders = [{} for _ in atoms]
    made.group = [0] * len(atoms)
    for person, atom in enumerate(place):
        made.group[atom] = same[person]
    made.truth, made.sizes = np.zeros(len(atoms)), np.zeros(len(atoms))
    for (holder, value), atom in zip(people, place, strict=True):
        made.holders[atom][holder] = made.holders[atom].get(holder, 0.0) + value
        made.truth[atom] += value
        made.sizes[atom] += 1
    for figured, (source, figure) in shown.items():
        inside = sorted({place[person] for person in figured})
        made.rows.append(inside)
        made.values.append(float(figure.n or 0) if answered else float(figure.value or 0))
        # What people count is whole: a sum that rounding did not move is known exactly.
        moved = abs(values[list(figured)].sum() - made.values[-1]) > _UNMOVED * max(abs(made.values[-1]), 1.0)
        made.slacks.append(figure.slack if moved and not answered else 0.0)
        made.counts.append(figure.n)
        made.shown.append((source, inside))
    made.hidden = [sorted({place[person] for person in figured}) for figured in hidden]
    return made


def _columns(truth: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    return truth.select("structure", *(name for name in truth.columns if name in names))


def _cell_members(release: Published) -> Mapping[tuple[str, str, tuple[tuple[str, str], ...]], list[str]]:
    """The structures of every cell that the release has figures of."""
    wanted: dict[tuple[str, tuple[str, ...]], set[tuple[str, tuple[tuple[str, str], ...]]]] = {}
    for figure in release.figures:
        by = tuple(code for code, _ in figure.codes)
        wanted.setdefault((figure.level, by), set()).add((figure.territory, figure.codes))
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for level, by in wanted:
        for structure, territory, codes in _places(release.people, level, by):
            found.setdefault((level, territory, codes), []).append(structure)
    return found


def _places(
    people: pl.DataFrame, level: str, by: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    column = TERRITORIES.get(level)
    if column is not None and column not in people.columns:
        return
    frame = people.with_columns(pl.lit("FR").alias(FRANCE)) if column is None else people
    for structure, territory, *codes in frame.select("structure", column or FRANCE, *by).iter_rows():
        if territory:
            yield structure, territory, tuple(zip(by, codes, strict=True))
