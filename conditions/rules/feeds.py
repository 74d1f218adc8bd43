"""Feeds: how often one is read, how long a failing one is left alone, how much is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

USUAL_INTERVAL: Final = timedelta(hours=1)
SHORTEST_INTERVAL: Final = timedelta(minutes=30)
LONGEST_INTERVAL: Final = timedelta(days=1)
# Twice as long after each failure in a row, up to a day.
_FIRST_PAUSE: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 5
# A feed that failed so often in a row is shown as failing: it is more than a site's bad hour.
MANY_FAILURES: Final = 3

MOST_BYTES: Final = 5_000_000
MOST_ENTRIES: Final = 200
LONGEST_TITLE: Final = 400
LONGEST_TEXT: Final = 20_000
LONGEST_PUBLISHER: Final = 200
LONGEST_ID: Final = 500
# A summary of a line or two says too little to suggest from: the page is read as well.
SHORT_TEXT: Final = 280


def interval_after(ttl_minutes: int) -> timedelta:
    """How long to wait after a good reading of a feed that asks for so many minutes, 0 for none."""
    if ttl_minutes <= 0:
        return USUAL_INTERVAL
    asked = timedelta(minutes=min(ttl_minutes, 10_000))
    return min(max(asked, SHORTEST_INTERVAL), LONGEST_INTERVAL)


def pause_after_failures(failures: int) -> timedelta:
    """How long to wait after so many failures in a row, counted from 1; never beyond a day."""
    doubled = _FIRST_PAUSE * (1 << min(max(failures, 1) - 1, _MOST_DOUBLINGS))
    return min(doubled, LONGEST_INTERVAL)
