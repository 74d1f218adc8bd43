"""What keeps a review cycle from being closed, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count

from conditions.models import Assessment, Condition, DoubleCoding, ReviewCycle
from conditions.models.conditions import ConditionQuerySet
from conditions.rules.workflow import WorkState


class BlockerKind(StrEnum):
    """Nothing is judged, a judgement is still in work, or a blind coding is outstanding."""

    MISSING = "missing"
    IN_WORK = "in_work"
    DOUBLE_CODING = "double_coding"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to do before a cycle closes; ``code`` and ``title`` are the condition's.

    ``text`` says what to do. ``assessment_id`` is the one in work; ``double_coding_id`` the coding
    that waits.
    """

    kind: BlockerKind
    code: str
    title: str
    text: str
    assessment_id: int | None
    condition_id: int
    position: int
    double_coding_id: int | None = None


def blockers_of(cycle: ReviewCycle, day: date) -> tuple[Blocker, ...]:
    """Whatever stands between ``cycle`` and its closing on ``day``, in the order of the text.

    A condition in force without an approved judgement, an assessment that would be left behind, a
    double coding that two people have not finished. A condition with work begun or to be coded
    first is not told as missing too. Nothing blocks a cycle that is closed. Three queries.
    """
    if cycle.closed_at is not None:
        return ()
    begun = [*_in_work(cycle), *_half_coded(cycle)]
    told = {blocker.condition_id for blocker in begun}
    missing = [
        _blocker(BlockerKind.MISSING, condition, _MISSING)
        for condition in unjudged(cycle, day)
        if condition.pk not in told
    ]
    return tuple(
        sorted([*missing, *begun], key=lambda one: (one.position, one.code, _ORDER.index(one.kind)))
    )


def unjudged(cycle: ReviewCycle, day: date) -> ConditionQuerySet:
    """Conditions in force on ``day``, or on the span's last day, without an approved judgement."""
    judged = Assessment.objects.approved().filter(cycle=cycle).values("condition")
    return (
        cycle.program.conditions.in_force_on(min(day, cycle.due_on - timedelta(days=1)))
        .filter(in_force_from__lt=cycle.due_on)
        .exclude(pk__in=judged)
        .order_by("position", "pk")
    )


_ORDER = (BlockerKind.DOUBLE_CODING, BlockerKind.MISSING, BlockerKind.IN_WORK)
_MISSING = (
    "Not yet assessed. Assess it; where the evidence is too thin, say U (cannot be assessed)."
)
_HALF_CODED = "Coded blind by {sealed} of 2. Have both code it before it is judged, or call it off."
_STEPS = {
    WorkState.DRAFT: "A draft by {author}. Submit it for review, or withdraw it with a reason.",
    WorkState.SUBMITTED: "Submitted by {author}. Approve it, or return it with a reason.",
    WorkState.RETURNED: "Returned to {author}. Submit it again, or withdraw it with a reason.",
}


def _in_work(cycle: ReviewCycle) -> list[Blocker]:
    rows = Assessment.objects.still_open().filter(cycle=cycle).select_related("condition", "author")
    return [
        _blocker(
            BlockerKind.IN_WORK,
            row.condition,
            _STEPS[WorkState(row.state)].format(author=row.author),
            assessment_id=row.pk,
        )
        for row in rows
    ]


def _half_coded(cycle: ReviewCycle) -> list[Blocker]:
    rows = (
        DoubleCoding.objects.standing()
        .filter(cycle=cycle)
        .select_related("condition")
        .annotate(sealed=Count("codings"))
        .filter(sealed__lt=2)
    )
    return [
        _blocker(
            BlockerKind.DOUBLE_CODING,
            row.condition,
            _HALF_CODED.format(sealed=row.sealed),  # type: ignore[attr-defined]
            double_coding_id=row.pk,
        )
        for row in rows
    ]


def _blocker(
    kind: BlockerKind,
    condition: Condition,
    text: str,
    *,
    assessment_id: int | None = None,
    double_coding_id: int | None = None,
) -> Blocker:
    return Blocker(
        kind=kind,
        code=condition.code,
        title=condition.title,
        text=text,
        assessment_id=assessment_id,
        condition_id=condition.pk,
        position=condition.position,
        double_coding_id=double_coding_id,
    )
