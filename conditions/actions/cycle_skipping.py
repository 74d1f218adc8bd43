"""Skipping a review cycle: closed for good without a review, for a reason that stays on record."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.cycles import (
    CycleNotOpen,
    align_cycles,
    extensions_of,
    require_not_closed,
)
from conditions.actions.news import owe_news
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Assessment, DoubleCoding, Program, ReviewCycle, User
from conditions.queries.duties import state_of
from conditions.queries.reminders import concerned_in
from conditions.rules.calendar import CycleState
from conditions.rules.refusals import Conflict, Invalid


class SkipReasonMissing(Invalid):
    """A cycle is skipped for a reason, or not at all."""


class CycleReviewed(Conflict):
    """A cycle in which something is judged, or about to be, is no cycle without a review."""


def skip_cycle(*, cycle: ReviewCycle, reason: str, by: User, as_of: datetime) -> ReviewCycle:
    """Close a cycle for good without a review; it is no verdict, and nobody's debt any more.

    The managers, and leads who had something outstanding in it, are owed the news; who skips it
    knows. Raises SkipReasonMissing, CycleNotOpen, and CycleReviewed with what was judged, is in
    work or was coded in it.
    """
    require_permission(by, "skip_reviewcycle", to="skip a cycle")
    if not reason.strip():
        raise SkipReasonMissing(
            "A cycle is not skipped without a reason.",
            field="reason",
            value=reason,
            remedy="Say why there is no review, and who decided that.",
        )
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        require_skippable(cycle, program.day_of(as_of))
        people = concerned_in(cycle, as_of) - {by.pk}
        cycle.closed_on, cycle.closed_at, cycle.closed_by = program.day_of(as_of), as_of, by
        cycle.is_skipped, cycle.closing_note = True, reason.strip()
        cycle.save()
        present = {row.number: row for row in program.cycles.all()}
        align_cycles(
            program,
            present,
            extensions_of(present),
            reason=f"Counted from the skipping of cycle {cycle.number}.",
            by=by,
            as_of=as_of,
        )
        event = record_event(
            verb="cycle.skipped",
            subject=cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            after=snapshot(cycle, "number", "closed_on", "closing_note", "is_skipped"),
            reason=reason.strip(),
        )
        owe_news(event=event, to=people, as_of=as_of)
    return cycle


def require_skippable(cycle: ReviewCycle, day: date) -> None:
    """Raise CycleNotOpen or CycleReviewed unless ``cycle`` can be skipped on ``day``."""
    require_not_closed(cycle)
    if day < cycle.starts_on:
        raise CycleNotOpen(
            f"Cycle {cycle.number} begins on {cycle.starts_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Skip it from that day on.",
        )
    if state_of(cycle, day) is CycleState.UNTRACKED:
        raise CycleNotOpen(
            f"Cycle {cycle.number} ended before this team began on {cycle.program.tracked_from}.",
            field="cycle",
            value=cycle.number,
            remedy="Leave it as it is: nobody is asked to judge it.",
        )
    _require_nothing_in_work(cycle)
    _require_uncoded(cycle)
    judged = Assessment.objects.approved().filter(cycle=cycle).order_by("condition__position")
    codes = dict.fromkeys(judged.values_list("condition__code", flat=True))
    if codes:
        raise CycleReviewed(
            f"Cycle {cycle.number} cannot be skipped: {', '.join(codes)} "
            f"{'is' if len(codes) == 1 else 'are'} judged in it.",
            field="cycle",
            value=cycle.number,
            remedy="Close it instead, once every condition in force is judged.",
        )


def _require_nothing_in_work(cycle: ReviewCycle) -> None:
    rows = Assessment.objects.still_open().filter(cycle=cycle).select_related("condition", "author")
    told = [
        f"{row.condition.code} ({row.state}, by {row.author})"
        for row in rows.order_by("condition__position")
    ]
    if told:
        raise CycleReviewed(
            f"Cycle {cycle.number} cannot be skipped while it is worked on: {', '.join(told)}.",
            field="cycle",
            value=cycle.number,
            remedy="Withdraw what is in work, with a reason; what is submitted, return first.",
        )


def _require_uncoded(cycle: ReviewCycle) -> None:
    coded = DoubleCoding.objects.standing().filter(cycle=cycle, codings__isnull=False)
    rows = coded.order_by("condition__position").values_list("condition__code", flat=True)
    codes = dict.fromkeys(rows)
    if codes:
        raise CycleReviewed(
            f"Cycle {cycle.number} cannot be skipped: {', '.join(codes)} "
            f"{'was' if len(codes) == 1 else 'were'} coded blind in it.",
            field="cycle",
            value=cycle.number,
            remedy="Judge what both have coded and close the cycle; call off what one has coded.",
        )
