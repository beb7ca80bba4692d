"""The plan of suppression of one system: elimination first, then audit and repair until nothing is weak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from senacs.observatory.disclosure.bounds import Weakness, exact_disclosures
from senacs.observatory.disclosure.elimination import Elimination
from senacs.observatory.disclosure.intervals import narrow_intervals
from senacs.observatory.disclosure.model import System
from senacs.observatory.disclosure.repair import Repair, cost


@dataclass(frozen=True)
class Plan:
    """hidden: every column that must not be shown; failures: what stays weak whatever is hidden."""

    hidden: frozenset[int]
    failures: tuple[Weakness, ...]

    def price(self, system: System) -> float:
        shown = system.primary | system.latent
        return sum(cost(system, c) for c in sorted(self.hidden - shown))


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


def weaknesses(system: System, hidden: set[int], margin: float) -> list[Weakness]:
    """Every hidden column whose interval is too narrow for somebody."""
    return exact_disclosures(system, hidden) or (narrow_intervals(system, hidden, margin) if margin else [])


def repaired(system: System, hidden: set[int], margin: float) -> Plan:
    """Audit and repair in turn; every step only hides more, so what was wide enough stays so."""
    hidden = set(hidden)
    hopeless: set[Weakness] = set()
    repair: dict[float, Repair] = {}
    while True:
        weak = [w for w in weaknesses(system, hidden, margin) if w not in hopeless]
        if not weak:
            return Plan(frozenset(hidden), tuple(sorted(hopeless, key=lambda w: (w.column, w.side, str(w.attacker)))))
        progress = False
        for weakness in weak:
            used = margin if weakness.side else 0.0
            if used not in repair:
                repair[used] = Repair(system, hidden, used)
            repair[used].hide(hidden - repair[used].hidden)
            added = repair[used].strengthen(weakness)
            if added is None:
                hopeless.add(weakness)
            elif added:
                progress = True
                hidden |= added
        if not progress and not all(w in hopeless for w in weak):
            hopeless |= set(weak)


def make_plan(system: System, margin: float) -> Plan:
    """The cheapest of the plans tried; the first one wins a tie."""
    orders: list[Callable[[System], list[int]]] = [by_size, by_value]
    plans = []
    tried: list[list[int]] = []
    for order in orders:
        candidates = order(system)
        if candidates not in tried:
            tried.append(candidates)
            plans.append(repaired(system, eliminate(system, candidates), margin))
    return min(plans, key=lambda plan: (len(plan.failures), plan.price(system)))
