"""Captures: how long a failed one waits, when to stop trying, and what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

MOST_ATTEMPTS: Final = 6
_PAUSES: Final = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=1),
)
HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"
# What a fetched document may be. Everything else is refused by name.
FETCHED_TYPES: Final = frozenset(
    {HTML, XHTML, PDF, TEXT, "image/png", "image/jpeg", "image/gif", "image/webp"}
)
PAGES: Final = frozenset({HTML, XHTML})


def pause_after_attempt(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts, counted from 1: longer each time."""
    return _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]


def is_given_up(attempts: int) -> bool:
    """Whether so many attempts were enough."""
    return attempts >= MOST_ATTEMPTS


def is_fresh(captured_at: datetime, *, as_of: datetime, min_age_days: int) -> bool:
    """Whether a copy is so young that nobody who does not ask for another one gets it."""
    return as_of - captured_at < timedelta(days=min_age_days)
