"""Disclosure control of tables: what must be hidden so that no reader computes a protected cell. Knows no Django.

Ways in: `protect` and `attack` (rows in, rows out: `functions`), `commands` (files), `protection.protect` (tables and
rules), `contributors.protect_contributors` (one row a contributor). `tables` and `system` hold the words, `suppression`
the plan, `exact_audit`, `margin_audit` and `unit_audit` its proof; `attacker` is the reader who tries to compute what
is hidden, and who shares nothing with the protection.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senacs.disclosure.functions import attack, protect
    from senacs.disclosure.tables import SpecificationError

__all__ = ["SpecificationError", "attack", "protect"]


def __getattr__(name: str) -> Any:
    """The solver is loaded by who protects or attacks, not by every page that says a cell is hidden."""
    if name == "SpecificationError":
        from senacs.disclosure.tables import SpecificationError

        return SpecificationError
    if name in __all__:
        from senacs.disclosure import functions

        return getattr(functions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
