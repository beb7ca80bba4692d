"""Rows that contradict themselves, refused before anything is protected: what is wrong in them would be wrong after."""

from fractions import Fraction

from senacs.disclosure.linked_tables import decimals
from senacs.disclosure.specification import Specification
from senacs.disclosure.tables import Cell, SpecificationError
from senacs.lib import french


def refuse_contradictions(specification: Specification, cell: Cell, where: str) -> None:
    """Raises SpecificationError (French, with the column) when the figures of a row cannot all be true.

    where: file and line. Each figure may be rounded by half a unit of its last decimal.
    """
    n, value = cell.n, cell.value
    if n is not None and cell.waived > n:
        _refuse(where, specification.waived, f"{cell.waived} renoncent au secret, sur {_people(n)}")
    if n is not None and cell.holders is not None and len(cell.holders) > n:
        _refuse(where, specification.holders, f"{len(cell.holders)} détenteurs pour {_people(n)}")
    if value is None:
        return
    if value < 0 and not specification.negative:
        _refuse(
            where,
            specification.value,
            f"{_plain(value)} est négatif. Si des valeurs peuvent l’être, dites-le (« negative: true »)",
        )
    if n == 0 and value:
        _refuse(where, specification.value, f"{_plain(value)} sans aucun contributeur")
    known = [(name, x) for name, x in zip(specification.largest, cell.largest, strict=True) if x is not None]
    if n == 0:
        for name, x in known:
            if x:
                _refuse(where, name, f"{_plain(x)} dans une cellule sans contributeur")
        return
    if specification.negative or not known:
        return
    _refuse_largest(specification, cell, where, value, known)


def _refuse_largest(
    specification: Specification, cell: Cell, where: str, value: Fraction, known: list[tuple[str, Fraction]]
) -> None:
    n = cell.n
    half = max(_half(x) for x in (value, *(x for _, x in known)))
    rounded = 0 if len({decimals(x) for x in (value, *(x for _, x in known))}) == 1 else half
    before: Fraction | None = None
    for name, x in known:
        if x < 0:
            _refuse(where, name, f"{_plain(x)} est négatif")
        if x > value + rounded:
            _refuse(where, name, f"{_plain(x)} dépasse le total de la cellule ({_plain(value)})")
        if before is not None and x > before:
            _refuse(where, name, f"{_plain(x)} dépasse la contribution précédente ({_plain(before)})")
        before = x
    name, first = known[0]
    together, room = sum((x for _, x in known), Fraction(0)), half * (len(known) + 1)
    if together > value + room:
        _refuse(where, known[-1][0], f"les contributions font {_plain(together)}, plus que le total ({_plain(value)})")
    if n is None or None in cell.largest[: min(n, len(cell.largest))]:
        return
    if n <= len(cell.largest) and together < value - room:
        _refuse(where, name, f"{_people(n)} font {_plain(together)}, et le total est {_plain(value)}")
    if n * (first + half) < value - half:
        _refuse(where, name, f"{_people(n)} d’au plus {_plain(first)} ne font pas {_plain(value)}")


def _half(x: Fraction) -> Fraction:
    return Fraction(1, 2 * 10 ** decimals(x))


def _people(n: int) -> str:
    return french.plural(n, "contributeur")


def _plain(value: Fraction) -> str:
    return french.number(int(value)) if value.denominator == 1 else f"{float(value):.12g}".replace(".", ",")


def _refuse(where: str, column: str | None, said: str) -> None:
    raise SpecificationError(f"{where}, colonne « {column} » : {said}.")
