"""A program's cycles with their dates and state, as they stood at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import CycleRevision, Program, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.rules.calendar import CycleState, DayCount, Span, cycle_state, day_of


@dataclass(frozen=True, slots=True)
class CycleDates:
    """One cycle as known at a moment: its half-open span, due dates, closing and state that day."""

    id: int
    number: int
    starts_on: date
    scheduled_due_on: date
    due_on: date
    closed_on: date | None
    closed_at: datetime | None
    state: CycleState
    days: DayCount

    @property
    def is_extended(self) -> bool:
        """Whether the due date in force is not the scheduled one."""
        return self.due_on != self.scheduled_due_on


def program_cycles(program: Program, as_of: AsOf) -> tuple[CycleDates, ...]:
    """All cycles of a program in order, dated as known at ``as_of.known_at``. Two queries."""
    earliest_later_change: dict[int, CycleRevision] = {}
    later = CycleRevision.objects.filter(
        cycle__program=program, recorded_at__gt=as_of.known_at
    ).order_by("-recorded_at", "-id")
    for revision in later:
        earliest_later_change[revision.cycle_id] = revision
    return tuple(
        _dated(cycle, program, earliest_later_change.get(cycle.pk), as_of)
        for cycle in program.cycles.order_by("number")
    )


def cycle_on(program: Program, as_of: AsOf) -> CycleDates | None:
    """The cycle whose span covers ``as_of.valid_at``; none before the first or after the last."""
    for cycle in program_cycles(program, as_of):
        if cycle.starts_on <= as_of.valid_at < cycle.due_on:
            return cycle
    return None


def _dated(
    cycle: ReviewCycle, program: Program, undone: CycleRevision | None, as_of: AsOf
) -> CycleDates:
    starts_on = undone.starts_on_before if undone else cycle.starts_on
    due_on = undone.due_on_before if undone else cycle.due_on
    closed = cycle.closed_at is not None and cycle.closed_at <= as_of.known_at
    closed_on = cycle.closed_on if closed else None
    return CycleDates(
        id=cycle.pk,
        number=cycle.number,
        starts_on=starts_on,
        scheduled_due_on=cycle.scheduled_due_on,
        due_on=due_on,
        closed_on=closed_on,
        closed_at=cycle.closed_at if closed else None,
        state=cycle_state(
            starts_on=starts_on,
            due_on=due_on,
            closed_on=closed_on,
            tracked_from=program.tracked_from,
            day=as_of.valid_at,
        ),
        days=day_of(Span(cycle.number, starts_on, cycle.scheduled_due_on, due_on), as_of.valid_at),
    )
