"""A program's cycles with their dates and state, as they stood at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import CycleRevision, Program, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.queries.sql import fetch
from conditions.rules.calendar import CycleState, DayCount, Span, cycle_state, day_of

_COLUMNS = (
    *("number", "starts_on", "scheduled_due_on", "due_on"),
    *("closed_on", "closed_at", "is_skipped"),
)


@dataclass(frozen=True, slots=True)
class CycleDates:
    """One cycle as known at a moment: its half-open span, due dates, closing and state that day.

    ``is_skipped`` says that it was closed without a review.
    """

    id: int
    number: int
    starts_on: date
    scheduled_due_on: date
    due_on: date
    closed_on: date | None
    closed_at: datetime | None
    is_skipped: bool
    state: CycleState
    days: DayCount

    @property
    def is_extended(self) -> bool:
        """Whether the due date in force is not the scheduled one."""
        return self.due_on != self.scheduled_due_on


@dataclass(frozen=True, slots=True)
class _Dates:
    """A cycle as it is now; ``..._then`` is how it stood, where it was changed since."""

    id: int
    number: int
    starts_on: date
    scheduled_due_on: date
    due_on: date
    closed_on: date | None
    closed_at: datetime | None
    is_skipped: bool
    starts_on_then: date | None
    scheduled_due_on_then: date | None
    due_on_then: date | None


# The earliest change that came later tells how the cycle stood; it is the last row of its cycle.
_CYCLES = """
SELECT y.id, y.number, y.starts_on, y.scheduled_due_on, y.due_on,
       y.closed_on, y.closed_at, y.is_skipped,
       r.starts_on_before, r.scheduled_due_on_before, r.due_on_before
FROM conditions_reviewcycle y
LEFT JOIN conditions_cyclerevision r ON r.cycle_id = y.id AND r.recorded_at > %(known_at)s
WHERE y.program_id = %(program)s
ORDER BY y.number, r.recorded_at DESC, r.id DESC
"""


def program_cycles(program: Program, as_of: AsOf) -> tuple[CycleDates, ...]:
    """All cycles of a program in order, dated as known at ``as_of.known_at``. One query."""
    rows = fetch(_CYCLES, {"program": program.pk, "known_at": as_of.known_at})
    return tuple({row[0]: _dated(_Dates(*row), program, as_of) for row in rows}.values())


def cycles_by_program(programs: Mapping[Program, AsOf]) -> dict[int, tuple[CycleDates, ...]]:
    """The cycles of several programs, each at its own moment, by program id. Two queries."""
    undone: dict[int, tuple[date, date, date]] = {}
    rows = CycleRevision.objects.filter(cycle__program__in=programs).select_related("cycle")
    known_at = {program.pk: as_of.known_at for program, as_of in programs.items()}
    for revision in rows.order_by("-recorded_at", "-id"):
        if revision.recorded_at > known_at[revision.cycle.program_id]:
            undone[revision.cycle_id] = (
                revision.starts_on_before,
                revision.scheduled_due_on_before,
                revision.due_on_before,
            )
    cycles: dict[int, list[_Dates]] = {program.pk: [] for program in programs}
    found = ReviewCycle.objects.filter(program__in=programs).order_by("program", "number")
    for program_id, pk, *dates in found.values_list("program_id", "pk", *_COLUMNS):
        cycles[program_id].append(_Dates(pk, *dates, *undone.get(pk, (None, None, None))))
    return {
        program.pk: tuple(_dated(cycle, program, as_of) for cycle in cycles[program.pk])
        for program, as_of in programs.items()
    }


def cycle_among(cycles: Iterable[CycleDates], day: date) -> CycleDates | None:
    """The cycle whose span covers ``day``, or none before the first and after the last."""
    return next((cycle for cycle in cycles if cycle.starts_on <= day < cycle.due_on), None)


def _dated(cycle: _Dates, program: Program, as_of: AsOf) -> CycleDates:
    starts_on = cycle.starts_on_then or cycle.starts_on
    scheduled_due_on = cycle.scheduled_due_on_then or cycle.scheduled_due_on
    due_on = cycle.due_on_then or cycle.due_on
    closed = cycle.closed_at is not None and cycle.closed_at <= as_of.known_at
    closed_on = cycle.closed_on if closed else None
    # SQLite answers a raw query for a truth value with 0 or 1.
    is_skipped = closed and bool(cycle.is_skipped)
    return CycleDates(
        id=cycle.id,
        number=cycle.number,
        starts_on=starts_on,
        scheduled_due_on=scheduled_due_on,
        due_on=due_on,
        closed_on=closed_on,
        closed_at=cycle.closed_at if closed else None,
        is_skipped=is_skipped,
        state=cycle_state(
            starts_on=starts_on,
            due_on=due_on,
            closed_on=closed_on,
            tracked_from=program.tracked_from,
            day=as_of.valid_at,
            is_skipped=is_skipped,
        ),
        days=day_of(Span(cycle.number, starts_on, scheduled_due_on, due_on), as_of.valid_at),
    )
