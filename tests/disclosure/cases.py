"""Small tables that the tests of disclosure control share, and the shortest way to write and attack them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from senacs.disclosure.attacker.attack import AttackedCell, attack
from senacs.disclosure.attacker.readers_view import build_view, know
from senacs.disclosure.fates import Status
from senacs.disclosure.tables import Cell, Dimension, KnownCell, ProtectedTable, Rules, Table

# Only the number of contributors counts: what the examples are about.
FEW = Rules(threshold=3, dominance=())


def cell(key: str, n: int | None, value: float | None = None, *largest: float) -> Cell:
    """`cell("A x", 3, 12)`: codes are apart by a space."""
    return Cell(
        tuple(key.split()),
        n,
        None if value is None else Fraction(str(value)),
        tuple(Fraction(str(x)) for x in largest),
    )


def table(name: str, dimensions: str, *cells: Cell) -> Table:
    return Table(name, tuple(dimensions.split()), cells)


def grid(name: str, dimensions: str, figures: dict[str, tuple[int, float]]) -> Table:
    return table(name, dimensions, *(cell(key, n, value) for key, (n, value) in figures.items()))


def statuses(protected: ProtectedTable) -> dict[str, Status]:
    return {" ".join(c.key): c.status for c in protected.cells}


def hidden(protected: ProtectedTable) -> set[str]:
    return {key for key, status in statuses(protected).items() if status != Status.PUBLISHED}


def attacked(
    tables: Sequence[Table],
    dimensions: Sequence[Dimension],
    protected: Iterable[ProtectedTable],
    *,
    margin: float = 0.0,
    known: Sequence[KnownCell] = (),
    counts: bool = False,
    insiders: bool = False,
) -> list[AttackedCell]:
    """The attacker's findings on protected tables."""
    rows = [
        [
            (
                dict(zip(p.dimensions, c.key, strict=True)),
                c.status == Status.PRIMARY,
                (Fraction(c.n or 0) if counts else c.value) if c.status == Status.PUBLISHED else None,
            )
            for c in p.cells
        ]
        for p in protected
    ]
    view = build_view(tables, dimensions, rows, known, counts=counts, empty_known=True)
    negative = any(value < 0 for value in view.truth.values())
    know(view, counts=counts, empty_known=True, negative=negative)
    return attack(view, margin=margin, insiders=insiders)


def leaks(*args: object, **options: object) -> list[AttackedCell]:
    return [found for found in attacked(*args, **options) if found.narrow]  # type: ignore[arg-type]


def naive(tables: Sequence[Table], threshold: int = 3) -> list[ProtectedTable]:
    """What a hurried statistician does: hides the small cells and nothing else."""
    from senacs.disclosure.tables import ProtectedCell

    return [
        ProtectedTable(
            t.name,
            t.dimensions,
            tuple(
                ProtectedCell(
                    c.key, Status.PRIMARY if 0 < (c.n or 0) < threshold else Status.PUBLISHED, "", c.n, c.value
                )
                for c in t.cells
            ),
        )
        for t in tables
    ]
