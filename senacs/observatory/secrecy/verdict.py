"""Verdict: the fate of every cell of a block, by disclosure control, and the words in which readers are told why."""

from collections.abc import Mapping
from dataclasses import dataclass

from senacs.disclosure import fates
from senacs.disclosure.contributors import Contributors, protect_contributors
from senacs.disclosure.fates import Fate, Reason, Status
from senacs.observatory.secrecy.memberships import NOW
from senacs.observatory.secrecy.protected_blocks import Block, BlockCell

TOO_DETAILED = Fate(Status.COMPLEMENTARY, Reason.TOO_DETAILED)


@dataclass(frozen=True)
class Outcome:
    """The fate of each cell by variable; what could not be protected, in French."""

    fates: Mapping[str, Mapping[BlockCell, Fate]]
    failures: tuple[str, ...]


def solve(block: Block) -> Outcome:
    """Protects one block; picklable, for a process of its own. Disclosure control knows groupings by their words."""
    key = {str(name): name for name in block.groupings}
    answer = protect_contributors(
        Contributors(block.holders, {str(name): column for name, column in block.groupings.items()}),
        block.variables,
        block.rules,
        margin=block.margin,
        identities=block.identities,
        already_published={
            variable: frozenset((str(name), label) for name, label in cells)
            for variable, cells in block.already_published.items()
        },
        closed=frozenset(map(str, block.closed)),
        consenting=frozenset(map(str, block.consenting)),
        counted=block.counted,
        later=tuple(map(str, block.later)),
    )
    return Outcome(
        {
            variable: _withheld(block, variable)
            | {
                (key[name], label): found.fate
                for (name, label), found in cells.items()
                if isinstance(label, tuple)
                and key[name].epoch == NOW
                # Nothing shows a rest; one that a rule protects is a target of the attack.
                and (key[name] not in block.closed or found.status is Status.PRIMARY)
            }
            for variable, cells in answer.outcomes.items()
        },
        tuple(f"{block.title} : {failure}" for failure in answer.failures),
    )


def public_words(fate: Fate, people: str = "répondants indépendants") -> str:
    """What readers are told: the rule, never the number of contributors."""
    return f"moins de {fate.figures[0]} {people}" if fate.reason is Reason.FEW else fates.words(fate)


def _withheld(block: Block, variable: str) -> dict[BlockCell, Fate]:
    return {
        (name, label): TOO_DETAILED
        for name, column in block.withheld.items()
        for label, value in zip(column, block.variables[variable], strict=True)
        if label is not None and value is not None
    }
