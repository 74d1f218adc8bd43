"""Closing a review cycle: once, dated and signed, when every condition is judged."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.cycles import CycleNotOpen, align_cycles, extensions_of, require_not_closed
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Assessment, Program, ReviewCycle, User
from conditions.rules.refusals import Conflict


class CycleIncomplete(Conflict):
    """A cycle cannot be closed while a condition lacks its approved assessment."""


def close_cycle(
    *,
    cycle: ReviewCycle,
    by: User,
    as_of: datetime,
    note: str = "",
    is_demonstration: bool = False,
) -> ReviewCycle:
    """Close a cycle for good, dated and signed.

    Raises CycleIncomplete with the list of conditions in force that lack an approved assessment.
    """
    require_permission(by, "close_reviewcycle", to="close a cycle")
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        require_not_closed(cycle)
        day = program.day_of(as_of)
        if day < cycle.starts_on:
            raise CycleNotOpen(
                f"Cycle {cycle.number} begins on {cycle.starts_on}.",
                field="cycle",
                value=cycle.number,
                remedy="Close it once its conditions are assessed.",
            )
        _require_all_assessed(cycle, day)
        _require_nothing_open(cycle)
        cycle.closed_on, cycle.closed_at, cycle.closed_by = day, as_of, by
        cycle.closing_note = note.strip()
        cycle.is_demonstration = is_demonstration
        cycle.save()
        present = {row.number: row for row in program.cycles.all()}
        align_cycles(
            program,
            present,
            extensions_of(present),
            reason=f"Counted from the closing of cycle {cycle.number}.",
            by=by,
            as_of=as_of,
        )
        record_event(
            verb="cycle.closed",
            subject=cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            after=snapshot(cycle, "number", "closed_on", "closing_note"),
            reason=note.strip(),
        )
    return cycle


def missing_assessments(cycle: ReviewCycle, day: date) -> list[str]:
    """Codes of conditions in force on ``day``, or when the span ended, without an approved one."""
    assessed = Assessment.objects.approved().filter(cycle=cycle).values("condition")
    wanted = (
        cycle.program.conditions.in_force_on(min(day, cycle.due_on))
        .filter(in_force_from__lt=cycle.due_on)
        .exclude(pk__in=assessed)
    )
    return list(wanted.order_by("position").values_list("code", flat=True))


def _require_all_assessed(cycle: ReviewCycle, day: date) -> None:
    if missing := missing_assessments(cycle, day):
        raise CycleIncomplete(
            f"Cycle {cycle.number} cannot be closed: {', '.join(missing)} "
            f"{'has' if len(missing) == 1 else 'have'} no approved assessment in it.",
            field="cycle",
            value=cycle.number,
            remedy="Assess and approve each; where evidence is thin, say U (cannot be assessed).",
        )


def _require_nothing_open(cycle: ReviewCycle) -> None:
    waiting = Assessment.objects.still_open().filter(cycle=cycle).select_related("condition")
    names = [f"{row.condition.code} ({row.state})" for row in waiting.order_by("condition")]
    if names:
        raise CycleIncomplete(
            f"Cycle {cycle.number} cannot be closed: {', '.join(names)} would be left behind.",
            field="cycle",
            value=cycle.number,
            remedy="Submit and approve what is in work; after closing, only corrections are taken.",
        )
