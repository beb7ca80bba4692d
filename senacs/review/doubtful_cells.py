"""When a doubtful cell is settled: nobody has anything left to say about it."""

from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import DoubtfulCell, Flag

_SETTLED = {FlagState.ACCEPTED, FlagState.WAIVED, FlagState.RESOLVED}


def settle_cells(response: Response) -> None:
    """Brings `settled_at` of the response's doubtful cells to what its flags and its validation say now."""
    changed = settle(list(response.doubtful_cells.all()), flags=list(response.flags.all()), response=response)
    DoubtfulCell.objects.bulk_update(changed, ["settled_at"])


def settle(cells: list[DoubtfulCell], *, flags: list[Flag], response: Response) -> list[DoubtfulCell]:
    """The same on rows in memory, not saved; gives those that changed.

    An information settles nothing and unsettles nothing by itself once the response is validated.
    """
    states = {flag.rule_code: flag for flag in flags}
    validated_at = response.validated_at if response.state == ResponseState.VALIDATED else None
    now, changed = clock.now(), []
    for cell in cells:
        of_cell = [states[code] for code in cell.flags if code in states]
        is_settled = all(flag.state in _SETTLED for flag in of_cell)
        # Validated in knowledge of it; what a later check raised waits for somebody's eye.
        is_settled = is_settled or (validated_at is not None and cell.raised_at <= validated_at)
        is_settled = is_settled or (
            validated_at is not None and all(flag.severity == FlagSeverity.INFORMATION for flag in of_cell)
        )
        if is_settled != (cell.settled_at is not None):
            cell.settled_at = now if is_settled else None
            changed.append(cell)
    return changed
