"""When a doubtful cell is settled: nobody has anything left to say about it."""

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.enums import FlagState, Severity
from senacs.review.models import DoubtfulCell

_SETTLED = {FlagState.ACCEPTED, FlagState.WAIVED, FlagState.RESOLVED}


def settle_cells(response: Response) -> None:
    """Brings `settled_at` of the response's doubtful cells to what its flags and its validation say now.

    An information settles nothing and unsettles nothing by itself once the response is validated.
    """
    states = {flag.rule_code: flag for flag in response.flags.all()}
    validated_at = response.validated_at if response.state == ResponseState.VALIDATED else None
    now, changed = clock.now(), []
    for cell in response.doubtful_cells.all():
        flags = [states[code] for code in cell.flags if code in states]
        is_settled = all(flag.state in _SETTLED for flag in flags)
        # Validated in knowledge of it; what a later check raised waits for somebody's eye.
        is_settled = is_settled or (validated_at is not None and cell.raised_at <= validated_at)
        is_settled = is_settled or (
            validated_at is not None and all(flag.severity == Severity.INFORMATION for flag in flags)
        )
        if is_settled != (cell.settled_at is not None):
            cell.settled_at = now if is_settled else None
            changed.append(cell)
    DoubtfulCell.objects.bulk_update(changed, ["settled_at"])
