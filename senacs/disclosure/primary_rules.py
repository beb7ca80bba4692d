"""Primary rules: which cells say too much about their own contributors, and by which rule."""

from collections.abc import Sequence
from fractions import Fraction

from senacs.disclosure.fates import PUBLISHED, Fate, Reason, Status
from senacs.disclosure.tables import Rules, SpecificationError
from senacs.lib import french

Number = int | float | Fraction


def primary_fate(
    rules: Rules, *, n: int | None, value: Number, largest: Sequence[Number | None], respondents: int | None = None
) -> Fate:
    """Hidden by a rule on the cell itself, or published as far as the cell itself goes.

    n: contributors, holders counted once (None: unknown, no threshold); value: total of the cell; largest: its largest
    contributions, descending, as many as are known; respondents: for a count of « oui », those who answered.
    """
    if n == 0 or (n is None and value == 0):
        return PUBLISHED if rules.zero_published else Fate(Status.PRIMARY, Reason.EMPTY)
    if rules.threshold is not None and n is not None and n < rules.threshold:
        return Fate(Status.PRIMARY, Reason.FEW, (rules.threshold,))
    if rules.extremes and respondents and value in (0, respondents):
        return Fate(Status.PRIMARY, Reason.UNANIMOUS)
    known = sorted((abs(Fraction(x)) for x in largest if x is not None), reverse=True)
    total = abs(Fraction(value))
    if not total or not known:
        return PUBLISHED
    for count, share in rules.dominance:
        if len(known) < len(largest) and len(known) < min(count, n or count):
            continue
        top = sum(known[:count], Fraction(0))
        if top * 100 > Fraction(str(share)) * total:
            return Fate(Status.PRIMARY, Reason.DOMINANT, (count, share))
    if rules.p_percent is not None and (len(known) >= 2 or n == 1):
        rest = total - sum(known[:2], Fraction(0))
        if rest * 100 < Fraction(str(rules.p_percent)) * known[0]:
            return Fate(Status.PRIMARY, Reason.CLOSE, (rules.p_percent,))
    return PUBLISHED


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
