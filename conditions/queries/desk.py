"""The analyst's desk: what is mine to do, most urgent first, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q

from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Condition,
    InboxItem,
    Program,
    ReviewCycle,
    User,
)
from conditions.models.assessments import AssessmentQuerySet
from conditions.queries.blind_work import BlindWork, Stage, blind_work
from conditions.queries.duties import Duty, duties, worked_on
from conditions.queries.health import Health, health
from conditions.rules.calendar import DayCount, Span, day_of
from conditions.rules.workflow import WorkState

MOST_PROGRAMS = 20
MOST_CONDITIONS = 200
MOST_ASSESSMENTS = 50


@dataclass(frozen=True, slots=True)
class ProgramDays:
    """How far a program's current cycle has come, and which earlier cycles are overdue."""

    program: Program
    cycle_id: int
    cycle_number: int
    due_on: date
    days: DayCount
    approved: int
    conditions: int
    overdue: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InboxWait:
    """How many items of the inbox wait for a decision, and since when the oldest does."""

    items: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one person's desk shows."""

    to_code: tuple[BlindWork, ...]
    mine: tuple[Duty, ...]
    unled: tuple[Duty, ...]
    drafts: tuple[Assessment, ...]
    returned: tuple[Assessment, ...]
    with_reviewers: tuple[Assessment, ...]
    to_review: tuple[Assessment, ...]
    programs: tuple[ProgramDays, ...]
    inbox: InboxWait | None
    health: Health


def desk_of(user: User, *, as_of: datetime) -> Desk:
    """The desk of ``user`` at ``as_of``. Thirteen queries, whatever lies on it.

    The inbox is told to those who may see it.
    """
    programs = list(Program.objects.for_reader(user).filter(is_active=True)[:MOST_PROGRAMS])
    conditions = _conditions_for(user, as_of)
    cycles = worked_on({*programs, *(condition.program for condition in conditions)}, as_of)
    blind = blind_work(user, conditions)
    owed = duties(conditions, cycles, user, as_of, blind)
    own = list(
        _listed(Assessment.objects.still_open().filter(authors__user=user)).order_by(
            "cycle__due_on", "condition__position"
        )[:MOST_ASSESSMENTS]
    )
    return Desk(
        to_code=tuple(work for work in blind if work.stage is Stage.CODE),
        mine=tuple(duty for duty in owed if duty.condition.lead_id == user.pk),
        unled=tuple(duty for duty in owed if duty.condition.lead_id is None),
        drafts=_in_state(own, WorkState.DRAFT),
        returned=_in_state(own, WorkState.RETURNED),
        with_reviewers=_in_state(own, WorkState.SUBMITTED),
        to_review=_to_review(user),
        programs=_program_days(programs, cycles, as_of),
        inbox=_inbox_for(user),
        health=health(as_of=as_of),
    )


def _listed(assessments: AssessmentQuerySet) -> AssessmentQuerySet:
    return assessments.select_related("condition__program", "cycle", "author", "returned_by")


def _in_state(assessments: Iterable[Assessment], state: WorkState) -> tuple[Assessment, ...]:
    return tuple(assessment for assessment in assessments if assessment.state == state.value)


def _to_review(user: User) -> tuple[Assessment, ...]:
    """Submitted work of others; one's own only where the program has switched four eyes off."""
    if not user.has_perm("conditions.approve_assessment"):
        return ()
    wrote = AssessmentAuthor.objects.filter(assessment=OuterRef("pk"), user=user)
    waiting = Assessment.objects.filter(state=WorkState.SUBMITTED.value).filter(
        ~Exists(wrote) | Q(condition__program__four_eyes=False)
    )
    return tuple(_listed(waiting).order_by("cycle__due_on", "submitted_at")[:MOST_ASSESSMENTS])


def _inbox_for(user: User) -> InboxWait | None:
    if not user.has_perm("conditions.view_inboxitem"):
        return None
    found = InboxItem.objects.waiting().aggregate(items=Count("id"), oldest=Min("received_at"))
    return InboxWait(found["items"], found["oldest"])


def _conditions_for(user: User, as_of: datetime) -> list[Condition]:
    rows = (
        Condition.objects.filter(Q(lead=user) | Q(lead=None), program__is_active=True)
        .select_related("program")
        .order_by(F("lead").desc(nulls_last=True), "program", "position")
    )
    return [
        condition
        for condition in rows[:MOST_CONDITIONS]
        if condition.in_force_until is None
        or condition.in_force_until > condition.program.day_of(as_of)
    ]


def _program_days(
    programs: Collection[Program], cycles: Mapping[int, list[ReviewCycle]], as_of: datetime
) -> tuple[ProgramDays, ...]:
    current = {pk: several[-1] for pk, several in cycles.items() if several}
    approved = dict(
        Assessment.objects.approved()
        .filter(cycle__in=current.values())
        .values_list("cycle_id")
        .annotate(conditions=Count("condition", distinct=True))
        .order_by()
    )
    asked: dict[int, int] = {}
    for condition in Condition.objects.filter(program__in=programs):
        cycle = current.get(condition.program_id)
        ends = condition.in_force_until
        if (
            cycle
            and condition.in_force_from < cycle.due_on
            and (not ends or ends > cycle.starts_on)
        ):
            asked[cycle.pk] = asked.get(cycle.pk, 0) + 1
    rows = []
    for program in programs:
        if (cycle := current.get(program.pk)) is None:
            continue
        span = Span(cycle.number, cycle.starts_on, cycle.scheduled_due_on, cycle.due_on)
        day = program.day_of(as_of)
        rows.append(
            ProgramDays(
                program=program,
                cycle_id=cycle.pk,
                cycle_number=cycle.number,
                due_on=cycle.due_on,
                days=day_of(span, day),
                approved=approved.get(cycle.pk, 0),
                conditions=asked.get(cycle.pk, 0),
                overdue=tuple(c.number for c in cycles[program.pk] if c.due_on < day),
            )
        )
    return tuple(rows)
