"""What every step of an assessment has in common: lock, save, record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conditions.actions.record import record_event
from conditions.models import Assessment, Program, User
from conditions.queries.judgement_content import judgement_content
from conditions.rules.refusals import Conflict, NotFound
from conditions.rules.workflow import WorkState


class ChangedMeanwhile(Conflict):
    """Somebody else saved this assessment since it was opened."""


class NoAssessment(NotFound):
    """There is no such assessment."""


def locked_assessment(assessment: Assessment, expected_revision: int) -> Assessment:
    """The assessment, locked for this transaction, if nobody saved it after that revision."""
    Program.objects.filter(conditions__assessments=assessment.pk).select_for_update(
        of=("self",), no_key=True
    ).first()
    rows = Assessment.objects.select_for_update(of=("self",), no_key=True).select_related(
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


def save_step(assessment: Assessment, state: WorkState, as_of: datetime) -> None:
    """Save the assessment in its new work state, one revision further."""
    assessment.state = state.value
    assessment.revision += 1
    assessment.updated_at = as_of
    assessment.save()


def record_step(
    verb: str,
    assessment: Assessment,
    *,
    by: User,
    as_of: datetime,
    before: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append the event of a step, with all the assessment says after it."""
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
