"""When a reminder may reach a person, and how long a failed one waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from conditions.rules.delivery import hour_on, not_before, pause_after

SIXTH = date(2027, 3, 6)


@pytest.mark.parametrize(
    ("time_zone", "hour", "utc"),
    [
        ("UTC", 8, datetime(2027, 3, 6, 8, tzinfo=UTC)),
        ("America/New_York", 8, datetime(2027, 3, 6, 13, tzinfo=UTC)),
        ("Asia/Damascus", 0, datetime(2027, 3, 5, 21, tzinfo=UTC)),
        ("Asia/Kathmandu", 23, datetime(2027, 3, 6, 17, 15, tzinfo=UTC)),
    ],
)
def test_an_hour_is_that_of_the_persons_own_clock(time_zone: str, hour: int, utc: datetime) -> None:
    assert hour_on(SIXTH, hour=hour, time_zone=time_zone) == utc


def test_an_hour_that_the_clocks_skip_still_comes() -> None:
    skipped = hour_on(date(2027, 3, 14), hour=2, time_zone="America/New_York")
    assert skipped == datetime(2027, 3, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("owed_at", "expected"),
    [
        # On its day, at night: the morning of that day.
        (datetime(2027, 3, 6, 5, tzinfo=UTC), datetime(2027, 3, 6, 13, tzinfo=UTC)),
        # Nine days late, at night: the next morning.
        (datetime(2027, 3, 15, 5, tzinfo=UTC), datetime(2027, 3, 15, 12, tzinfo=UTC)),
        # Nine days late, in the afternoon: the hour has come already.
        (datetime(2027, 3, 15, 20, tzinfo=UTC), datetime(2027, 3, 15, 12, tzinfo=UTC)),
    ],
)
def test_what_is_found_at_night_waits_for_the_morning(
    owed_at: datetime, expected: datetime
) -> None:
    found = not_before(falls_on=SIXTH, owed_at=owed_at, hour=8, time_zone="America/New_York")
    assert found == expected


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (32_000, 60)]
)
def test_pauses_double_up_to_an_hour(attempts: int, minutes: int) -> None:
    assert pause_after(attempts) == timedelta(minutes=minutes)
