"""Leases: how one run of the worker takes what is due for itself alone, and goes on in time."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Least

# As many as the column of attempts holds.
MOST_ATTEMPTS: Final = 32_000
ONE_MORE_ATTEMPT: Final = Least(F("attempts") + 1, MOST_ATTEMPTS)
# After this a run ends; the next pulse goes on. Others wait for the same worker.
LONGEST_RUN: Final = timedelta(seconds=45)
# As many due rows are tried, should others take them first.
TRIES: Final = 10
Row = TypeVar("Row", bound=Model)


def new_owner() -> str:
    """A name for one run, that no other run has."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def while_time_lasts(
    clock: Callable[[], datetime], *, most: int, longest: timedelta = LONGEST_RUN
) -> Iterator[datetime]:
    """The moments at which a run may take one thing more: ``most`` of them within ``longest``."""
    begun = clock()
    for _ in range(most):
        now = clock()
        if now - begun > longest:
            break
        yield now


def lease_one(
    due: QuerySet[Row], *, order: str, owner: str, until: datetime, **changes: Any
) -> Row | None:
    """Take the first of ``due`` by the field ``order`` for ``owner`` alone; None when none is free.

    ``changes`` are written to it as well.
    """
    changes |= {"lease_owner": owner, "lease_until": until}
    for row in due.order_by(order, "pk")[:TRIES]:
        # Compared and set: whoever took it between our look and our write keeps it.
        if due.filter(pk=row.pk, **{order: getattr(row, order)}).update(**changes):
            row.refresh_from_db(fields=list(changes))
            return row
    return None
