"""Review cycles as rows: opened ahead of time, fallen due, extended with a reason, closed once."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice

from django.db import transaction

from conditions.actions.record import record_event, snapshot
from conditions.models import CycleRevision, Program, ReviewCycle, User
from conditions.rules.calendar import Span, spans
from conditions.rules.refusals import Conflict

AHEAD = 2
DATES = ("starts_on", "scheduled_due_on", "due_on")


class CycleNotOpen(Conflict):
    """The cycle has not begun, or is closed already."""


def open_cycles(
    *, program: Program, as_of: datetime, by: User | None = None
) -> tuple[ReviewCycle, ...]:
    """Make every cycle that has begun by ``as_of`` and two ahead; mark what opened and fell due.

    Safe to repeat, at once or late. Returns the cycles that were made, opened or fell due now.
    """
    with transaction.atomic():
        [program] = Program.objects.hold(program.pk)
        day = program.day_of(as_of)
        present = {cycle.number: cycle for cycle in program.cycles.all()}
        touched = []
        for span in _wanted(program, present, day):
            cycle = present.get(span.number)
            made = cycle is None
            if cycle is None:
                cycle = ReviewCycle.objects.create(
                    program=program,
                    number=span.number,
                    starts_on=span.starts_on,
                    scheduled_due_on=span.scheduled_due_on,
                    due_on=span.due_on,
                )
            if _mark(cycle, day, by=by, as_of=as_of) or made:
                touched.append(cycle)
        if touched:
            Program.objects.touch(program.pk, as_of=as_of)
    return tuple(touched)


def realign_cycles(*, program: Program, reason: str, by: User | None, as_of: datetime) -> None:
    """Move the cycles on file to where the program's calendar now puts them, each on record."""
    present = {row.number: row for row in program.cycles.all()}
    align_cycles(program, present, extensions_of(present), reason=reason, by=by, as_of=as_of)


def _wanted(program: Program, present: dict[int, ReviewCycle], day: date) -> list[Span]:
    series = spans(
        program.calendar, extensions=extensions_of(present), closings=closings_of(present)
    )
    wanted: list[Span] = []
    for span in series:
        wanted.append(span)
        if span.starts_on > day:
            wanted += islice(series, AHEAD - 1)
            break
    return wanted


def _mark(cycle: ReviewCycle, day: date, *, by: User | None, as_of: datetime) -> bool:
    marked = False
    if cycle.closed_at is not None:
        return marked
    for field, verb, since in (
        ("opened_at", "cycle.opened", cycle.starts_on),
        ("fell_due_at", "cycle.fell_due", cycle.due_on),
    ):
        if getattr(cycle, field) is None and since <= day:
            setattr(cycle, field, as_of)
            cycle.save(update_fields=[field])
            record_event(
                verb=verb,
                subject=cycle,
                by=by,
                as_of=as_of,
                program=cycle.program,
                cycle=cycle,
                after=snapshot(cycle, "number", *DATES),
            )
            marked = True
    return marked


def align_cycles(
    program: Program,
    present: dict[int, ReviewCycle],
    extensions: dict[int, date],
    *,
    reason: str,
    by: User | None,
    as_of: datetime,
) -> None:
    """Move the cycles on file to where the calendar puts them; each move is a CycleRevision."""
    series = spans(program.calendar, extensions=extensions, closings=closings_of(present))
    moved = []
    for span in islice(series, max(present, default=0)):
        cycle = present[span.number]
        before = {f"{name}_before": getattr(cycle, name) for name in DATES}
        was_later = cycle.starts_on > span.starts_on
        for name in DATES:
            setattr(cycle, name, getattr(span, name))
        after = {name: getattr(cycle, name) for name in DATES}
        if list(before.values()) == list(after.values()):
            continue
        CycleRevision.objects.create(
            cycle=cycle, reason=reason, recorded_at=as_of, recorded_by=by, **before, **after
        )
        moved.append((was_later, cycle))
    # No two cycles may start on one day, not even between two of these statements: what moves
    # earlier goes first to last, what moves later goes last to first.
    for _, cycle in [pair for pair in moved if pair[0]]:
        cycle.save(update_fields=list(DATES))
    for _, cycle in reversed([pair for pair in moved if not pair[0]]):
        cycle.save(update_fields=list(DATES))


def extensions_of(present: dict[int, ReviewCycle]) -> dict[int, date]:
    """Due dates of the cycles that were extended, by number."""
    return {
        number: cycle.due_on
        for number, cycle in present.items()
        if cycle.due_on != cycle.scheduled_due_on
    }


def closings_of(present: dict[int, ReviewCycle]) -> dict[int, date]:
    """Days on which cycles were closed, by number."""
    return {
        number: cycle.closed_on for number, cycle in present.items() if cycle.closed_on is not None
    }


def require_not_closed(cycle: ReviewCycle) -> None:
    """Raise CycleNotOpen when the cycle is closed: it stays as it is."""
    if cycle.closed_at is not None:
        raise CycleNotOpen(
            f"Cycle {cycle.number} was {'skipped' if cycle.is_skipped else 'closed'} on "
            f"{cycle.closed_on}.",
            field="cycle",
            value=cycle.number,
            remedy="A closed cycle stays as it is.",
        )
