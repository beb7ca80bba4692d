from datetime import UTC, date, datetime

import pytest

from senacs.lib import clock


def test_frozen_clock_tells_the_day_in_paris_and_thaws():
    with clock.frozen(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 1)
        assert clock.now() == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert clock.now() != datetime(2026, 6, 30, 22, 30, tzinfo=UTC)


def test_clock_refuses_a_naive_instant():
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        raise AssertionError("the block must not run")
