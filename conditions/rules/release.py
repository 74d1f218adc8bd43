"""Release: when an official report should become public after it was sent to Congress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Agencies hand unclassified mandated reports to GPO in these days after sending them (domain 1.4).
EARLIEST = timedelta(days=30)
LATEST = timedelta(days=60)


class ReleaseState(StrEnum):
    """Whether an official report is public; what is past its window may be classified or late."""

    WAITING = "waiting"
    OPEN = "open"
    PASSED = "passed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ReleaseWindow:
    """The days on which a report should appear, from ``opens_on`` to ``closes_on``, both included.

    The law counts to a last day on which it is still in time, so this end, unlike others, is in.
    """

    opens_on: date
    closes_on: date


def window_of(submitted_on: date) -> ReleaseWindow:
    """The release window of a report sent to Congress on a day: 30 to 60 days after it."""
    return ReleaseWindow(submitted_on + EARLIEST, submitted_on + LATEST)


def state_on(window: ReleaseWindow, released_on: date | None, day: date) -> ReleaseState:
    """Where the release stands on a day; released counts from its own day on, however early."""
    if released_on is not None and released_on <= day:
        return ReleaseState.RELEASED
    if day < window.opens_on:
        return ReleaseState.WAITING
    return ReleaseState.OPEN if day <= window.closes_on else ReleaseState.PASSED
