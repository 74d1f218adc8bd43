"""Whether the inbox is fed: feeds that keep failing, and what has waited too long to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conditions.models import Feed, InboxItem

LONGEST_WAIT: Final = timedelta(hours=2)
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class InboxHealth:
    """``failing`` feeds by title with the last error, five at most of ``many_failing``.

    ``late_feeds`` and ``late_pages`` are due for more than two hours and nobody has read them.
    """

    failing: tuple[tuple[str, str], ...]
    many_failing: int
    late_feeds: int
    late_pages: int


def inbox_health(*, as_of: datetime) -> InboxHealth:
    """What is wrong with the inbox at ``as_of``. Four queries."""
    failing = Feed.objects.failing()
    late = as_of - LONGEST_WAIT
    named = failing.order_by("-failures", "id").values_list("title", "last_error")[:_MOST_NAMED]
    return InboxHealth(
        failing=tuple(named),
        many_failing=failing.count(),
        late_feeds=Feed.objects.due_by(late).count(),
        late_pages=InboxItem.objects.owed_by(late).count(),
    )
