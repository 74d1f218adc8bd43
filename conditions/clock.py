"""The only place that asks what time it is. Faces read it and hand the answer down."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar day that it is now in ``time_zone`` (an IANA name such as America/New_York)."""
    return now().astimezone(ZoneInfo(time_zone)).date()
