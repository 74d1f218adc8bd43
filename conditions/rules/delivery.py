"""Delivery: from which moment a message may go out, and how long a failed one waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from conditions.rules.days import legal_day, zone

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
_DOUBLINGS: Final = 10


def hour_on(day: date, *, hour: int, time_zone: str) -> datetime:
    """The moment, in UTC, at which a person's clock shows ``hour`` on ``day``."""
    return datetime.combine(day, time(hour), tzinfo=zone(time_zone)).astimezone(UTC)


def not_before(*, falls_on: date, owed_at: datetime, hour: int, time_zone: str) -> datetime:
    """From when a reminder may reach a person: their hour on its day, or on the day it was owed.

    What is found late, at night, still waits for the person's morning.
    """
    day = max(falls_on, legal_day(owed_at, time_zone))
    return hour_on(day, hour=hour, time_zone=time_zone)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: twice as long each time, an hour at most."""
    doublings = min(max(attempts - 1, 0), _DOUBLINGS)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
