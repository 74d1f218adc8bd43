"""The window in which an official report becomes public, one day before, on and after each end."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.rules.release import ReleaseState, ReleaseWindow, state_on, window_of
from tests.days import DAY, LAW_FIRST_DUE

WINDOW = window_of(LAW_FIRST_DUE)
OPENS, CLOSES = date(2026, 4, 17), date(2026, 5, 17)


def test_a_report_sent_on_the_first_due_date_surfaces_in_april_or_may():
    assert ReleaseWindow(OPENS, CLOSES) == WINDOW


@pytest.mark.parametrize(
    ("released_on", "day", "state"),
    [
        (None, LAW_FIRST_DUE, "waiting"),
        (None, OPENS - DAY, "waiting"),
        (None, OPENS, "open"),
        (None, CLOSES - DAY, "open"),
        (None, CLOSES, "open"),
        (None, CLOSES + DAY, "passed"),
        (OPENS + DAY, OPENS, "open"),
        (OPENS + DAY, OPENS + DAY, "released"),
        (OPENS + DAY, CLOSES + DAY, "released"),
        (OPENS - 2 * DAY, OPENS - 3 * DAY, "waiting"),
        (OPENS - 2 * DAY, OPENS - DAY, "released"),
        (CLOSES + 2 * DAY, CLOSES + DAY, "passed"),
        (CLOSES + 2 * DAY, CLOSES + 2 * DAY, "released"),
    ],
)
def test_the_state_of_a_release_on_a_day(released_on: date | None, day: date, state: str):
    assert state_on(WINDOW, released_on, day) is ReleaseState(state)
