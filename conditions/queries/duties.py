"""Duties: which condition owes a judgement in which cycle, and how urgently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import Assessment, Condition, Program, ReviewCycle, User
from conditions.queries.blind_work import BlindWork
from conditions.rules.calendar import CycleState, cycle_state, legal_day
from conditions.rules.workflow import WorkState

WORKED_ON = frozenset({CycleState.OPEN, CycleState.DUE, CycleState.OVERDUE})


@dataclass(frozen=True, slots=True)
class Duty:
    """One condition in the cycle that most needs its judgement; ``days_left`` below 0 is overdue.

    ``work_state`` is not_started, draft, submitted, returned or approved; ``status`` is the code of
    the judgement in force, which may come from an earlier cycle. ``blind`` is the double coding
    that comes before the judgement, if the condition has one in that cycle.
    """

    condition: Condition
    cycle_id: int
    cycle_number: int
    due_on: date
    days_left: int
    work_state: str
    assessment_id: int | None
    is_own: bool
    status: str | None
    blind: BlindWork | None = None


def worked_on(programs: Iterable[Program], as_of: datetime) -> dict[int, list[ReviewCycle]]:
    """By program id, its cycles that are open, due or overdue at ``as_of``, in order. One query."""
    by_id = {program.pk: program for program in programs}
    found: dict[int, list[ReviewCycle]] = {pk: [] for pk in by_id}
    for cycle in ReviewCycle.objects.filter(program__in=by_id, closed_at=None).order_by("number"):
        cycle.program = by_id[cycle.program_id]
        if state_of(cycle, cycle.program.day_of(as_of)) in WORKED_ON:
            found[cycle.program_id].append(cycle)
    return found


def state_of(cycle: ReviewCycle, day: date) -> CycleState:
    """What a cycle is on ``day``, by its dates as they stand."""
    return cycle_state(
        starts_on=cycle.starts_on,
        due_on=cycle.due_on,
        closed_on=cycle.closed_on,
        tracked_from=cycle.program.tracked_from,
        day=day,
        is_skipped=cycle.is_skipped,
    )


def duties(
    conditions: Collection[Condition],
    cycles: Mapping[int, list[ReviewCycle]],
    user: User,
    as_of: datetime,
    blind: Iterable[BlindWork] = (),
) -> list[Duty]:
    """What each condition owes among these cycles, most urgent first. Three queries.

    ``blind`` are the double codings to tell of beside them.
    """
    wanted = [cycle.pk for several in cycles.values() for cycle in several]
    touched = Assessment.objects.filter(condition__in=conditions, cycle__in=wanted)
    approved = set(touched.approved().values_list("condition_id", "cycle_id"))
    in_work = {
        (assessment.condition_id, assessment.cycle_id): assessment
        for assessment in touched.still_open()
    }
    statuses = _statuses(conditions, as_of)
    coded = {(work.condition_id, work.cycle_id): work for work in blind}
    found = []
    for condition in conditions:
        cycle = _most_urgent(condition, cycles.get(condition.program_id, []), approved)
        if cycle is None:
            continue
        key = (condition.pk, cycle.pk)
        assessment = in_work.get(key)
        done = "approved" if key in approved else "not_started"
        found.append(
            Duty(
                condition=condition,
                cycle_id=cycle.pk,
                cycle_number=cycle.number,
                due_on=cycle.due_on,
                days_left=(cycle.due_on - condition.program.day_of(as_of)).days,
                work_state=assessment.state if assessment else done,
                assessment_id=assessment.pk if assessment else None,
                is_own=assessment is not None and assessment.author_id == user.pk,
                status=statuses.get(condition.pk),
                blind=coded.get(key),
            )
        )
    return sorted(found, key=_urgency)


def _urgency(duty: Duty) -> tuple[bool, date, bool, int, int]:
    waits = duty.work_state == WorkState.SUBMITTED
    program, position = duty.condition.program_id, duty.condition.position
    return duty.work_state == WorkState.APPROVED, duty.due_on, waits, program, position


def _most_urgent(
    condition: Condition, cycles: list[ReviewCycle], approved: set[tuple[int, int]]
) -> ReviewCycle | None:
    asked = [cycle for cycle in cycles if condition.in_force_from < cycle.due_on]
    owed = [cycle for cycle in asked if (condition.pk, cycle.pk) not in approved]
    return owed[0] if owed else asked[-1] if asked else None


def _statuses(conditions: Collection[Condition], as_of: datetime) -> dict[int, str]:
    # No judgement may hold from a day to come, so the latest legal day on earth serves all zones.
    latest = legal_day(as_of, "Pacific/Kiritimati")
    in_force = Assessment.objects.in_force(valid_at=latest, known_at=as_of)
    return dict(in_force.filter(condition__in=conditions).values_list("condition_id", "status"))
