"""The plan of suppression of one system: elimination first, then audit and repair until nothing is weak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from senacs.disclosure.elimination import Elimination
from senacs.disclosure.exact_audit import Weakness, exact_disclosures, requirement
from senacs.disclosure.margin_audit import IntervalAudit
from senacs.disclosure.repair import Repair, cost
from senacs.disclosure.system import System
from senacs.disclosure.unit_audit import UnitAudit
from senacs.lib import french


@dataclass(frozen=True)
class Aim:
    """What a plan must reach.

    margin: half-width of the feasible intervals, in % of the value (0: no exact recomputation);
    insiders: the margin also holds against a lone contributor who knows its own value (else it must only not get the
    value of another exactly); thorough: try several plans and keep the cheapest; is_sound: what may be shown was
    chosen by the rule of k holders already, so that repair alone makes the plan.
    """

    margin: float = 0.0
    insiders: bool = False
    thorough: bool = True
    is_sound: bool = False


# Beyond this many columns, the programs of a plan made by repair alone take minutes.
REPAIR_ALONE_LIMIT = 4_000
# With margin 0, half-width in % under which an interval would be a number for all practical purposes: a large cell
# that only minute ones shelter.
LEAST_WIDTH = 0.001
# Stands among half-widths in % for « by a unit, in whole numbers ».
UNIT = -1.0
# Beyond these, one plan is made: several would take minutes and gain a few hidden cells in a hundred.
THOROUGH, THOROUGH_WITH_MARGIN = 40_000, 6_000


@dataclass(frozen=True)
class Plan:
    """hidden: every column that must not be shown; failures: what stays weak whatever is hidden.

    is_audited: every cell was audited for the plan as it is, none by a direction that a repair found on the way.
    """

    hidden: frozenset[int]
    failures: tuple[Weakness, ...]
    is_audited: bool = False

    def rank(self, system: System) -> tuple[int, float]:
        """Failures, then what the complementary cells cost."""
        return len(self.failures), sum(cost(system, c) for c in sorted(self.hidden - system.primary - system.latent))


def by_size(system: System) -> list[int]:
    """Candidates from the most to the least informative: contributors, then value."""
    return sorted(system.candidates(), key=lambda c: (-system.sizes[c], -abs(system.values[c]), c))


def by_value(system: System) -> list[int]:
    return sorted(system.candidates(), key=lambda c: (-abs(system.values[c]), -system.sizes[c], c))


def eliminate(system: System, order: Sequence[int]) -> set[int]:
    """Columns hidden by the greedy plan: protected, latent and refused."""
    relations = system.restricted(set(range(len(system.values))) - system.known)
    protected = system.primary - system.known
    elimination = Elimination(relations, order, protected, system.owners)
    refused = set()
    for candidate in order:
        if not elimination.publish(candidate):
            refused.add(candidate)
            elimination.forget(candidate)
    return refused | protected | (system.latent - system.known)


def repaired(system: System, hidden: set[int], aim: Aim) -> Plan:
    """Audit and repair in turn; every step only hides more, so what was wide enough stays so."""
    hidden = set(hidden)
    width = aim.margin or LEAST_WIDTH
    audit = IntervalAudit(
        system,
        width,
        insiders=aim.insiders and aim.margin > 0,
        either=not aim.margin,
        primaries=aim.is_sound and aim.margin > 0,
    )
    units = UnitAudit(system)
    hopeless: set[Weakness] = set()
    repair: dict[float, Repair] = {}
    while True:
        weak = exact_disclosures(system, hidden)
        exactly = set(weak)
        if not set(weak) - hopeless:
            weak += audit.narrow(hidden)
        by_unit: set[Weakness] = set()
        if not set(weak) - hopeless:
            by_unit = set(units.stuck(hidden))
            weak += by_unit
        weak = [w for w in weak if w not in hopeless]
        if not weak:
            failures = sorted(hopeless, key=lambda w: (w.column, w.side, str(w.attacker)))
            return Plan(frozenset(hidden), tuple(failures), audit.is_afresh and not hopeless)
        progress = False
        moved: set[tuple[int, int]] = set()
        freed: set[int] = set()
        for weakness in sorted(weak, key=lambda w: (-requirement(system, w.column, width), w.column, w.side)):
            used = 0.0 if weakness in exactly or weakness in by_unit else width
            sides = {(weakness.column, side) for side in ((weakness.side,) if weakness.side else (1, -1))}
            if used and weakness.attacker is None and sides & moved:
                progress = True  # a direction found for another moves it as well
                continue
            if used != width and weakness.attacker is None and weakness.column in freed:
                continue  # by what was hidden for another; the next audit says
            if weakness in by_unit:
                used = UNIT
            if used not in repair:
                repair[used] = Repair(system, hidden, used, whole=weakness in by_unit)
            repair[used].hide(hidden - repair[used].hidden)
            added = repair[used].strengthen(weakness)
            if added is None:
                hopeless.add(weakness)
            elif added:
                progress = True
                hidden |= added
                freed |= repair[used].moves.keys()
            if used == UNIT:
                units.accept(repair[used].moves, weakness.attacker)
            elif used:
                found = audit.accept(repair[used].moves, weakness)
                moved |= found if weakness.attacker is None else set()
        if not progress and not all(w in hopeless for w in weak):
            hopeless |= set(weak)


def polished(system: System, plan: Plan, aim: Aim) -> Plan:
    """The plan again with its own published cells first: cells that repair has made useless come back."""
    order = sorted(by_size(system), key=lambda c: c in plan.hidden)
    again = repaired(system, eliminate(system, order), aim)
    return min(plan, again, key=lambda p: p.rank(system))


def complete_holdings(system: System) -> None:
    """What a lone contributor knows without any publication is its own: the parts of its cells, and what they make up.

    A part that is empty is known too, were it secret for everybody else.
    """
    empty = {column for column in system.known if not system.sizes[column]}
    totals = [next((column for column, weight in row.items() if weight > 0), None) for row in system.relations]
    asked = [
        sum(c != total and c not in empty for c in row) for row, total in zip(system.relations, totals, strict=True)
    ]
    touching: dict[int, list[int]] = {}
    for number, row in enumerate(system.relations):
        for column in row:
            touching.setdefault(column, []).append(number)
    for columns in system.holdings.values():
        waiting = list(columns)
        held: dict[int, int] = {}
        while waiting:
            column = waiting.pop()
            for number in touching.get(column, ()):
                total = totals[number]
                if column != total and column not in empty:
                    held[number] = held.get(number, 0) + 1
                if total in columns:
                    fresh = system.relations[number].keys() - columns
                elif total is not None and held.get(number, 0) == asked[number]:
                    fresh = {total}
                else:
                    continue
                columns.update(fresh)
                waiting += sorted(fresh)


def make_plan(system: System, aim: Aim, progress: Callable[[str], object] | None = None) -> Plan:
    """The cheapest of the plans tried, the first one at equal cost; large systems try fewer of them.

    Elimination in two orders, and repair alone; each is polished. progress is told each plan, in French.
    """
    complete_holdings(system)
    if aim.is_sound:
        plan = repaired(system, (system.primary | system.latent) - system.known, aim)
        return _audited(system, plan, aim)
    columns = len(system.values)
    starts: list[tuple[str, set[int]]] = [("par effectif", eliminate(system, by_size(system)))]
    thorough = aim.thorough and columns <= (THOROUGH_WITH_MARGIN if aim.margin else THOROUGH)
    if thorough:
        other = eliminate(system, by_value(system))
        if other != starts[0][1]:
            starts.append(("par valeur", other))
        if columns <= REPAIR_ALONE_LIMIT:
            starts.append(("au plus juste", (system.primary | system.latent) - system.known))
    plans = []
    for name, hidden in starts:
        plan = repaired(system, hidden, aim)
        if thorough:
            plan = polished(system, plan, aim)
        plans.append(plan)
        if progress:
            more = french.plural(len(plan.hidden - system.primary), "cellule de plus", "cellules de plus")
            progress(f"Plan {name} : {more}.")
    return _audited(system, min(plans, key=lambda plan: plan.rank(system)), aim)


def _audited(system: System, plan: Plan, aim: Aim) -> Plan:
    """The plan, all its cells audited afresh: nothing rests on the directions that repairs found on the way."""
    while not plan.is_audited:
        again = repaired(system, set(plan.hidden), aim)
        if again.hidden == plan.hidden:
            return again
        plan = again
    return plan
