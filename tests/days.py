"""The fixed calendar of the tests: named days of the two programs, and moments on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)

ASSAD_FALLS = date(2024, 12, 8)
SENATE_PASSAGE = date(2025, 10, 9)

# us-senate-3899: 120 days from the White House visit.
WHITE_HOUSE = date(2025, 11, 10)
FIRST_DUE = date(2026, 3, 10)
SECOND_DUE = date(2026, 7, 8)
THIRD_DUE = date(2026, 11, 5)
FOURTH_DUE = date(2027, 3, 5)
FIFTH_DUE = date(2027, 7, 3)

# us-pl119-60-8369: 90 days from enactment, then every 180 from the previous due date.
ENACTMENT = date(2025, 12, 18)
LAW_FIRST_DUE = date(2026, 3, 18)
LAW_SECOND_DUE = date(2026, 9, 14)
LAW_THIRD_DUE = date(2027, 3, 13)
LAW_FOURTH_DUE = date(2027, 9, 9)
LAW_ENDS = date(2029, 12, 18)

# A Saturday, in cycle 4 of the Senate program, with two cycles of history to look back on.
TODAY = date(2026, 11, 21)


def noon(day: date) -> datetime:
    """The moment 12:00 UTC of a day, which is the same legal day in Washington."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day, hour and minute in UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)
