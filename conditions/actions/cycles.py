"""Review cycles as rows: opened ahead of time, fallen due, extended with a reason, closed once."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice

from django.db import transaction

from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Assessment, CycleRevision, Program, ReviewCycle, User
from conditions.rules.calendar import Span, spans
from conditions.rules.refusals import Conflict, Invalid

AHEAD = 2
DATES = ("starts_on", "scheduled_due_on", "due_on")


class CycleIncomplete(Conflict):
    """A cycle cannot be closed while a condition lacks its approved assessment."""


class CycleNotOpen(Conflict):
    """The cycle has not begun, or is closed already."""


class BadExtension(Invalid):
    """An extension without a reason, or one that would cut into judgements already made."""


def open_cycles(
    *, program: Program, as_of: datetime, by: User | None = None
) -> tuple[ReviewCycle, ...]:
    """Make every cycle that has begun by ``as_of`` and two ahead; mark what opened and fell due.

    Safe to repeat, at once or late. Returns the cycles that were made, opened or fell due now.
    """
    with transaction.atomic():
        program = Program.objects.select_for_update().get(pk=program.pk)
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


def extend_cycle(
    *, cycle: ReviewCycle, due_on: date, reason: str, by: User | None, as_of: datetime
) -> ReviewCycle:
    """Move a cycle's due date later, for a reason; the scheduled date stays on record.

    The cycles after it move with it. Raises BadExtension, BadCalendar or CycleNotOpen.
    """
    require_permission(by, "extend_reviewcycle", to="extend a cycle")
    if not reason.strip():
        raise BadExtension(
            "An extension needs a reason.",
            field="reason",
            value=reason,
            remedy="Name the authority or event that moved the date.",
        )
    with transaction.atomic():
        program = Program.objects.select_for_update().get(pk=cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        _require_not_closed(cycle)
        _require_no_judgement_cut(cycle, due_on)
        present = {row.number: row for row in program.cycles.all()}
        extensions = extensions_of(present) | {cycle.number: due_on}
        _realign(program, present, extensions, reason=reason.strip(), by=by, as_of=as_of)
        cycle.refresh_from_db()
        record_event(
            verb="cycle.extended",
            subject=cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            after=snapshot(cycle, *DATES),
            reason=reason.strip(),
        )
    return cycle


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
        program = Program.objects.select_for_update().get(pk=cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        _require_not_closed(cycle)
        day = program.day_of(as_of)
        if day < cycle.starts_on:
            raise CycleNotOpen(
                f"Cycle {cycle.number} begins on {cycle.starts_on}.",
                field="cycle",
                value=cycle.number,
                remedy="Close it once its conditions are assessed.",
            )
        _require_all_assessed(cycle, day)
        cycle.closed_on, cycle.closed_at, cycle.closed_by = day, as_of, by
        cycle.closing_note = note.strip()
        cycle.is_demonstration = is_demonstration
        cycle.save()
        present = {row.number: row for row in program.cycles.all()}
        _realign(
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


def realign_cycles(*, program: Program, reason: str, by: User | None, as_of: datetime) -> None:
    """Move the cycles on file to where the program's calendar now puts them, each on record."""
    present = {row.number: row for row in program.cycles.all()}
    _realign(program, present, extensions_of(present), reason=reason, by=by, as_of=as_of)


def missing_assessments(cycle: ReviewCycle, day: date) -> list[str]:
    """Codes of conditions in force on ``day``, or when the span ended, without an approved one."""
    assessed = Assessment.objects.approved().filter(cycle=cycle).values("condition")
    wanted = (
        cycle.program.conditions.in_force_on(min(day, cycle.due_on))
        .filter(in_force_from__lt=cycle.due_on)
        .exclude(pk__in=assessed)
    )
    return list(wanted.order_by("position").values_list("code", flat=True))


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


def _realign(
    program: Program,
    present: dict[int, ReviewCycle],
    extensions: dict[int, date],
    *,
    reason: str,
    by: User | None,
    as_of: datetime,
) -> None:
    series = spans(program.calendar, extensions=extensions, closings=closings_of(present))
    for span in islice(series, max(present, default=0)):
        cycle = present[span.number]
        if (cycle.starts_on, cycle.due_on) == (span.starts_on, span.due_on):
            continue
        CycleRevision.objects.create(
            cycle=cycle,
            starts_on_before=cycle.starts_on,
            due_on_before=cycle.due_on,
            starts_on=span.starts_on,
            due_on=span.due_on,
            reason=reason,
            recorded_at=as_of,
            recorded_by=by,
        )
        cycle.starts_on, cycle.due_on = span.starts_on, span.due_on
        if span.number not in extensions:
            cycle.scheduled_due_on = span.scheduled_due_on
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


def _require_not_closed(cycle: ReviewCycle) -> None:
    if cycle.closed_at is not None:
        raise CycleNotOpen(
            f"Cycle {cycle.number} was closed on {cycle.closed_on}.",
            field="cycle",
            value=cycle.number,
            remedy="A closed cycle stays as it is.",
        )


def _require_no_judgement_cut(cycle: ReviewCycle, due_on: date) -> None:
    closed = ReviewCycle.objects.filter(
        program=cycle.program_id, number__gt=cycle.number, closed_at__isnull=False
    ).first()
    if closed is not None:
        raise BadExtension(
            f"{cycle} cannot be extended: {closed} after it is closed.",
            field="due_on",
            value=due_on,
            remedy="Leave the dates as they are; a closed cycle stays as it is.",
        )
    cut = Assessment.objects.filter(
        cycle__program=cycle.program_id, cycle__number__gt=cycle.number, valid_from__lt=due_on
    ).first()
    if cut is not None:
        raise BadExtension(
            f"Cycle {cycle.number} cannot reach to {due_on}: {cut} holds from {cut.valid_from}.",
            field="due_on",
            value=due_on,
            remedy=f"Give a day on or before {cut.valid_from}.",
        )


def _require_all_assessed(cycle: ReviewCycle, day: date) -> None:
    if missing := missing_assessments(cycle, day):
        raise CycleIncomplete(
            f"Cycle {cycle.number} cannot be closed: {', '.join(missing)} "
            f"{'has' if len(missing) == 1 else 'have'} no approved assessment in it.",
            field="cycle",
            value=cycle.number,
            remedy="Assess and approve each; where evidence is thin, say U (cannot be assessed).",
        )
