"""Waiving a condition: a judgement that names who waived it, approved like any other."""

from __future__ import annotations

from datetime import datetime

from conditions.actions.authorities import BadAuthority
from conditions.actions.drafting import write_assessment
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.record import require_permission
from conditions.actions.reviews import ReasonMissing
from conditions.models import Assessment, Condition, ReviewCycle, User
from conditions.queries.proposals import proposed_day
from conditions.rules.refusals import Conflict
from conditions.rules.scale import Scale
from conditions.rules.status import Confidence

AN_ACT = "An act of the authority named."


class NoWaiver(Conflict):
    """The program's scale knows no grade for a waived condition."""


def waive_condition(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    authority: str,
    reason: str,
    by: User,
    as_of: datetime,
    confidence: str = Confidence.HIGH.value,
    confidence_reason: str = AN_ACT,
) -> Assessment:
    """Judge a condition, and each item of its checklist, waived by ``authority``; submit that.

    Somebody else approves it; a later judgement lifts it. Raises BadAuthority and ReasonMissing
    without one, NoWaiver, and what ``write_assessment`` raises.
    """
    require_permission(by, "waive_condition", to="waive a condition")
    if not authority.strip():
        raise BadAuthority(
            "A waiver names who gave it.",
            field="authority",
            value=authority,
            remedy="Name who waived the condition, by which act.",
        )
    if not reason.strip():
        raise ReasonMissing(
            "A waiver needs a reason.",
            field="reason",
            value=reason,
            remedy="Say what was waived, on which ground.",
        )
    status = _waived(cycle.program.scale)
    items = condition.checklist.filter(retired_on__isnull=True).order_by("position")
    return write_assessment(
        condition=condition,
        cycle=cycle,
        judgement=Judgement(
            rationale=reason,
            valid_from=proposed_day(condition, cycle, as_of=as_of),
            status=status,
            confidence=confidence,
            confidence_reason=confidence_reason,
            authority=authority,
            findings=tuple(ItemFinding(item.pk, status) for item in items),
        ),
        by=by,
        as_of=as_of,
        submit=True,
    )


def _waived(scale: Scale) -> str:
    codes = scale.waived_codes()
    if not codes:
        raise NoWaiver(
            "This program has no status for a waived condition.",
            field="status",
            value=", ".join(grade.code for grade in scale.grades),
            remedy="Judge the condition by another status, or add one to the program's pack.",
        )
    return codes[0]
