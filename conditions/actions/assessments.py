"""Assessments through their work states: draft, submitted, returned, approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from conditions.actions.judgement_parts import (
    cite,
    find,
    require_complete,
    require_unchanged_evidence,
)
from conditions.actions.judgements import Judgement, require_judgement_fits
from conditions.actions.record import record_event, require_permission
from conditions.models import Assessment, AssessmentAuthor, Condition, ReviewCycle, User
from conditions.queries.judgement_content import judgement_content
from conditions.rules.authority import require_other_eyes
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Conflict, Invalid, NotFound
from conditions.rules.workflow import WorkState, require_editable, require_transition


class ChangedMeanwhile(Conflict):
    """Somebody else saved this assessment since it was opened."""


class AlreadyOpen(Conflict):
    """The condition already has an open assessment in this cycle."""


class NoAssessment(NotFound):
    """There is no such assessment."""


class ReasonMissing(Invalid):
    """A step that sends work back needs its reason in words."""


def start_assessment(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    judgement: Judgement,
    by: User,
    as_of: datetime,
    corrects: Assessment | None = None,
    correction_note: str = "",
    is_demonstration: bool = False,
) -> Assessment:
    """Write the first draft of a judgement on ``condition`` in ``cycle``.

    Raises AlreadyOpen when one is open already, and the refusals of ``require_judgement_fits``.
    """
    require_permission(by, "add_assessment", to="write assessments")
    with transaction.atomic():
        cycle = ReviewCycle.objects.select_for_update().select_related("program").get(pk=cycle.pk)
        require_judgement_fits(
            judgement, condition=condition, cycle=cycle, corrects=corrects, as_of=as_of
        )
        _require_none_open(condition, cycle)
        version = condition.versions.filter(recorded_at__lte=as_of).first()
        assessment = Assessment.objects.create(
            condition=condition,
            cycle=cycle,
            condition_version=version or condition.versions.earliest("number"),
            author=by,
            created_at=as_of,
            updated_at=as_of,
            corrects=corrects,
            correction_note=correction_note.strip(),
            is_demonstration=is_demonstration,
            **judgement.columns(),
        )
        _write_parts(assessment, judgement, by=by, as_of=as_of)
        _record("assessment.drafted", assessment, by=by, as_of=as_of)
    return assessment


def edit_assessment(
    *,
    assessment: Assessment,
    judgement: Judgement,
    by: User,
    as_of: datetime,
    expected_revision: int,
) -> Assessment:
    """Replace what a draft or returned assessment says; whoever edits becomes one of its authors.

    Raises ChangedMeanwhile unless ``expected_revision`` is the revision on file.
    """
    require_permission(by, "change_assessment", to="edit assessments")
    with transaction.atomic():
        assessment = _locked(assessment, expected_revision)
        require_editable(assessment.state)
        require_judgement_fits(
            judgement,
            condition=assessment.condition,
            cycle=assessment.cycle,
            corrects=assessment.corrects,
            as_of=as_of,
        )
        before = judgement_content(assessment)
        for name, value in judgement.columns().items():
            setattr(assessment, name, value)
        latest = assessment.condition.versions.filter(recorded_at__lte=as_of).first()
        assessment.condition_version = latest or assessment.condition_version
        _step(assessment, WorkState(assessment.state), as_of)
        _write_parts(assessment, judgement, by=by, as_of=as_of)
        _record("assessment.edited", assessment, by=by, as_of=as_of, before=before)
    return assessment


def submit_assessment(
    *, assessment: Assessment, by: User, as_of: datetime, expected_revision: int
) -> Assessment:
    """Hand a draft to review, bound by the fingerprint of all it says.

    Raises Incomplete naming every missing part, and ChangedMeanwhile.
    """
    require_permission(by, "submit_assessment", to="submit assessments")
    with transaction.atomic():
        assessment = _locked(assessment, expected_revision)
        require_transition(assessment.state, WorkState.SUBMITTED)
        require_complete(assessment)
        require_unchanged_evidence(assessment)
        AssessmentAuthor.objects.get_or_create(
            assessment=assessment, user=by, defaults={"since": as_of}
        )
        assessment.sha256 = fingerprint(judgement_content(assessment))
        assessment.submitted_by, assessment.submitted_at = by, as_of
        _step(assessment, WorkState.SUBMITTED, as_of)
        _record("assessment.submitted", assessment, by=by, as_of=as_of)
    return assessment


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
        assessment = _locked(assessment, expected_revision)
        require_transition(assessment.state, WorkState.RETURNED)
        assessment.returned_by, assessment.returned_at = by, as_of
        assessment.return_reason = reason.strip()
        _step(assessment, WorkState.RETURNED, as_of)
        _record("assessment.returned", assessment, by=by, as_of=as_of, reason=reason.strip())
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
        assessment = _locked(assessment, expected_revision)
        require_transition(assessment.state, WorkState.APPROVED)
        writers = set(assessment.authors.values_list("user_id", flat=True)) | {assessment.author_id}
        require_other_eyes(writers, by.pk, four_eyes=assessment.condition.program.four_eyes)
        require_unchanged_evidence(assessment)
        assessment.approved_by, assessment.approved_at = by, as_of
        assessment.approval_note = note.strip()
        _step(assessment, WorkState.APPROVED, as_of)
        _record("assessment.approved", assessment, by=by, as_of=as_of, reason=note.strip())
    return assessment


def _require_none_open(condition: Condition, cycle: ReviewCycle) -> None:
    present = Assessment.objects.still_open().filter(condition=condition, cycle=cycle).first()
    if present is not None:
        raise AlreadyOpen(
            f"{condition.code} already has an assessment in work in cycle {cycle.number} "
            f"(by {present.author}, {present.state}).",
            field="condition",
            value=condition.code,
            remedy="Continue that one.",
        )


def _locked(assessment: Assessment, expected_revision: int) -> Assessment:
    rows = Assessment.objects.select_for_update(of=("self",)).select_related(
        "condition__program", "cycle__program", "condition_version", "author", "corrects"
    )
    present = rows.filter(pk=assessment.pk).first()
    if present is None:
        raise NoAssessment("This assessment does not exist.", field="id", value=assessment.pk)
    if present.revision != expected_revision:
        raise ChangedMeanwhile(
            "Somebody saved this assessment after you opened it.",
            field="revision",
            value=expected_revision,
            remedy=f"Look at revision {present.revision}, then save yours over it or let it stand.",
        )
    return present


def _write_parts(
    assessment: Assessment, judgement: Judgement, *, by: User, as_of: datetime
) -> None:
    AssessmentAuthor.objects.get_or_create(
        assessment=assessment, user=by, defaults={"since": as_of}
    )
    find(assessment, judgement.findings)
    cite(assessment, judgement.cited, as_of=as_of)


def _step(assessment: Assessment, state: WorkState, as_of: datetime) -> None:
    assessment.state = state.value
    assessment.revision += 1
    assessment.updated_at = as_of
    assessment.save()


def _record(
    verb: str,
    assessment: Assessment,
    *,
    by: User,
    as_of: datetime,
    before: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    record_event(
        verb=verb,
        subject=assessment,
        by=by,
        as_of=as_of,
        program=assessment.condition.program,
        condition=assessment.condition,
        cycle=assessment.cycle,
        before=before,
        after=judgement_content(assessment) | {"state": assessment.state},
        reason=reason,
    )
