"""Fates: what becomes of a cell and why, as words of code; French is written last, by `words`."""

from dataclasses import dataclass
from enum import StrEnum

from senacs.lib import french


class Status(StrEnum):
    """A cell is shown, hidden by a rule on its own contributors, or hidden to shelter others."""

    PUBLISHED = "published"
    PRIMARY = "primary"
    COMPLEMENTARY = "complementary"


class Reason(StrEnum):
    """Why a cell is hidden; `figures` of its fate are told in brackets."""

    NONE = ""
    EMPTY = "empty"
    FEW = "few"  # (threshold,)
    UNANIMOUS = "unanimous"
    DOMINANT = "dominant"  # (how many of the largest, percent)
    CLOSE = "close"  # (percent,)
    CHANGED = "changed"  # (contributors since the last publication,), empty when nobody knows
    SHELTER = "shelter"
    # Those of a whole publication, beyond one call of disclosure control.
    TOO_DETAILED = "too_detailed"
    SURROUNDED = "surrounded"
    UNPROTECTED = "unprotected"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a cell."""

    status: Status
    reason: Reason = Reason.NONE
    figures: tuple[int | float, ...] = ()

    @property
    def is_published(self) -> bool:
        return self.status is Status.PUBLISHED


PUBLISHED = Fate(Status.PUBLISHED)
SHELTER = Fate(Status.COMPLEMENTARY, Reason.SHELTER)


def words(fate: Fate) -> str:
    """In French, the rule that hides the cell and never how many contribute to it; "" for a cell that is shown."""
    match fate.reason:
        case Reason.NONE:
            return ""
        case Reason.EMPTY:
            return "cellule vide, dont l’absence est confidentielle"
        case Reason.FEW:
            return f"moins de {french.plural(int(fate.figures[0]), 'contributeur')}"
        case Reason.UNANIMOUS:
            return "tous les répondants ont donné la même réponse"
        case Reason.DOMINANT:
            count, share = fate.figures
            who = "le premier contributeur fait" if count == 1 else f"les {count} premiers contributeurs font"
            return f"{who} plus de {french.with_unit(share, '%')} du total"
        case Reason.CLOSE:
            percent = french.with_unit(fate.figures[0], "%")
            return f"le premier contributeur peut être estimé à moins de {percent} près"
        case Reason.CHANGED:
            moved = [french.plural(int(count), "contributeur") for count in fate.figures]
            said = moved[0] if moved else "on ignore combien de contributeurs"
            return f"la différence avec la publication précédente révélerait ce qui a changé ({said})"
        case Reason.SHELTER:
            return "protège d’autres cellules, qui se déduiraient par différence"
        case Reason.TOO_DETAILED:
            return "non publié à ce niveau de détail, pour protéger un total et toutes ses parties"
        case Reason.SURROUNDED:
            return "protège une réponse que des chiffres déjà connus entourent"
        case Reason.UNPROTECTED:
            return "rien de ce qui pourrait être masqué ne suffirait à le protéger"
