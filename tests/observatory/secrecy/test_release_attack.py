"""The attack breaks what a naive suppression leaks, and leaves a good one alone."""

import random
from dataclasses import replace

import pytest

from senacs.disclosure.fates import PUBLISHED, SHELTER, Fate, Status
from senacs.observatory.secrecy.memberships import GroupingKey
from senacs.observatory.secrecy.protected_blocks import make_blocks
from senacs.observatory.secrecy.release_attack import audit_release
from senacs.observatory.secrecy.verdict import Outcome, solve
from tests.observatory.secrecy.test_protected_blocks import PLAN, TOTAL, units

FRAME = units({"01": (8, 3), "02": (9, 7), "03": (9, 8)})


def naive(outcome: Outcome) -> Outcome:
    """Only what its own rule hides stays hidden."""
    return replace(
        outcome,
        fates={
            variable: {cell: fate if fate.status is Status.PRIMARY else PUBLISHED for cell, fate in cells.items()}
            for variable, cells in outcome.fates.items()
        },
    )


def test_naive_suppression_is_broken() -> None:
    block = make_blocks(FRAME, TOTAL, PLAN).blocks[0]
    audit = audit_release([block], [naive(solve(block))])
    assert audit.attacked == 1
    assert audit.failures == ("etp : departement×kind 01 × EVS se calcule exactement",)


def test_protected_block_holds() -> None:
    block = make_blocks(FRAME, TOTAL, PLAN).blocks[0]
    audit = audit_release([block], [solve(block)])
    assert (audit.attacked, audit.failures) == (1, ())


def test_zero_total_gives_its_parts_away() -> None:
    """A published zero says that every hidden part is zero, which no independence of equations tells."""
    frame = units({"01": (8, 3), "02": (9, 3)}, x=[*[5.0] * 8, 0.0, 0.0, 0.0, *[7.0] * 9, 0.0, 0.0, 0.0])
    block = make_blocks(frame, TOTAL, PLAN).blocks[0]
    outcome = solve(block)
    leaking = {
        variable: cells | {(GroupingKey("france×kind"), ("FR", "EVS")): PUBLISHED}
        for variable, cells in outcome.fates.items()
    }
    audit = audit_release([block], [replace(outcome, fates=leaking)])
    assert len(audit.failures) == 2


def test_lone_respondent_does_not_subtract_itself() -> None:
    """Two hidden cells that only hide each other: the one who is alone in the first computes the second."""
    frame = units({"01": (8, 1), "02": (9, 2), "03": (9, 8)})
    block = make_blocks(frame, TOTAL, PLAN).blocks[0]
    outcome = solve(block)
    crossed, alone = GroupingKey("departement×kind"), GroupingKey("departement")
    hidden = {(crossed, ("01", "EVS")), (crossed, ("02", "EVS")), (alone, ("01",)), (alone, ("02",))}
    guilty = {
        variable: {
            cell: (Fate(Status.PRIMARY) if cell[0] == crossed else SHELTER) if cell in hidden else PUBLISHED
            for cell in cells
        }
        for variable, cells in outcome.fates.items()
    }
    audit = audit_release([block], [replace(outcome, fates=guilty)])
    assert any("pour qui est seul dans departement×kind 01 × EVS" in failure for failure in audit.failures)
    assert audit_release([block], [outcome]).failures == ()


@pytest.mark.parametrize("seed", range(5))
def test_random_campaigns_hold(seed: int) -> None:
    draw = random.Random(seed)
    shape = {f"{i:02}": (draw.randint(0, 12), draw.randint(0, 9)) for i in range(1, 9)}
    number = sum(sum(pair) for pair in shape.values())
    frame = units(shape, x=[float(int(draw.lognormvariate(3, 1.5))) * draw.randint(0, 1) for _ in range(number)])
    block = make_blocks(frame, TOTAL, PLAN).blocks[0]
    assert audit_release([block], [solve(block)]).failures == ()
