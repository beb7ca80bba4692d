"""One protection and one attack of sheets, read from files or from the rows of a program: the same for both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from senacs.disclosure.attacker.attack import AttackedCell, attack
from senacs.disclosure.attacker.readers_view import build_view, know
from senacs.disclosure.attacker.rule_attack import exposed_cells, find_primaries
from senacs.disclosure.csv_sheets import CsvSheet
from senacs.disclosure.csv_tables import check_columns, read_status, table_of
from senacs.disclosure.protection import protect
from senacs.disclosure.specification import Specification
from senacs.disclosure.tables import KnownCell, Protection
from senacs.lib import french

Progress = Callable[[str], object]


@dataclass(frozen=True)
class Attack:
    """What a reader finds: every hidden cell with its interval, then what lone contributors find; exposed: cells that
    are shown although a rule hides them, with the rule in French. holds: nothing is found that should not be."""

    cells: tuple[AttackedCell, ...]
    exposed: tuple[tuple[tuple[str, ...], str], ...]
    holds: bool

    @property
    def summary(self) -> str:
        """In French, one line."""
        narrow = sum(cell.narrow for cell in self.cells)
        told = [
            french.plural(sum(not cell.by for cell in self.cells), "cellule masquée", "cellules masquées"),
            french.plural(narrow, "intervalle trop étroit", "intervalles trop étroits"),
        ]
        if self.exposed:
            shown = "cellule publiée malgré une règle", "cellules publiées malgré une règle"
            told.append(french.plural(len(self.exposed), *shown))
        return f"{', '.join(told)}."


def protect_sheets(
    specification: Specification, sheets: Sequence[CsvSheet], known: Sequence[KnownCell], progress: Progress
) -> Protection:
    tables = [table_of(specification, sheet) for sheet in sheets]
    check_columns(specification, sheets)
    return protect(
        tables,
        specification.dimensions,
        specification.rules,
        margin=specification.margin,
        insiders=specification.insiders,
        already_published=known,
        counts=specification.counts,
        negative=specification.negative,
        progress=progress,
    )


def attack_sheets(
    specification: Specification,
    sheets: Sequence[CsvSheet],
    protected: Sequence[CsvSheet],
    known: Sequence[KnownCell],
    progress: Progress,
) -> Attack:
    """sheets: the true ones; protected: what is shown of each, in the same order."""
    true = [table_of(specification, sheet) for sheet in sheets]
    check_columns(specification, sheets)
    rules, counts = specification.rules, specification.counts
    view = build_view(
        true,
        specification.dimensions,
        [read_status(specification, sheet) for sheet in protected],
        known,
        counts=counts,
        empty_known=rules.zero_published,
    )
    find_primaries(view, true, rules, counts=counts)
    know(view, counts=counts, empty_known=rules.zero_published, negative=specification.negative)
    exposed = exposed_cells(view, true, rules, counts=counts)
    cells = attack(view, margin=specification.margin, insiders=specification.insiders, progress=progress)
    holds = not any(cell.narrow for cell in cells) and not (exposed and specification.has_rules)
    return Attack(tuple(cells), tuple(exposed), holds)
