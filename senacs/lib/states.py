"""State tables: transitions as data, looked up by one door, written out for the documentation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from senacs.lib.refusals import Refused


@dataclass(frozen=True, slots=True)
class Transition:
    """From any of `sources` to `target`. `roles` may do it; `label` is French."""

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    label: str
    needs_reason: bool = False


def find(transitions: Iterable[Transition], name: str, *, current: str, current_label: str, reason: str) -> Transition:
    """The transition `name`, if it leaves from `current`; Refused otherwise, or without the reason it needs."""
    transition = next(t for t in transitions if t.name == name)
    if current not in transition.sources:
        raise Refused(f"« {transition.label} » n’est pas possible : l’état actuel est « {current_label} ».")
    if transition.needs_reason and not reason.strip():
        raise Refused(f"« {transition.label} » demande un motif.")
    return transition


def reachable(transitions: Iterable[Transition], start: str) -> set[str]:
    """Every state that some path of transitions reaches from `start`, itself included."""
    table = tuple(transitions)
    seen = {start}
    while True:
        found = {t.target for t in table if t.sources & seen} - seen
        if not found:
            return seen
        seen |= found


def describe(title: str, transitions: Iterable[Transition], labels: Mapping[str, str], roles: Mapping[str, str]) -> str:
    """One table of states in Markdown; `labels` and `roles` give the French name of each state and role.

    A transition without a role is made by the software itself.
    """
    lines = [
        f"## {title}",
        "",
        "States: " + ", ".join(f"{label} (`{value}`)" for value, label in labels.items()) + ".",
        "",
        "| transition | from | to | by | reason |",
        "|---|---|---|---|---|",
    ]
    for transition in transitions:
        sources = ", ".join(label for value, label in labels.items() if value in transition.sources)
        actors = ", ".join(label for value, label in roles.items() if value in transition.roles) or "the software"
        reason = "required" if transition.needs_reason else ""
        name = f"{transition.label} (`{transition.name}`)"
        lines.append(f"| {name} | {sources} | {labels[transition.target]} | {actors} | {reason} |")
    return "\n".join(lines) + "\n"
