"""Sums over people: each published figure as an equation, people of the same figures as one unknown."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from senacs.disclosure.attacker.outside.files import FRANCE, TERRITORIES, Figure, LocalTable, Published, Variable

# A sum that the reader rebuilds may differ from the figure shown by this share, beyond rounding; under it, not at all.
_UNDERSTOOD, _UNMOVED = 1e-6, 1e-12
# Level, territory and modalities of a cell; where a figure comes from, whose unknowns it adds up, what it says.
_Cell = tuple[str, str, tuple[tuple[str, str], ...]]
_Row = tuple[str, np.ndarray, Figure]
_NOBODY = np.zeros(0, dtype=np.int64)
# Marks are drawn under this: a few thousand of them add up without going round.
_DRAWN = 2**50


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
        # Where each structure stands in the table of its release; the members of a cell are such places.
        self._order = {
            release.name: {code: i for i, code in enumerate(release.people["structure"])} for release in releases
        }
        self._members = {release.name: _cell_members(release) for release in releases}
        self._figures: dict[tuple[str, str], list[Figure]] = {}
        for release in releases:
            for figure in release.figures:
                self._figures.setdefault((release.name, figure.variable), []).append(figure)

    def pattern(self, name: str) -> int:
        """The same number for variables that show and hide the same cells."""
        return hash(
            tuple(
                (release.name, figure.level, figure.territory, figure.codes, figure.value is None)
                for release in self.releases
                for figure in self._figures.get((release.name, name), ())
            )
        )

    def restricted(self, names: Collection[str]) -> "Year":
        """What it takes to read these variables: little enough for a process of its own."""
        year = copy(self)
        year._figures = {key: figures for key, figures in self._figures.items() if key[1] in names}
        year.releases = [
            replace(
                release,
                figures=[],
                people=release.people.select("structure", "holder"),
                truth=release.truth if release.truth is None else _columns(release.truth, names),
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
        rows: list[_Row] = []
        known = set[int]()
        # A figure that an earlier release showed is the same one (see the note): it adds nothing.
        seen: set[Figure] = set()
        for release in self.releases:
            # The unknown of each structure of the release, in its order; -1 for who did not answer.
            mine = self._unknowns(release, name, answered, unknown, people)
            order = self._order[release.name]
            places = self._members[release.name]
            for figure in self._figures.get((release.name, name), ()):
                if figure in seen and figure.value is not None:
                    continue
                seen.add(figure)
                where = places.get((figure.level, figure.territory, figure.codes), _NOBODY)
                rows.append((release.name, _who(mine, where), figure))
            for table in self.local:
                if table.release == release.name:
                    inside = np.array([order[code] for code in sorted(table.members) if code in order], dtype=np.int64)
                    members = _who(mine, inside)
                    rows += [(f"local {release.name}", members, f) for f in table.figures if f.variable == name]
            known |= {int(mine[order[code]]) for code in release.waiving if code in order}
        known.discard(-1)
        if known:
            rows = [(source, *_less(known, members, figure, people)) for source, members, figure in rows]
        return _grouped(self.variables[name], people, rows, answered)

    def _unknowns(
        self,
        release: Published,
        name: str,
        answered: bool,
        unknown: dict[tuple[str, float], int],
        people: list[tuple[str, float]],
    ) -> np.ndarray:
        holders = release.people["holder"].to_list()
        order = self._order[release.name]
        values: list[float | None]
        if release.truth is not None and name in release.truth.columns:
            values = [None] * len(order)
            for structure, value in zip(release.truth["structure"], release.truth[name], strict=True):
                if structure in order:
                    values[order[structure]] = value
        else:
            values = [float("nan")] * len(order)
        mine = np.full(len(order), -1, dtype=np.int64)
        for place, (structure, holder, value) in enumerate(zip(order, holders, values, strict=True)):
            if value is None:
                continue
            # Without the truth every answer is one number, whatever it is.
            key = (structure, 1.0 if answered or value != value else value)
            if key not in unknown:
                unknown[key] = len(people)
                people.append((holder, 1.0 if answered else float(value)))
            mine[place] = unknown[key]
        return mine


def _who(mine: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The unknowns of those of the cell who answered."""
    members = mine[where]
    return members[members >= 0]


def _less(
    known: Set[int], members: np.ndarray, figure: Figure, people: Sequence[tuple[str, float]]
) -> tuple[np.ndarray, Figure]:
    """What is left of a figure once the answers that are no secret are taken away."""
    taken = [int(person) for person in members if int(person) in known]
    if not taken:
        return members, figure
    value = figure.value if figure.value is None else figure.value - sum(people[person][1] for person in taken)
    n = figure.n if figure.n is None else figure.n - len(taken)
    return members[~np.isin(members, taken)], replace(figure, value=value, n=n)


def _grouped(
    variable: Variable, people: Sequence[tuple[str, float]], rows: Sequence[_Row], answered: bool
) -> Equations:
    """Unknowns in the same shown figures become one; hidden cells are told in them when they can be."""
    made = Equations(variable)
    values = np.array([value for _, value in people])
    # A set of people is the sum of what each draws: two sets have the same by chance of 1 in 10^13 at most.
    drawn = np.random.default_rng(len(people)).integers(1, _DRAWN, size=max(len(people), len(rows)), dtype=np.uint64)
    shown: dict[int, tuple[str, np.ndarray, Figure]] = {}
    hidden: dict[int, np.ndarray] = {}
    for source, members, figure in rows:
        if not len(members):
            continue
        together = int(drawn[members].sum())
        told = figure.n if answered else figure.value
        if told is None:
            hidden.setdefault(together, members)
            continue
        total = values[members].sum()
        if not np.isnan(total) and abs(total - told) > figure.slack + _UNDERSTOOD * max(abs(told), 1.0):
            made.misread += 1
            continue
        shown.setdefault(together, (source, members, figure))
    signature = np.zeros(len(people), dtype=np.uint64)
    for mark, (_, members, _) in zip(drawn, shown.values(), strict=False):
        signature[members] += mark
    # Hidden cells too cut the unknowns: what is sought may be a part of what is shown.
    same = _numbered(signature)
    for mark, members in zip(drawn[len(shown) :], hidden.values(), strict=False):
        signature[members] += mark
    place = _numbered(signature)
    atoms = int(place.max(initial=-1)) + 1
    made.holders = [{} for _ in range(atoms)]
    group = np.zeros(atoms, dtype=np.int64)
    group[place] = same
    made.group = group.tolist()
    made.truth = np.bincount(place, weights=values, minlength=atoms) if atoms else np.zeros(0)
    made.sizes = np.bincount(place, minlength=atoms).astype(float) if atoms else np.zeros(0)
    for (holder, value), atom in zip(people, place.tolist(), strict=True):
        mine = made.holders[atom]
        mine[holder] = mine.get(holder, 0.0) + value
    for source, members, figure in shown.values():
        inside = np.unique(place[members]).tolist()
        made.rows.append(inside)
        made.values.append(float(figure.n or 0) if answered else float(figure.value or 0))
        # What people count is whole: a sum that rounding did not move is known exactly.
        moved = abs(values[members].sum() - made.values[-1]) > _UNMOVED * max(abs(made.values[-1]), 1.0)
        made.slacks.append(figure.slack if moved and not answered else 0.0)
        made.counts.append(figure.n)
        made.shown.append((source, inside))
    made.hidden = [np.unique(place[members]).tolist() for members in hidden.values()]
    return made


def _numbered(signature: np.ndarray) -> np.ndarray:
    """The same number for the same mark, in order of first appearance."""
    _, first, inverse = np.unique(signature, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _columns(truth: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    return truth.select("structure", *(name for name in truth.columns if name in names))


def _cell_members(release: Published) -> Mapping[_Cell, np.ndarray]:
    """Of every cell that the release has figures of, the places of its structures."""
    wanted: dict[tuple[str, tuple[str, ...]], set[tuple[str, tuple[tuple[str, str], ...]]]] = {}
    for figure in release.figures:
        by = tuple(code for code, _ in figure.codes)
        wanted.setdefault((figure.level, by), set()).add((figure.territory, figure.codes))
    found: dict[_Cell, list[int]] = {}
    for level, by in wanted:
        for place, territory, codes in _places(release.people, level, by):
            found.setdefault((level, territory, codes), []).append(place)
    return {cell: np.array(places, dtype=np.int32) for cell, places in found.items()}


def _places(
    people: pl.DataFrame, level: str, by: tuple[str, ...]
) -> Iterator[tuple[int, str, tuple[tuple[str, str], ...]]]:
    column = TERRITORIES.get(level)
    if column is not None and column not in people.columns:
        return
    frame = people.with_columns(pl.lit("FR").alias(FRANCE)) if column is None else people
    for place, (territory, *codes) in enumerate(frame.select(column or FRANCE, *by).iter_rows()):
        if territory:
            yield place, territory, tuple(zip(by, codes, strict=True))
