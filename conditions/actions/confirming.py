"""Confirming: the last judgement stands in another cycle, for a reason, on what is linked still."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.assessments import require_none_open
from conditions.actions.drafting import write_assessment
from conditions.actions.judgements import ItemFinding, Judgement, require_cycle_takes
from conditions.actions.reconciling import require_coded
from conditions.actions.record import require_permission
from conditions.actions.reviews import ReasonMissing
from conditions.models import Assessment, Condition, Program, ReviewCycle, User
from conditions.queries.proposals import (
    findings_of,
    last_judgement,
    proposed_day,
    still_standing,
)
from conditions.rules.refusals import Conflict
from conditions.rules.status import Trend

ASSESS = "Assess the condition instead; the last judgement is proposed there."


class CannotConfirm(Conflict):
    """There is no last judgement that could stand as it is in this cycle."""


def confirm_unchanged(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    reason: str,
    by: User,
    as_of: datetime,
    expected_last: int | None = None,
) -> Assessment:
    """Submit the last judgement anew in ``cycle``: same marks and findings, a rationale of its own.

    It cites the same documents as they read now, unless one is no longer linked. ``expected_last``
    is the id of the judgement that the person has read. Raises ReasonMissing, what
    ``require_confirmable`` and ``write_assessment`` raise, and CannotConfirm where another
    judgement was approved since.
    """
    require_permission(by, "add_assessment", to="write assessments")
    if not reason.strip():
        raise ReasonMissing(
            "A confirmation needs a reason.",
            field="reason",
            value=reason,
            remedy="Say why nothing has changed, and where you looked.",
        )
    with transaction.atomic():
        Program.objects.hold(cycle.program_id)
        cycle = ReviewCycle.objects.select_related("program").get(pk=cycle.pk)
        last = require_confirmable(condition, cycle, as_of=as_of)
        if expected_last is not None and expected_last != last.pk:
            raise CannotConfirm(
                f"{condition.code} was judged again after you read the last judgement.",
                field="confirms",
                value=expected_last,
                remedy="Read the new one, then confirm that.",
            )
        return write_assessment(
            condition=condition,
            cycle=cycle,
            judgement=_as_before(last, condition, cycle, reason=reason.strip(), as_of=as_of),
            by=by,
            as_of=as_of,
            submit=True,
        )


def require_confirmable(condition: Condition, cycle: ReviewCycle, *, as_of: datetime) -> Assessment:
    """The judgement that could be confirmed in ``cycle`` (with its program).

    Raises CannotConfirm where there is none, it belongs to this cycle or is a demonstration, or
    the wording, the checklist or every link under it has changed; AlreadyOpen; DoubleCodingPending;
    CycleNotAssessable.
    """
    require_cycle_takes(cycle, None)
    day = proposed_day(condition, cycle, as_of=as_of)
    last = last_judgement(condition, valid_at=day, as_of=as_of)
    if last is None:
        raise _refusal(condition, f"{condition.code} has no judgement yet.")
    if last.cycle_id == cycle.pk:
        raise _refusal(condition, f"{condition.code} is judged in cycle {cycle.number} already.")
    if last.is_demonstration and not cycle.program.is_demonstration:
        raise _refusal(
            condition,
            f"The judgement of cycle {last.cycle.number} is shown for demonstration only.",
        )
    require_none_open(condition, cycle)
    require_coded(condition, cycle, None)
    newest = condition.versions.filter(recorded_at__lte=as_of).order_by("-number").first()
    if newest is not None and newest.number != last.condition_version.number:
        raise _refusal(condition, f"{condition.code} was reworded since cycle {last.cycle.number}.")
    found = findings_of(last)
    items = condition.checklist.filter(retired_on__isnull=True).order_by("position")
    new = [item.code for item in items if not found.get(item.pk, ("", ""))[0]]
    if new:
        raise _refusal(condition, f"There is no finding yet on {', '.join(new)}.")
    is_ranked = cycle.program.scale.rank(last.status) is not None
    if is_ranked and not still_standing(last, condition, as_of):
        raise _refusal(
            condition, f"Nothing that the judgement of cycle {last.cycle.number} cites is linked."
        )
    return last


def _as_before(
    last: Assessment, condition: Condition, cycle: ReviewCycle, *, reason: str, as_of: datetime
) -> Judgement:
    found = findings_of(last)
    items = condition.checklist.filter(retired_on__isnull=True).order_by("position")
    standing = still_standing(last, condition, as_of)
    cited = last.citations.order_by("id").values_list("evidence_id", flat=True)
    return Judgement(
        rationale=f"Unchanged since cycle {last.cycle.number}. {reason}",
        valid_from=proposed_day(condition, cycle, as_of=as_of),
        status=last.status,
        trend=Trend.NO_CHANGE.value,
        confidence=last.confidence,
        confidence_reason=last.confidence_reason,
        limb=last.limb,
        dissent=last.dissent,
        authority=last.authority,
        findings=tuple(ItemFinding(item.pk, *found[item.pk]) for item in items),
        cited=tuple(pk for pk in cited if pk in standing),
    )


def _refusal(condition: Condition, message: str) -> CannotConfirm:
    return CannotConfirm(message, field="condition", value=condition.code, remedy=ASSESS)
