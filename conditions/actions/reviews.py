"""What a reviewer does with a submitted assessment: return it, or make it a judgement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.judgement_parts import require_unchanged_evidence
from conditions.actions.record import require_permission
from conditions.actions.steps import locked_assessment, record_step, save_step
from conditions.models import Assessment, User
from conditions.rules.authority import require_other_eyes
from conditions.rules.refusals import Invalid
from conditions.rules.workflow import WorkState, require_transition


class ReasonMissing(Invalid):
    """A step that sends work back needs its reason in words."""


def return_assessment(
    *, assessment: Assessment, by: User, as_of: datetime, reason: str, expected_revision: int
) -> Assessment:
    """Send a submitted assessment back to its author with a reason."""
    require_permission(by, "return_assessment", to="return assessments")
    if not reason.strip():
        raise ReasonMissing(
            "A returned assessment needs a reason.",
            field="reason",
            value=reason,
            remedy="Say what the author should look at again.",
        )
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_transition(assessment.state, WorkState.RETURNED)
        assessment.returned_by, assessment.returned_at = by, as_of
        assessment.return_reason = reason.strip()
        save_step(assessment, WorkState.RETURNED, as_of)
        record_step("assessment.returned", assessment, by=by, as_of=as_of, reason=reason.strip())
    return assessment


def approve_assessment(
    *,
    assessment: Assessment,
    by: User,
    as_of: datetime,
    expected_revision: int,
    note: str = "",
) -> Assessment:
    """Make a submitted assessment a judgement; it is never changed after.

    Raises SelfApproval for anybody who wrote in it, ChangedMeanwhile, and EvidenceChanged when
    something it cites reads differently now.
    """
    require_permission(by, "approve_assessment", to="approve assessments")
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_transition(assessment.state, WorkState.APPROVED)
        writers = set(assessment.authors.values_list("user_id", flat=True)) | {assessment.author_id}
        require_other_eyes(writers, by.pk, four_eyes=assessment.condition.program.four_eyes)
        require_unchanged_evidence(assessment)
        assessment.approved_by, assessment.approved_at = by, as_of
        assessment.approval_note = note.strip()
        save_step(assessment, WorkState.APPROVED, as_of)
        record_step("assessment.approved", assessment, by=by, as_of=as_of, reason=note.strip())
    return assessment
