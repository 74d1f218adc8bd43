"""The two clocks of every read: the day asked about, and the moment by which it was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conditions.models import Program
from conditions.rules.calendar import HORIZON
from conditions.rules.refusals import Invalid

FIRST_DAY = date(1900, 1, 1)
LAST_MICROSECOND = timedelta(microseconds=1)


class BadAsOf(Invalid):
    """``valid_at`` or ``known_at`` cannot be read as a day or a moment."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """``valid_at``: the legal day asked about. ``known_at``: only what was recorded by then counts.

    ``given`` tells a reader's own choice from the present.
    """

    valid_at: date
    known_at: datetime
    given: bool = False


def read_as_of(program: Program, *, valid_at: str, known_at: str, today: date) -> AsOf:
    """The clocks a reader asked for, from URL text; what is left empty is the present.

    ``valid_at`` is a date; ``known_at`` a date (to its end in the program's zone) or a moment.
    The present moment is the program's last change, so that the answer names a moment at which it
    can be asked for again. Raises BadAsOf with the field, the value and what is accepted.
    """
    return AsOf(
        valid_at=read_day("valid_at", valid_at) if valid_at else today,
        known_at=_moment(known_at, program.time_zone) if known_at else program.changed_at,
        given=bool(valid_at or known_at),
    )


def read_day(field: str, text: str) -> date:
    """The legal day that ``text`` names, within what the calendar reaches. Raises BadAsOf."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadAsOf(
            "This is not a date.", field=field, value=text, remedy="Write it as 2026-03-09."
        ) from None
    return _in_reach(day, field=field, text=text)


def _in_reach(day: date, *, field: str, text: str) -> date:
    # Beyond these, a day has no cycle to count in, and the next one may not exist at all.
    if not FIRST_DAY <= day < HORIZON:
        raise BadAsOf(
            "This day is out of reach.",
            field=field,
            value=text,
            remedy=f"Write it as 2026-03-09: a day from {FIRST_DAY} on and before {HORIZON}.",
        )
    return day


def _moment(text: str, time_zone: str) -> datetime:
    zone = ZoneInfo(time_zone)
    try:
        if len(text) <= len("2026-03-09"):
            day = _in_reach(date.fromisoformat(text), field="known_at", text=text)
            following = day + timedelta(days=1)
            return (datetime.combine(following, time(), zone) - LAST_MICROSECOND).astimezone(UTC)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadAsOf(
            "This is neither a date nor a moment.",
            field="known_at",
            value=text,
            remedy="Write it as 2026-03-09 or 2026-03-09T17:00:00Z.",
        ) from None
    _in_reach(moment.date(), field="known_at", text=text)
    return moment
