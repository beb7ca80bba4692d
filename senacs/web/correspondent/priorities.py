"""Why a response comes first in a correspondent's list, and where the review may stop, told in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.queries import responses_followed_by
from senacs.lib import french
from senacs.observatory.plausibility.explanations import plausibility_settings
from senacs.questionnaire.engine.schema import Field
from senacs.review.last_reading import held_totals, is_last
from senacs.review.models import DoubtfulCell
from senacs.review.queries import Residual, was_rechecked

# Below, « 0,0 % » would tell nothing.
LEAST_TOLD = 0.05
NOT_YET = "Les valeurs atypiques de cette campagne n’ont pas encore été recherchées : la liste suit les seules règles."


@dataclass(frozen=True, slots=True)
class RankedResponse:
    """One line of the list: the response, and why it stands where it does ("" when nothing is doubted).

    `seal` tells what the line was made from where the response can be validated from the list, else it is empty.
    """

    response: Response
    reason: str
    seal: str


def ranked(
    responses: Iterable[Response],
    worst: Mapping[int, DoubtfulCell],
    fields: Mapping[str, Field],
    seals: Mapping[int, str],
) -> list[RankedResponse]:
    return [RankedResponse(r, reason_of(worst.get(r.pk), fields), seals.get(r.pk, "")) for r in responses]


def reason_of(cell: DoubtfulCell | None, fields: Mapping[str, Field]) -> str:
    """« Budget total : jusqu’à 12 % du total départemental »."""
    if cell is None or cell.code not in fields:
        return ""
    label = fields[cell.code].label
    if not cell.key or cell.share < LEAST_TOLD:
        return french.spaced(f"{label} : sans effet sur les totaux publiés")
    total = fields[cell.key].label if cell.key in fields and cell.key != cell.code else ""
    of = f"du total départemental « {total} »" if total else "du total départemental"
    return french.spaced(f"{label} : jusqu’à {_percent(cell.share)} {of}")


def told(residual: Residual, fields: Mapping[str, Field]) -> str:
    """The residual in one sentence."""
    limit = french.percent(residual.stop_at)
    if residual.is_enough:
        return f"Ce qui reste ne peut plus déplacer aucun total publié de plus de {limit}."
    label = fields[residual.key].label if residual.key in fields else residual.key
    cells = french.plural(residual.needed, "valeur douteuse", "valeurs douteuses")
    return french.spaced(
        f"Ce qui reste peut encore déplacer le total « {label} » d’un département de {_percent(residual.percent)}. "
        f"Voir {cells}, dans l’ordre de la liste, suffit à ramener chaque total sous {limit}."
    )


@dataclass(frozen=True, slots=True)
class LastLine:
    """« Budget total : 12 % du total du département tiennent à des valeurs douteuses », and where to see them."""

    text: str
    links: list[tuple[str, str]]
    others: int  # cells of structures that this person does not follow, or beyond the first ones


FIRST_CELLS = 5


def last_reading(response: Response, fields: Mapping[str, Field], user: User) -> list[LastLine] | None:
    """What stands before the last validation of a département; None when others wait still, or none was looked for."""
    if not is_last(response) or not was_rechecked(response.campaign):
        return None
    gates = plausibility_settings()
    totals = held_totals(response, together=gates.together["departement"], alone=gates.alone)
    concerned = {cell.response_id for total in totals for cell in total.cells}
    followed = set(responses_followed_by(user).filter(pk__in=concerned).values_list("pk", flat=True))
    lines = []
    for total in totals:
        shown = [cell for cell in total.cells if cell.response_id in followed and cell.code in fields][:FIRST_CELLS]
        links = [
            (
                f"{cell.response.invited.name}, {french.inside(fields[cell.code].label)}",
                f"{reverse('suivi_response', args=[cell.response_id])}#champ-{cell.code}",
            )
            for cell in shown
        ]
        label = fields[total.key].label if total.key in fields else total.key
        doubts = french.plural(len(total.cells), "réponse douteuse", "réponses douteuses")
        text = f"« {label} » : {_percent(total.percent)} du total du département, à cause de {doubts}"
        lines.append(LastLine(french.spaced(text), links, len(total.cells) - len(links)))
    return lines


def _percent(value: float) -> str:
    if value > 100:
        return "plus de " + french.percent(100)
    return french.percent(value, 1 if value < 10 else 0)
