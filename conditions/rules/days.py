"""Days: a moment's legal day in a time zone, and business days under US federal holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from conditions.rules.refusals import Invalid

_SATURDAY = 5


class Roll(StrEnum):
    """Where a due date goes that falls on a weekend or a US federal holiday."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class BadMoment(Invalid):
    """A moment or a time zone from which no legal day can be told."""


def legal_day(moment: datetime, time_zone: str) -> date:
    """The legal day of an aware moment in the IANA ``time_zone``; raises BadMoment."""
    if moment.tzinfo is None:
        raise BadMoment(
            f"{moment.isoformat()} does not say its time zone.",
            field="moment",
            value=moment,
            remedy="Give a moment with a UTC offset, such as 2026-03-10T12:00:00Z.",
        )
    try:
        return moment.astimezone(zone(time_zone)).date()
    except OverflowError as error:
        raise BadMoment(
            f"{moment.isoformat()} lies at the edge of all calendars.",
            field="moment",
            value=moment,
            remedy="Give a moment between the years 2 and 9998.",
        ) from error


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name such as America/New_York; raises BadMoment for any other."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadMoment(
            f"{name!r} is not a time zone.",
            field="time_zone",
            value=name,
            remedy="Give an IANA name such as America/New_York or Asia/Damascus.",
        ) from error


def rolled(day: date, roll: Roll) -> date:
    """``day``, or the nearest US business day in the direction of ``roll`` (5 U.S.C. 6103)."""
    if roll is Roll.NONE:
        return day
    step = timedelta(days=1 if roll is Roll.NEXT else -1)
    while day.weekday() >= _SATURDAY or day in _federal_holidays():
        day += step
    return day


@cache
def _federal_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("US")
