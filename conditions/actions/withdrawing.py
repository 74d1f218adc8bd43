"""Withdrawing an assessment: its author, or a manager, gives it up with a reason; it is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.record import require_permission
from conditions.actions.reviews import ReasonMissing
from conditions.actions.steps import locked_assessment, record_step, save_step
from conditions.models import Assessment, User
from conditions.rules.refusals import NotAllowed
from conditions.rules.workflow import WorkState, require_transition

ANYBODYS = "close_reviewcycle"


class SomebodyElses(NotAllowed):
    """Only who wrote in an assessment gives it up, or a manager for them."""


def withdraw_assessment(
    *, assessment: Assessment, by: User, as_of: datetime, reason: str, expected_revision: int
) -> Assessment:
    """Give up a draft or returned assessment for good; its condition can be assessed anew.

    Raises ReasonMissing, SomebodyElses for anybody who neither wrote in it nor may close cycles,
    NoSuchStep once it is submitted, and ChangedMeanwhile.
    """
    require_permission(by, "withdraw_assessment", to="withdraw assessments")
    if not reason.strip():
        raise ReasonMissing(
            "A withdrawal needs a reason.",
            field="reason",
            value=reason,
            remedy="Say why this assessment is given up.",
        )
    with transaction.atomic():
        assessment = locked_assessment(assessment, expected_revision)
        require_transition(assessment.state, WorkState.WITHDRAWN)
        require_own(assessment, by)
        assessment.withdrawn_by, assessment.withdrawn_at = by, as_of
        assessment.withdrawal_reason = reason.strip()
        save_step(assessment, WorkState.WITHDRAWN, as_of)
        record_step("assessment.withdrawn", assessment, by=by, as_of=as_of, reason=reason.strip())
    return assessment


def may_withdraw(by: User, author_ids: frozenset[int]) -> bool:
    """Whether this person may withdraw what these people wrote, as far as the person decides."""
    own = by.pk in author_ids or by.has_perm(f"conditions.{ANYBODYS}")
    return own and by.has_perm("conditions.withdraw_assessment")


def require_own(assessment: Assessment, by: User) -> None:
    """Raise SomebodyElses unless ``by`` wrote in the assessment or may withdraw anybody's."""
    writers = assessment.authors.values_list("user_id", flat=True)
    if not may_withdraw(by, frozenset({assessment.author_id, *writers})):
        raise SomebodyElses(
            f"This assessment was written by {assessment.author}, not by you.",
            field="by",
            value=by.get_username(),
            remedy="Ask its author or a manager to withdraw it.",
        )
