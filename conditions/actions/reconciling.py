"""Reconciling: no judgement before both coders have coded, and both are authors of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Condition,
    DoubleCoding,
    ReviewCycle,
    User,
)
from conditions.queries.coders import waited_for
from conditions.rules.refusals import Conflict


class DoubleCodingPending(Conflict):
    """The condition is being coded blind, and those ``waiting`` have not coded yet."""

    def __init__(self, double_coding: DoubleCoding, waiting: Sequence[User]) -> None:
        names = " and ".join(str(coder) for coder in waiting)
        super().__init__(
            f"{double_coding.condition.code} is double-coded in cycle "
            f"{double_coding.cycle.number}: {names} {'has' if len(waiting) == 1 else 'have'} "
            "still to code it blind.",
            field="condition",
            value=double_coding.condition.code,
            remedy="Judge it once both have coded; or have a manager replace who cannot code, "
            "or call the double coding off.",
        )
        self.double_coding = double_coding
        self.waiting = tuple(waiting)


def require_coded(condition: Condition, cycle: ReviewCycle, corrects: Assessment | None) -> None:
    """Raise DoubleCodingPending, naming who is to code, while a double coding is not finished.

    A correction is free: what it corrects was judged with both codings on the table.
    """
    found = _standing(condition, cycle) if corrects is None else None
    if found is not None and (waiting := waited_for(found)):
        raise DoubleCodingPending(found, waiting)


def credit_coders(assessment: Assessment, as_of: datetime) -> None:
    """Make both coders authors of the judgement that reconciles them, so neither approves it."""
    found = None
    if assessment.corrects_id is None:
        found = _standing(assessment.condition, assessment.cycle)
    if found is not None:
        for coder in (found.first_coder, found.second_coder):
            AssessmentAuthor.objects.get_or_create(
                assessment=assessment, user=coder, defaults={"since": as_of}
            )


def _standing(condition: Condition, cycle: ReviewCycle) -> DoubleCoding | None:
    rows = DoubleCoding.objects.standing().filter(condition=condition, cycle=cycle)
    return rows.select_related("condition", "cycle", "first_coder", "second_coder").first()
