"""Closing a review cycle: once, dated and signed, when every condition is judged."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.cycles import CycleNotOpen, align_cycles, extensions_of, require_not_closed
from conditions.actions.escalations import note_escalation
from conditions.actions.publishing import (
    publish_closed,
    require_may_publish,
    require_seen,
)
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Program, ReviewCycle, User
from conditions.queries.closing import blockers_of
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
    key_judgements: int | None = None,
) -> ReviewCycle:
    """Close a cycle for good, dated and signed, and publish its report.

    Raises CycleIncomplete with the list of what stands in the way, and OtherEyesNeeded for an
    author of its key judgements. ``key_judgements`` is the number of the set that ``by`` has read,
    0 where there was none. Nobody is told of a demonstration.
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
        _require_complete(cycle, day)
        require_may_publish(program, cycle, by)
        require_seen(cycle, key_judgements)
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
        note_escalation(program=program, by=by, as_of=as_of)
        publish_closed(program=program, cycle=cycle, by=by, as_of=as_of, tell=not is_demonstration)
    return cycle


def _require_complete(cycle: ReviewCycle, day: date) -> None:
    blockers = blockers_of(cycle, day)
    if blockers:
        told = "; ".join(f"{one.code}: {one.text}" for one in blockers)
        raise CycleIncomplete(
            f"Cycle {cycle.number} cannot be closed yet. {told}",
            field="cycle",
            value=cycle.number,
            remedy="Do what is said for each; once closed, a cycle takes corrections only.",
        )
