"""The work of one cycle: every condition asked in it, and where its assessment stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from conditions.models import Assessment, Condition, ReviewCycle


@dataclass(frozen=True, slots=True)
class Work:
    """One condition in one cycle; ``assessment`` is the one in work, else the approved one."""

    condition: Condition
    assessment: Assessment | None

    @property
    def state(self) -> str:
        """The work state of the condition in the cycle."""
        return self.assessment.state if self.assessment else "not_started"


def workload(cycle: ReviewCycle, *, with_drafts: bool) -> tuple[Work, ...]:
    """The conditions in force in ``cycle``, in order. Two queries.

    Without ``with_drafts`` only approved assessments are told.
    """
    conditions = cycle.program.conditions.filter(in_force_from__lt=cycle.due_on).filter(
        Q(in_force_until__isnull=True) | Q(in_force_until__gt=cycle.starts_on)
    )
    rows = cycle.assessments.select_related("author", "approved_by").order_by("approved_at", "id")
    told = rows if with_drafts else rows.approved()
    by_condition: dict[int, Assessment] = {}
    for row in told:
        present = by_condition.get(row.condition_id)
        if present is None or present.approved_at is not None:
            by_condition[row.condition_id] = row
    return tuple(
        Work(condition, by_condition.get(condition.pk))
        for condition in conditions.select_related("lead").order_by("position", "id")
    )
