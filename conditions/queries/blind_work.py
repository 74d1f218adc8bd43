"""Blind work: the double codings that somebody is to code, waits for, or can reconcile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q

from conditions.models import Coding, Condition, DoubleCoding, User


class Stage(StrEnum):
    """What a double coding asks of one person: to code, to wait for others, or to reconcile."""

    CODE = "code"
    WAIT = "wait"
    RECONCILE = "reconcile"


@dataclass(frozen=True, slots=True)
class BlindWork:
    """One standing double coding in a cycle that is not closed, as it lies on one person's desk."""

    double_coding_id: int
    condition_id: int
    code: str
    title: str
    program: str
    cycle_id: int
    cycle_number: int
    due_on: date
    stage: Stage


def blind_work(user: User, conditions: Collection[Condition]) -> tuple[BlindWork, ...]:
    """The double codings ``user`` is to code, and those of ``conditions``, by due day. One query.

    It tells who has coded, never what.
    """
    own = Q(first_coder=user) | Q(second_coder=user)
    rows = (
        DoubleCoding.objects.standing()
        .filter(own | Q(condition__in=conditions), cycle__closed_at__isnull=True)
        .filter(condition__program__is_active=True)
        .select_related("condition__program", "cycle")
        .annotate(
            sealed=Count("codings"),
            did=Exists(Coding.objects.filter(double_coding=OuterRef("pk"), coder=user)),
        )
        .order_by("cycle__due_on", "condition__program", "condition__position", "pk")
    )
    return tuple(
        BlindWork(
            double_coding_id=row.pk,
            condition_id=row.condition_id,
            code=row.condition.code,
            title=row.condition.title,
            program=row.condition.program.short_title,
            cycle_id=row.cycle_id,
            cycle_number=row.cycle.number,
            due_on=row.cycle.due_on,
            stage=_stage(row, user),
        )
        for row in rows
    )


def _stage(row: DoubleCoding, user: User) -> Stage:
    if row.sealed == 2:  # type: ignore[attr-defined]
        return Stage.RECONCILE
    is_coder = user.pk in (row.first_coder_id, row.second_coder_id)
    return Stage.CODE if is_coder and not row.did else Stage.WAIT  # type: ignore[attr-defined]
