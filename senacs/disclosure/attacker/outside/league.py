"""The league table: what an outsider, a single gestionnaire and a pair of them find, variable by variable."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from senacs.disclosure.attacker.outside.equations import Equations, Year
from senacs.disclosure.attacker.outside.files import LocalTable, Published
from senacs.disclosure.attacker.outside.intervals import EXACT, Reader
from senacs.disclosure.attacker.outside.unions import small_unions
from senacs.lib import french

WITHIN = (0.01, 0.05, 0.10)
OUTSIDER, SINGLE, PAIR = "lecteur extérieur", "un gestionnaire", "deux gestionnaires"
# Intruders of each kind tried by variable, beyond what unions prove of all of them.
SAMPLE = 6
# Variables that sums tie and that are read together, and jobs of several such groups at most: one that shows the same
# cells as another rests on the same people.
Group = list[str]
BATCH = 12
# Groups that are read one after the other, and what it takes to read them.
Job = tuple[Year, list[Group]]
# What sums over the same people were found to rest on.
Found = dict[tuple[object, ...], list[frozenset[str]]]
# Examples kept of each finding.
_EXAMPLES = 20


@dataclass
class Line:
    """What one kind of intruder finds. within: 1, 5, 10 %, each counting the closer ones; one_sided: a single bound is
    within 10 %."""

    intruder: str
    sought: int = 0
    exact: int = 0
    within: list[int] = field(default_factory=lambda: [0] * len(WITHIN))
    one_sided: int = 0
    fixed: int = 0

    @property
    def found(self) -> int:
        return self.exact + self.within[-1] + self.fixed


@dataclass
class League:
    """unions: exact sums of fewer than k holders; two_holders and close: cells shown on fewer than k answers that are
    not zero, and from which a contributor estimates another to less than p %; examples: in French."""

    lines: dict[str, Line] = field(default_factory=lambda: {name: Line(name) for name in (OUTSIDER, SINGLE, PAIR)})
    variables: int = 0
    figures: int = 0
    unions: int = 0
    participation: int = 0
    thin: int = 0
    close: int = 0
    misread: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.unions or self.participation or self.thin or self.close) and not any(
            line.found for line in self.lines.values()
        )

    def tell(self, example: str) -> None:
        if len(self.examples) < _EXAMPLES:
            self.examples.append(example)

    def add(self, other: "League") -> None:
        for name, line in other.lines.items():
            mine = self.lines[name]
            for entry in fields(Line):
                value = getattr(line, entry.name)
                if isinstance(value, int):
                    setattr(mine, entry.name, getattr(mine, entry.name) + value)
            mine.within = [a + b for a, b in zip(mine.within, line.within, strict=True)]
        for name in ("variables", "figures", "unions", "participation", "thin", "close", "misread"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for example in other.examples:
            self.tell(example)


def attack_published(
    releases: Sequence[Published],
    local: Sequence[LocalTable] = (),
    *,
    only: Callable[[str], bool] = lambda name: True,
    each: Callable[[Callable[[Job], League], Sequence[Job]], Iterable[League]] = map,
) -> League:
    """Attacks releases as an outsider reads them: those of a campaign together, with its local figures.

    each: how the work is done on every job, which is picklable: one after the other, or in several processes.
    """
    league = League()
    years = [
        Year([r for r in releases if r.year == year], [t for t in local if t.release in _names(releases, year)])
        for year in sorted({release.year for release in releases})
    ]
    jobs = [
        (year.restricted([name for group in batch for name in group]), batch)
        for year in years
        for batch in _batches(year, _tied(year, only))
    ]
    for found in each(_attacked, jobs):
        league.add(found)
    return league


def _attacked(job: Job) -> League:
    year, groups = job
    league, known = League(), Found()
    for group in groups:
        league.add(attack_group(year, group, known))
    return league


def _batches(year: Year, groups: Sequence[Group]) -> list[list[Group]]:
    """Groups that show the same cells, together."""
    alike: dict[tuple[int, ...], list[Group]] = {}
    for group in groups:
        alike.setdefault(tuple(year.pattern(name) for name in group), []).append(group)
    return [same[start : start + BATCH] for same in alike.values() for start in range(0, len(same), BATCH)]


def told(league: League) -> list[str]:
    """The table in French, one line an intruder, then what any combination of figures gives and the first findings."""
    lines = [
        f"{french.plural(league.variables, 'variable')}, "
        f"{french.plural(league.figures, 'chiffre montré', 'chiffres montrés')}",
        f"{'intrus':<24s} cherchés   exact   à 1\u00a0%   à 5\u00a0%  à 10\u00a0%  d’un côté  oui/non fixés",
    ]
    for line in league.lines.values():
        within = "".join(f"{n:8d}" for n in line.within)
        lines.append(
            f"{line.intruder:<24s} {line.sought:8d}{line.exact:8d}{within}{line.one_sided:11d}{line.fixed:15d}"
        )
    lines += [
        f"Sommes exactes de trop peu de gestionnaires : {league.unions}",
        f"Nombres de réponses de trop peu de gestionnaires : {league.participation}",
        f"Chiffres montrés sur trop peu de réponses non nulles : {league.thin}",
        f"Chiffres montrés d’où un gestionnaire en estime un autre : {league.close}",
    ]
    if league.misread:
        lines.append(
            f"Chiffres que l’attaque ne comprend pas (leur somme n’est pas celle des réponses) : {league.misread}"
        )
    return [*lines, *league.examples]


def _names(releases: Sequence[Published], year: int) -> set[str]:
    return {release.name for release in releases if release.year == year}


def _tied(year: Year, only: Callable[[str], bool]) -> list[list[str]]:
    """Variables in groups that sums tie together, however many."""
    names = [name for name in year.variables if only(name)]
    group = {name: [name] for name in names}
    for total, parts in sums(year, names):
        joined = [n for name in dict.fromkeys([total, *parts]) for n in group[name]]
        joined = list(dict.fromkeys(joined))
        for name in joined:
            group[name] = joined
    return list({id(members): members for members in group.values()}.values())


def sums(year: Year, names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The totals that other variables add up to, field by field."""
    by_terms: dict[frozenset[str], str] = {}
    for name in names:
        if year.variables[name].terms:
            by_terms.setdefault(year.variables[name].terms, name)
    found = []
    for terms, total in by_terms.items():
        parts, covered = [], frozenset[str]()
        for other in sorted((t for t in by_terms if t < terms), key=lambda t: (-len(t), sorted(t))):
            if not other & covered:
                parts.append(by_terms[other])
                covered |= other
        if covered == terms:
            found.append((total, tuple(parts)))
    return found


def attack_group(year: Year, group: Sequence[str], known_unions: Found) -> League:
    """The findings on variables that are tied together. known_unions: what was found before, added to."""
    league = League(variables=len(group))
    k = year.threshold
    systems = [year.equations(name) for name in group]
    for system in systems:
        league.figures += len(system.rows)
        league.misread += system.misread
        found = _count_unions(league, system, k, known_unions, answered=False)
        _count_rules(league, system, year)
        if year.is_single:
            # The numbers of answers are shown over the same people: they give away the same unions.
            league.participation += found
        else:
            answers = year.equations(system.variable.name, answered=True)
            _count_unions(league, answers, k, known_unions, answered=True)
    known = [system for system in systems if not np.isnan(system.truth).any() and len(system.truth)]
    # Who says « yes » is no secret where the question is not sensitive: nothing is sought.
    if any(system.variable.sensitive or not system.variable.counted for system in known):
        _count_intervals(league, known, year)
    return league


def _count_unions(league: League, system: Equations, k: int, known: Found, *, answered: bool) -> int:
    together: dict[int, set[str]] = {}
    for number, holders in zip(system.group, system.holders, strict=True):
        together.setdefault(number, set()).update(holders)
    rows = sorted({tuple(sorted({system.group[c] for c in row})) for row in system.rows})
    order = sorted(together)
    place = {number: i for i, number in enumerate(order)}
    numbered = tuple(tuple(place[c] for c in row) for row in rows)
    people_of = tuple(frozenset(together[number]) for number in order)
    if (numbered, people_of) not in known:
        known[numbered, people_of] = small_unions(numbered, people_of, k)
    found = known[numbered, people_of]
    if answered:
        league.participation += len(found)
    else:
        league.unions += len(found)
    for people in found:
        what = "le nombre de réponses" if answered else "la somme exacte"
        league.tell(f"{system.variable.name} : {what} de {', '.join(sorted(people))}")
    return len(found)


def _count_rules(league: League, system: Equations, year: Year) -> None:
    """Cells that are shown although few of their answers weigh."""
    if system.variable.counted:
        return
    for source, columns in system.shown:
        largest = sorted((abs(v) for v in _amounts(system, columns).values() if v), reverse=True)
        if 0 < len(largest) < year.threshold:
            league.thin += 1
            league.tell(f"{system.variable.name} ({source}) : montré, et {len(largest)} réponses non nulles")
        elif largest and year.p_percent and sum(largest[2:]) * 100 < year.p_percent * largest[0]:
            league.close += 1
            league.tell(f"{system.variable.name} ({source}) : le premier s’estime à moins de {year.p_percent:g}\u00a0%")


def _count_intervals(league: League, systems: Sequence[Equations], year: Year) -> None:
    reader = Reader(systems, _ties(systems, year))
    line = league.lines[OUTSIDER]
    for start, system in zip(reader.starts, systems, strict=False):
        targets = _targets(system, year)
        shifted = [[int(start) + c for c in columns] for columns in targets]
        line.sought += len(targets)
        if system.variable.counted:
            _count_fixed(league, line, reader, system, int(start))
            continue
        for columns, found in zip(targets, reader.ranges(shifted, WITHIN[-1]), strict=True):
            if _note(line, found.below, found.above):
                people = sorted(set().union(*(system.holders[c] for c in columns)))
                league.tell(
                    f"{system.variable.name} : {', '.join(people[:5])} entre {found.low:.6g} et {found.high:.6g} "
                    f"({found.truth:.6g})"
                )
        _count_insiders(league, reader, system, int(start), targets)


def _note(line: Line, below: float, above: float) -> bool:
    """Puts one range in its column; True when both ends are within 10 %."""
    worst = max(below, above)
    if worst <= EXACT:
        line.exact += 1
    line.within = [n + (worst <= limit) for n, limit in zip(line.within, WITHIN, strict=True)]
    if worst > WITHIN[-1] >= min(below, above):
        line.one_sided += 1
    return worst <= WITHIN[-1]


def _targets(system: Equations, year: Year) -> list[list[int]]:
    """Hidden cells and groups of unknowns whose figure would tell too much of somebody; never what is zero."""
    groups: dict[int, list[int]] = {}
    for column, number in enumerate(system.group):
        groups.setdefault(number, []).append(column)
    found = {tuple(columns) for columns in (*system.hidden, *groups.values())}
    shown = {tuple(row) for row in system.rows}
    return [list(columns) for columns in sorted(found - shown) if _is_secret(system, columns, year)]


def _is_secret(system: Equations, columns: Sequence[int], year: Year) -> bool:
    largest = sorted((abs(v) for v in _amounts(system, columns).values() if v), reverse=True)
    if not largest:
        return False
    return len(largest) < year.threshold or sum(largest[2:]) * 100 < year.p_percent * largest[0]


def _ties(systems: Sequence[Equations], year: Year) -> list[dict[int, float]]:
    """Total = sum of the parts, over each group of people that is one unknown in all of them and that adds up."""
    place = {system.variable.name: i for i, system in enumerate(systems)}
    starts = np.concatenate([[0], np.cumsum([len(s.truth) for s in systems])]).astype(int)
    rows = []
    for total, parts in sums(year, list(place)):
        chosen = [total, *parts]
        by_people = [{frozenset(h): c for c, h in enumerate(systems[place[name]].holders)} for name in chosen]
        for people, column in by_people[0].items():
            others = [
                (name, found[people]) for name, found in zip(parts, by_people[1:], strict=True) if people in found
            ]
            row = {int(starts[place[total]]) + column: 1.0}
            row |= {int(starts[place[name]]) + c: -1.0 for name, c in others}
            truth = systems[place[total]].truth[column]
            if abs(truth - sum(systems[place[n]].truth[c] for n, c in others)) <= 1e-6 * max(abs(truth), 1.0):
                rows.append(row)
    return rows


def _count_fixed(league: League, line: Line, reader: Reader, system: Equations, start: int) -> None:
    """Groups of people whose « yes » are known to the unit: everybody, or nobody, or how many of a few."""
    if not system.variable.sensitive:
        return
    for column, holders in enumerate(system.holders):
        alike = system.truth[column] in (0.0, system.sizes[column])
        few = len(holders) < 5
        if not (alike or few):
            continue
        line.sought += 1
        low, high = reader.end([start + column], 1.0), reader.end([start + column], -1.0)
        if high - low < 1 - 1e-6:
            line.fixed += 1
            league.tell(f"{system.variable.name} : {system.truth[column]:g} oui sur {system.sizes[column]:g} connus")


def _count_insiders(
    league: League, reader: Reader, system: Equations, start: int, targets: Sequence[Sequence[int]]
) -> None:
    """Single gestionnaires and pairs: the largest of the sought group, or of the smallest figure that contains it."""
    random = np.random.default_rng(len(system.truth))
    for number in random.permutation(len(targets))[:SAMPLE]:
        columns = targets[number]
        amounts = _amounts(system, columns)
        ranked = sorted(amounts, key=lambda h: -amounts[h])
        around = min(
            (row for row in system.rows if set(columns) <= set(row)), key=lambda row: _people(system, row), default=[]
        )
        others = [h for c in sorted(around, key=lambda c: _people(system, [c])) for h in system.holders[c]]
        for group in (ranked[1:], [h for h in dict.fromkeys(others) if h not in amounts]):
            for name, size in ((SINGLE, 1), (PAIR, 2)):
                if len(group) >= size:
                    _try_insiders(
                        league, name, reader, system, start=start, columns=columns, intruders=set(group[:size])
                    )


def _amounts(system: Equations, columns: Sequence[int]) -> dict[str, float]:
    found: dict[str, float] = {}
    for column in columns:
        for holder, value in system.holders[column].items():
            found[holder] = found.get(holder, 0.0) + value
    return found


def _people(system: Equations, columns: Sequence[int]) -> int:
    return len(set().union(*(system.holders[c] for c in columns)))


def _try_insiders(
    league: League,
    name: str,
    reader: Reader,
    system: Equations,
    *,
    start: int,
    columns: Sequence[int],
    intruders: set[str],
) -> None:
    """What is left of the columns once the intruders take their own part away."""
    amounts = _amounts(system, columns)
    rest = sum(v for h, v in amounts.items() if h not in intruders)
    if rest <= 0:
        return
    own = {start + c: _known(system, c, intruders) for c, h in enumerate(system.holders) if intruders & h.keys()}
    line = league.lines[name]
    line.sought += 1
    with reader.knowing(own):
        enough = WITHIN[-1] * rest / max(sum(amounts.values()), rest)
        found = reader.ranges([[start + c for c in columns]], enough)[0]
    if _note(line, (found.truth - found.low) / rest, (found.high - found.truth) / rest):
        league.tell(f"{system.variable.name} : {', '.join(sorted(amounts)[:5])} pour {', '.join(sorted(intruders))}")


def _known(system: Equations, column: int, intruders: set[str]) -> tuple[float, float]:
    """What intruders know of an unknown: at least their own part, and all of it when nobody else is there."""
    own = sum(v for h, v in system.holders[column].items() if h in intruders)
    return (own, own) if set(system.holders[column]) <= intruders else (own, float("inf"))
