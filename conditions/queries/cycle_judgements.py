"""The judgement of each condition in each cycle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT

from conditions.models import Assessment, ConditionVersion, Program
from conditions.queries.asof import AsOf

_COLUMNS = (
    "pk",
    "condition_id",
    "cycle_id",
    "cycle__number",
    "status",
    "trend",
    "confidence",
    "confidence_reason",
    "limb",
    "rationale",
    "dissent",
    "authority",
    "valid_from",
    "approved_at",
    "corrects_id",
    "correction_note",
    "is_demonstration",
)


@dataclass(frozen=True, slots=True)
class CycleJudgement:
    """An approved judgement as a row of a page; ``corrects`` is the id of the one it replaced."""

    id: int
    condition_id: int
    cycle_id: int
    cycle_number: int
    status: str
    trend: str
    confidence: str
    confidence_reason: str
    limb: str
    rationale: str
    dissent: str
    authority: str
    valid_from: date
    approved_at: datetime
    corrects: int | None
    correction_note: str
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class ConditionSpan:
    """A condition with the half-open span of days on which it is in force."""

    id: int
    code: str
    title: str
    test: str
    in_force_from: date
    in_force_until: date | None

    def is_in_force_on(self, day: date) -> bool:
        """Whether the condition holds on ``day``."""
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )


Judgements = Mapping[tuple[int, int], CycleJudgement]


def judgements_of(
    as_of: AsOf, *, cycle_ids: Collection[int], condition_ids: Collection[int] | None = None
) -> tuple[CycleJudgement, ...]:
    """Standing judgements made in these cycles, in the order in which they hold. One query."""
    rows = Assessment.objects.known_at(as_of.known_at).filter(
        cycle__in=cycle_ids, valid_from__lte=as_of.valid_at
    )
    if condition_ids is not None:
        rows = rows.filter(condition__in=condition_ids)
    ordered = rows.order_by("valid_from", "approved_at", "pk").values_list(*_COLUMNS)
    return tuple(CycleJudgement(*row) for row in ordered)


def approved_in(cycle_ids: Collection[int], *, known_at: datetime) -> tuple[CycleJudgement, ...]:
    """All judgements of these cycles approved by ``known_at``, corrected ones too. One query."""
    rows = Assessment.objects.approved().filter(cycle__in=cycle_ids, approved_at__lte=known_at)
    ordered = rows.order_by("valid_from", "approved_at", "pk").values_list(*_COLUMNS)
    return tuple(CycleJudgement(*row) for row in ordered)


def by_cycle(judgements: Iterable[CycleJudgement]) -> Judgements:
    """The last judgement of each (condition id, cycle id)."""
    return {(row.condition_id, row.cycle_id): row for row in judgements}


def spans_of(program: Program, known_at: datetime) -> tuple[ConditionSpan, ...]:
    """All conditions a program had by ``known_at``, titled as then, in the order of its text.

    One query.
    """
    rows = (
        program.conditions.annotate(title_then=title_known_at(known_at))
        .filter(title_then__isnull=False)
        .order_by("position", "pk")
        .values_list("pk", "code", "title_then", "test", "in_force_from", "in_force_until")
    )
    return tuple(ConditionSpan(*row) for row in rows)


def title_known_at(known_at: datetime | OuterRef, *, of: str = "pk") -> Subquery:
    """The title at ``known_at`` of the condition that a query names in ``of``; null where it was
    not known yet.
    """
    wordings = ConditionVersion.objects.filter(
        condition=OuterRef(of), recorded_at__lte=known_at
    ).annotate(title=KT("content__title"))
    return Subquery(wordings.order_by("-number").values("title")[:1])
