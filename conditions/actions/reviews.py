"""What a reviewer does with a submitted assessment: return it, or make it a judgement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.authorities import require_named_authority
from conditions.actions.escalations import note_approval
from conditions.actions.judgement_parts import require_unchanged_evidence
from conditions.actions.judgements import require_cycle_takes
from conditions.actions.record import require_permission
from conditions.actions.steps import locked_assessment, record_step, save_step
from conditions.models import Assessment, User
from conditions.queries.judgement_content import judgement_content
from conditions.rules.authority import require_other_eyes
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Conflict, Invalid
from conditions.rules.workflow import WorkState, require_transition


class ContentChanged(Conflict):
    """What would be approved is not what was submitted, or not on the present wording."""


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

    Raises OtherEyesNeeded for anybody who wrote in it, ChangedMeanwhile, EvidenceChanged when
    something it cites reads differently now, BadAuthority where a waiver names nobody, and
    ContentChanged when the condition was reworded or
    what is on file is not what was submitted.
    """
    require_permission(by, "approve_assessment", to="approve assessments")
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_transition(assessment.state, WorkState.APPROVED)
        writers = set(assessment.authors.values_list("user_id", flat=True)) | {assessment.author_id}
        require_other_eyes(writers, by.pk, four_eyes=assessment.condition.program.four_eyes)
        require_cycle_takes(assessment.cycle, assessment.corrects)
        require_unchanged_evidence(assessment)
        _require_as_submitted(assessment)
        require_named_authority(
            assessment.authority, assessment.status, assessment.cycle.program.scale
        )
        assessment.approved_by, assessment.approved_at = by, as_of
        assessment.approval_note = note.strip()
        save_step(assessment, WorkState.APPROVED, as_of)
        record_step("assessment.approved", assessment, by=by, as_of=as_of, reason=note.strip())
        note_approval(assessment=assessment, by=by, as_of=as_of)
    return assessment


def _require_as_submitted(assessment: Assessment) -> None:
    judged = assessment.condition_version
    if assessment.condition.versions.filter(number__gt=judged.number).exists():
        raise ContentChanged(
            f"{assessment.condition.code} was reworded after version {judged.number} was judged.",
            field="condition_version",
            value=judged.number,
            remedy="Return the assessment, so that its author judges the present wording.",
        )
    if fingerprint(judgement_content(assessment)) != assessment.sha256:
        raise ContentChanged(
            "What is on file differs from what was submitted.",
            field="sha256",
            value=assessment.sha256,
            remedy="Return the assessment and have it submitted again.",
        )
