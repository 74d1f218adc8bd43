"""When the database lets nobody in: what is tried again in a moment, and what is a fault."""

from __future__ import annotations

from typing import Final

from django.db import OperationalError

SECONDS_TO_WAIT: Final = 5
BUSY: Final = "The database is busy with another write."
# lock_not_available, deadlock_detected, serialization_failure
_STATES: Final = frozenset({"55P03", "40P01", "40001"})


def is_busy(error: BaseException | None) -> bool:
    """Whether the same request may succeed in ``SECONDS_TO_WAIT`` seconds, as it stands."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _STATES or (state is None and "is locked" in str(error))
