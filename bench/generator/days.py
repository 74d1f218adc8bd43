"""The calendar of generated data: fixed, so that a seed means the same rows on any day."""

from __future__ import annotations

from datetime import date, timedelta

from bench.generator.sizes import CYCLES_BEGUN

INTERVAL = 120
TODAY = date(2026, 11, 21)
# The cycle that runs on TODAY began on the due date of the one before it.
CURRENT_START = date(2026, 11, 5)
ANCHOR = CURRENT_START - timedelta(days=INTERVAL * (CYCLES_BEGUN - 1))
SPAN = (TODAY - ANCHOR).days
_TEXT = [(ANCHOR + timedelta(days=n)).isoformat() for n in range(SPAN + 4 * INTERVAL)]


def day(number: int) -> str:
    """The day ``number`` days after the anchor."""
    return _TEXT[number]


def moment(number: int, hour: int = 12) -> str:
    """A moment in UTC on that day, as both databases read it."""
    return f"{_TEXT[number]} {hour:02d}:00:00"


def cycle_start(number: int) -> int:
    """The day on which cycle ``number`` begins, counted from the anchor; the first is 1."""
    return (number - 1) * INTERVAL
