"""Extending a review cycle: later, for a reason, with the scheduled date kept."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.cycles import DATES, align_cycles, extensions_of, require_not_closed
from conditions.actions.news import owe_news
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Assessment, Program, ReviewCycle, User
from conditions.queries.reminders import concerned_in
from conditions.rules.refusals import Invalid


class BadExtension(Invalid):
    """An extension without a reason, or one that would cut into judgements already made."""


def extend_cycle(
    *, cycle: ReviewCycle, due_on: date, reason: str, by: User | None, as_of: datetime
) -> ReviewCycle:
    """Move a cycle's due date past the scheduled one, which stays on record, for a reason.

    The cycles after it move with it. The managers, and leads who have something outstanding in it,
    are owed the news; who extends it knows. Raises BadExtension, BadCalendar or CycleNotOpen.
    """
    require_permission(by, "extend_reviewcycle", to="extend a cycle")
    _require_reason(reason)
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        require_not_closed(cycle)
        _require_no_judgement_cut(cycle, due_on)
        before = snapshot(cycle, *DATES)
        present = {row.number: row for row in program.cycles.all()}
        extensions = extensions_of(present) | {cycle.number: due_on}
        align_cycles(program, present, extensions, reason=reason.strip(), by=by, as_of=as_of)
        cycle.refresh_from_db()
        event = record_event(
            verb="cycle.extended",
            subject=cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            before=before,
            after=snapshot(cycle, *DATES),
            reason=reason.strip(),
        )
        people = concerned_in(cycle, as_of) - {by.pk if by else None}
        owe_news(event=event, to=people, as_of=as_of)
    return cycle


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise BadExtension(
            "An extension needs a reason.",
            field="reason",
            value=reason,
            remedy="Name the authority or event that moved the date.",
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
    outside = cycle.assessments.filter(valid_from__gte=due_on).order_by("-valid_from").first()
    if outside is not None:
        raise BadExtension(
            f"{outside} holds from {outside.valid_from}, which would lie outside.",
            field="due_on",
            value=due_on,
            remedy=f"Give a day after {outside.valid_from}.",
        )
    later = Assessment.objects.filter(
        cycle__program=cycle.program_id, cycle__number__gt=cycle.number, valid_from__lt=due_on
    )
    cut = later.order_by("valid_from").first()
    if cut is not None:
        raise BadExtension(
            f"Cycle {cycle.number} cannot reach to {due_on}: {cut} holds from {cut.valid_from}.",
            field="due_on",
            value=due_on,
            remedy=f"Give a day on or before {cut.valid_from}.",
        )
