"""Five releases of one campaign, corrected and completed: read together by the attacker from outside, nothing is found.

The worlds below are those in which an earlier protector was caught; `python -m bench.campaigns` draws a thousand.
"""

import pytest

from senacs.disclosure.attacker.outside.league import OUTSIDER
from senacs.observatory.secrecy import protected_blocks
from tests.observatory.secrecy.campaigns import examined

# A total of three after a correction of another funder; numbers of answers; figures that a correction nearly gives.
CAUGHT = (20, 25, 5)


@pytest.mark.parametrize("seed", CAUGHT)
def test_five_releases_together_give_nobody_away(seed: int) -> None:
    found = examined(seed)
    assert found.league.holds, found.league.examples
    assert found.league.lines[OUTSIDER].sought > 20
    assert not found.league.misread
    assert len(found.releases) == 5 and found.shown > 50


def test_a_protector_that_looks_at_tied_variables_together_only_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protected_blocks, "set_apart", lambda named, answers, tied: None)
    found = examined(20).league
    assert found.unions and not found.holds
