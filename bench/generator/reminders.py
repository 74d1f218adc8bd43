"""Reminders: a thousand to a program, nearly all sent, the rest waiting for a later day."""

from __future__ import annotations

from collections.abc import Iterator

from bench.generator.days import cycle_start, day, moment
from bench.generator.programs import cycle_id, lead_of
from bench.generator.sizes import CYCLES_BEGUN, LEADS, Size
from bench.generator.tables import Row, Table
from conditions.models import Reminder

_RUNGS = (
    ("opened", 0),
    *(("before", -days) for days in (30, 14, 7, 1)),
    ("due", 0),
    *(("overdue", days) for days in (1, 3, 7, 14)),
)
# The first cycle was late, and so reminded about every week.
_RUNGS_LATE = (*_RUNGS, *(("overdue", 7 * week) for week in range(3, 12)))
_LATER = "2100-01-01 00:00:00"
_COLUMNS = (
    *("cycle_id", "kind", "offset", "recipient_id", "falls_on", "owed_at", "state"),
    *("next_attempt_at", "attempts", "message_id", "sent_at"),
)


def tables(size: Size) -> Iterator[Table]:
    """The reminders of all cycles that have begun."""
    yield Table(Reminder, _COLUMNS, _reminders(size))


def _reminders(size: Size) -> Iterator[Row]:
    for program in range(1, size.programs + 1):
        for number in range(1, CYCLES_BEGUN + 1):
            is_running = number == CYCLES_BEGUN
            rungs = _RUNGS[:1] if is_running else _RUNGS_LATE if number == 1 else _RUNGS
            for kind, offset in rungs:
                start = cycle_start(number if kind == "opened" else number + 1)
                for place in range(LEADS):
                    about = (cycle_id(program, number), kind, offset, lead_of(program, place))
                    yield (*about, *_fate(start + offset, about, waits=is_running))


def _fate(falls: int, about: Row, *, waits: bool) -> Row:
    name = f"<reminder-{'-'.join(map(str, about))}@example.org>"
    owed = (day(falls), moment(falls))
    if waits:
        return (*owed, "owed", _LATER, 1, name, None)
    return (*owed, "sent", moment(falls), 1, name, moment(falls, 13))
