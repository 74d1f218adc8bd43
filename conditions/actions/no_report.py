"""That no official report was submitted: recorded for every condition of a cycle in one step."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from conditions.actions.escalations import note_escalation
from conditions.actions.official import (
    AlreadyRecorded,
    require_none_sent,
    require_overdue,
    write_finding,
)
from conditions.actions.record import require_permission
from conditions.models import (
    Condition,
    OfficialFinding,
    Program,
    ReviewCycle,
    User,
)


def record_no_report(
    *, cycle: ReviewCycle, found_on: date, by: User | None, as_of: datetime, note: str = ""
) -> tuple[OfficialFinding, ...]:
    """Record for every condition of a cycle that no official report was submitted; all or nothing.

    The conditions are those in force as the cycle ends. ``found_on`` is the day of the search that
    found none, not before the report was due. Raises BadOfficialFinding; AlreadyRecorded where a
    finding or a report on the cycle is on file.
    """
    require_permission(by, "add_officialfinding", to="record official findings")
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        require_overdue(cycle, found_on, program.day_of(as_of))
        conditions = _still_unrecorded(program, cycle)
        rows = tuple(
            write_finding(
                condition,
                cycle,
                finding=OfficialFinding.Outcome.NOT_SUBMITTED.value,
                found_on=found_on,
                by=by,
                as_of=as_of,
                note=note.strip(),
            )
            for condition in conditions
        )
        note_escalation(program=program, by=by, as_of=as_of)
    return rows


def _still_unrecorded(program: Program, cycle: ReviewCycle) -> list[Condition]:
    require_none_sent(cycle)
    last_day = cycle.due_on - timedelta(days=1)
    conditions = list(program.conditions.in_force_on(last_day).order_by("position"))
    present = OfficialFinding.objects.filter(cycle=cycle).values_list("condition", flat=True)
    taken = [condition.code for condition in conditions if condition.pk in set(present)]
    if taken or not conditions:
        raise AlreadyRecorded(
            f"Findings on cycle {cycle.number} are on file already: {', '.join(taken)}."
            if taken
            else f"No condition was in force as cycle {cycle.number} ended.",
            field="cycle",
            value=cycle.number,
            remedy="Record or correct the findings one by one.",
        )
    return conditions
