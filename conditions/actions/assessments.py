"""Assessments as their authors work on them: started, edited, submitted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.authorities import require_may_waive
from conditions.actions.judgement_parts import (
    cite,
    find,
    require_complete,
    require_unchanged_evidence,
)
from conditions.actions.judgements import (
    Judgement,
    require_cycle_takes,
    require_judgement_fits,
)
from conditions.actions.reconciling import credit_coders, require_coded
from conditions.actions.record import require_permission
from conditions.actions.searches import require_searched
from conditions.actions.steps import locked_assessment, record_step, save_step
from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Condition,
    Program,
    ReviewCycle,
    User,
)
from conditions.queries.judgement_content import judgement_content
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Conflict
from conditions.rules.workflow import WorkState, require_editable, require_transition


class AlreadyOpen(Conflict):
    """The condition already has an open assessment in this cycle."""


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

    Raises AlreadyOpen when one is open already, DoubleCodingPending while two people are to code
    it blind, NotYoursToWaive, and the refusals of ``require_judgement_fits``.
    """
    require_permission(by, "add_assessment", to="write assessments")
    with transaction.atomic():
        Program.objects.hold(cycle.program_id)
        cycle = ReviewCycle.objects.select_related("program").get(pk=cycle.pk)
        require_judgement_fits(
            judgement, condition=condition, cycle=cycle, corrects=corrects, as_of=as_of
        )
        require_may_waive(by, judgement.status, cycle.program.scale)
        require_none_open(condition, cycle)
        require_coded(condition, cycle, corrects)
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
        credit_coders(assessment, as_of)
        record_step("assessment.drafted", assessment, by=by, as_of=as_of)
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

    Raises ChangedMeanwhile unless ``expected_revision`` is the revision on file, NotYoursToWaive,
    and the refusals of ``require_judgement_fits``.
    """
    require_permission(by, "change_assessment", to="edit assessments")
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_editable(assessment.state)
        require_judgement_fits(
            judgement,
            condition=assessment.condition,
            cycle=assessment.cycle,
            corrects=assessment.corrects,
            as_of=as_of,
        )
        require_may_waive(by, judgement.status, assessment.cycle.program.scale)
        before = judgement_content(assessment)
        for name, value in judgement.columns().items():
            setattr(assessment, name, value)
        latest = assessment.condition.versions.filter(recorded_at__lte=as_of).first()
        assessment.condition_version = latest or assessment.condition_version
        save_step(assessment, WorkState(assessment.state), as_of)
        _write_parts(assessment, judgement, by=by, as_of=as_of)
        record_step("assessment.edited", assessment, by=by, as_of=as_of, before=before)
    return assessment


def submit_assessment(
    *, assessment: Assessment, by: User, as_of: datetime, expected_revision: int
) -> Assessment:
    """Hand a draft to review, bound by the fingerprint of all it says.

    Raises Incomplete naming every missing part, SearchMissing where nothing could be assessed and
    nobody has logged that they looked, and ChangedMeanwhile.
    """
    require_permission(by, "submit_assessment", to="submit assessments")
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_transition(assessment.state, WorkState.SUBMITTED)
        require_cycle_takes(assessment.cycle, assessment.corrects)
        require_complete(assessment)
        require_searched(assessment)
        require_unchanged_evidence(assessment)
        AssessmentAuthor.objects.get_or_create(
            assessment=assessment, user=by, defaults={"since": as_of}
        )
        assessment.sha256 = fingerprint(judgement_content(assessment))
        assessment.submitted_by, assessment.submitted_at = by, as_of
        save_step(assessment, WorkState.SUBMITTED, as_of)
        record_step("assessment.submitted", assessment, by=by, as_of=as_of)
    return assessment


def require_none_open(condition: Condition, cycle: ReviewCycle) -> None:
    """Raise AlreadyOpen when an assessment of the condition is in work in this cycle."""
    present = Assessment.objects.still_open().filter(condition=condition, cycle=cycle).first()
    if present is not None:
        raise AlreadyOpen(
            f"{condition.code} already has an assessment in work in cycle {cycle.number} "
            f"(by {present.author}, {present.state}).",
            field="condition",
            value=condition.code,
            remedy="Continue that one.",
        )


def _write_parts(
    assessment: Assessment, judgement: Judgement, *, by: User, as_of: datetime
) -> None:
    AssessmentAuthor.objects.get_or_create(
        assessment=assessment, user=by, defaults={"since": as_of}
    )
    find(assessment, judgement.findings)
    cite(assessment, judgement.cited, as_of=as_of)
