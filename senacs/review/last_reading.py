"""What is doubtful in a département when its last response is validated: totals that doubts move, and their cells.

The rule is that of a release (doubt × influence, data/plausibility.yaml), on the cells of the control: nobody has
settled them, and together they move a key total by more than a release of the département would bear.
"""

from collections import defaultdict
from dataclasses import dataclass

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.review.models import DoubtfulCell

# Sent and not validated: what its correspondents still wait for; a draft may never come.
WAITING = (ResponseState.SUBMITTED, ResponseState.RETURNED)


@dataclass(frozen=True, slots=True)
class HeldTotal:
    """A key total that unsettled cells move by `percent` together; the cells, heaviest first, one a response."""

    key: str
    percent: float
    cells: tuple[DoubtfulCell, ...]


def is_last(response: Response) -> bool:
    """Whether validating it leaves no sent response of its département unvalidated."""
    others = Response.objects.filter(
        campaign=response.campaign_id,
        invited__departement_code=response.invited.departement_code,
        state__in=WAITING,
    )
    return not others.exclude(pk=response.pk).exists()


def held_totals(response: Response, *, together: float, alone: float) -> list[HeldTotal]:
    """The key totals of the response's département that doubts still move by more, the most moved first."""
    cells = (
        DoubtfulCell.objects.unsettled()
        .filter(
            response__campaign=response.campaign_id,
            response__invited__departement_code=response.invited.departement_code,
            score__gt=0,
        )
        .select_related("response__invited")
        .order_by("-score", "response_id", "code")
    )
    # The larger of a total and its part counts, not their sum.
    heaviest: dict[str, dict[int, tuple[float, DoubtfulCell]]] = defaultdict(dict)
    for cell in cells:
        for key, share in cell.moves.items():
            if share > heaviest[key].get(cell.response_id, (0.0, cell))[0]:
                heaviest[key][cell.response_id] = (share, cell)
    found = []
    for key, by_response in heaviest.items():
        ranked = sorted(by_response.values(), key=lambda pair: (-pair[0], pair[1].response_id))
        moved = sum(share for share, _ in ranked)
        if moved > together or (ranked and ranked[0][0] > alone):
            found.append(HeldTotal(key, moved, tuple(cell for _, cell in ranked)))
    return sorted(found, key=lambda total: (-total.percent, total.key))
