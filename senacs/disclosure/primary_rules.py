"""Primary rules: which cells say too much about their own contributors, and the reason in French."""

from collections.abc import Sequence
from fractions import Fraction

from senacs.disclosure.tables import Rules, SpecificationError
from senacs.lib import french

Number = int | float | Fraction


def primary_reason(
    rules: Rules, *, n: int | None, value: Number, largest: Sequence[Number | None], respondents: int | None = None
) -> str:
    """The French reason for which a cell must be hidden by itself, "" when it need not be.

    n: contributors, holders counted once (None: unknown, no threshold); value: total of the cell; largest: its largest
    contributions, descending, as many as are known; respondents: for a count of « oui », those who answered.
    """
    if n == 0 or (n is None and value == 0):
        return "" if rules.zero_published else "cellule vide, dont l’absence est confidentielle"
    if rules.threshold is not None and n is not None and n < rules.threshold:
        return f"moins de {french.plural(rules.threshold, 'contributeur')}"
    if rules.extremes and respondents and value in (0, respondents):
        return "tous les répondants ont donné la même réponse"
    known = sorted((abs(Fraction(x)) for x in largest if x is not None), reverse=True)
    total = abs(Fraction(value))
    if not total or not known:
        return ""
    for count, share in rules.dominance:
        if len(known) < len(largest) and len(known) < min(count, n or count):
            continue
        top = sum(known[:count], Fraction(0))
        if top * 100 > Fraction(str(share)) * total:
            who = "le premier contributeur fait" if count == 1 else f"les {count} premiers contributeurs font"
            return f"{who} plus de {french.with_unit(share, '%')} du total"
    if rules.p_percent is not None and (len(known) >= 2 or n == 1):
        rest = total - sum(known[:2], Fraction(0))
        if rest * 100 < Fraction(str(rules.p_percent)) * known[0]:
            return f"le premier contributeur peut être estimé à moins de {french.with_unit(rules.p_percent, '%')} près"
    return ""


def check_rules(rules: Rules, *, has_count: bool, largest: int) -> None:
    """Raises SpecificationError when a rule needs a figure that the tables do not carry."""
    if rules.threshold is not None and not has_count:
        raise SpecificationError(
            "La règle « threshold » compte des contributeurs : indiquez leur colonne par « frequency », "
            "ou retirez la règle."
        )
    for count, share in rules.dominance:
        if count < 1 or not 0 < share <= 100:
            raise SpecificationError(f"Règle de dominance impossible : [{count}, {share}].")
        if count > largest:
            raise SpecificationError(
                f"La règle de dominance [{count}, {share}] demande {french.plural(count, 'colonne')} dans « largest », "
                f"il y en a {largest}."
            )
    if rules.p_percent is not None and largest < 2:
        raise SpecificationError("La règle « p_percent » demande deux colonnes dans « largest ».")
