"""What is still to be done in the review cycles that run, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conditions.models import Assessment, Condition, Program, ReviewCycle
from conditions.queries.recipients import managers_of
from conditions.rules.ladder import Ladder

NOT_STARTED = "not started"
_Pairs = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A condition in force without an approved assessment in the cycle, and its work state."""

    condition_id: int
    code: str
    title: str
    work_state: str
    lead_id: int | None
    lead: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One cycle that has begun and is not closed: what is outstanding in it, on ``day``.

    ``by_lead`` groups that by the person in charge; None stands for conditions without an active
    lead, which fall to the managers.
    """

    program: Program
    cycle: ReviewCycle
    day: date
    ladder: Ladder
    by_lead: Mapping[int | None, tuple[Outstanding, ...]]
    managers: frozenset[int]

    @property
    def days_left(self) -> int:
        """Days until the due date; negative once overdue."""
        return (self.cycle.due_on - self.day).days

    @property
    def is_escalated(self) -> bool:
        """Whether it is so long overdue that the managers are told, whoever leads."""
        late = self.ladder.managers_from
        return late is not None and -self.days_left >= late

    @property
    def is_demonstration(self) -> bool:
        """Whether this is shown for demonstration only."""
        return self.program.is_demonstration or self.cycle.is_demonstration

    def share_of(self, person_id: int) -> tuple[Outstanding, ...]:
        """What this person is to see to; for a manager of an escalated cycle, everything."""
        if person_id not in self.managers:
            return self.by_lead.get(person_id, ())
        if self.is_escalated:
            return tuple(one for group in self.by_lead.values() for one in group)
        return self.by_lead.get(person_id, ()) + self.by_lead.get(None, ())

    def concerns(self, person_id: int) -> bool:
        """Whether anything is left for this person; closing a late cycle is left to managers."""
        return bool(self.share_of(person_id)) or (self.is_escalated and person_id in self.managers)


def open_matters(program_ids: Collection[int], as_of: datetime) -> Mapping[int, tuple[Matter, ...]]:
    """Every matter of these programs, by program, oldest cycle first. Seven queries.

    Cycles that are closed, have not begun or were before the team's time are left out, and so are
    the cycles of a program that is no longer active.
    """
    programs = Program.objects.filter(pk__in=program_ids, is_active=True).in_bulk()
    days = {pk: program.day_of(as_of) for pk, program in programs.items()}
    cycles = [
        cycle
        for cycle in ReviewCycle.objects.filter(
            program__in=programs, closed_at__isnull=True
        ).order_by("number")
        if cycle.starts_on <= days[cycle.program_id]
        and cycle.due_on > programs[cycle.program_id].tracked_from
    ]
    approved, work = _judged(cycles), _work_states(cycles)
    conditions = _conditions(programs)
    managers = managers_of(programs)
    found: dict[int, list[Matter]] = {pk: [] for pk in programs}
    for cycle in cycles:
        day = days[cycle.program_id]
        wanted = [
            condition
            for condition in conditions.get(cycle.program_id, ())
            if is_asked(condition, cycle, day) and (cycle.pk, condition.pk) not in approved
        ]
        program = programs[cycle.program_id]
        found[program.pk].append(
            Matter(
                program=program,
                cycle=cycle,
                day=day,
                ladder=program.ladder,
                by_lead=_by_lead(wanted, cycle, work),
                managers=managers[program.pk],
            )
        )
    return {pk: tuple(matters) for pk, matters in found.items()}


def concerned_in(cycle: ReviewCycle, as_of: datetime) -> frozenset[int]:
    """Ids of the managers, and of each lead who has something outstanding in an open cycle."""
    leads = {
        lead
        for matter in open_matters([cycle.program_id], as_of).get(cycle.program_id, ())
        for lead in matter.by_lead
        if matter.cycle.pk == cycle.pk and lead is not None
    }
    return managers_of([cycle.program_id])[cycle.program_id] | leads


def is_asked(condition: Condition, cycle: ReviewCycle, day: date) -> bool:
    """Whether a condition is to be judged in a cycle: in force on ``day``, or on the last day."""
    moment = min(day, cycle.due_on - timedelta(days=1))
    until = condition.in_force_until
    return (
        condition.in_force_from <= moment
        and condition.in_force_from < cycle.due_on
        and (until is None or until > moment)
    )


def _judged(cycles: Collection[ReviewCycle]) -> _Pairs:
    rows = Assessment.objects.approved().filter(cycle__in=cycles)
    return frozenset(rows.values_list("cycle_id", "condition_id").order_by())


def _work_states(cycles: Collection[ReviewCycle]) -> dict[tuple[int, int], str]:
    rows = Assessment.objects.still_open().filter(cycle__in=cycles).order_by()
    return {
        (cycle_id, condition_id): state
        for cycle_id, condition_id, state in rows.values_list("cycle_id", "condition_id", "state")
    }


def _conditions(programs: Mapping[int, Program]) -> dict[int, list[Condition]]:
    found: dict[int, list[Condition]] = {}
    rows = (
        Condition.objects.filter(program__in=programs)
        .select_related("lead")
        .only(
            "program_id",
            "code",
            "title",
            "in_force_from",
            "in_force_until",
            "lead__username",
            "lead__first_name",
            "lead__last_name",
            "lead__is_active",
        )
        .order_by("position", "id")
    )
    for condition in rows:
        found.setdefault(condition.program_id, []).append(condition)
    return found


def _by_lead(
    conditions: Collection[Condition],
    cycle: ReviewCycle,
    work: Mapping[tuple[int, int], str],
) -> Mapping[int | None, tuple[Outstanding, ...]]:
    groups: dict[int | None, list[Outstanding]] = {}
    for condition in conditions:
        lead = condition.lead if condition.lead is not None and condition.lead.is_active else None
        outstanding = Outstanding(
            condition_id=condition.pk,
            code=condition.code,
            title=condition.title,
            work_state=work.get((cycle.pk, condition.pk), NOT_STARTED),
            lead_id=lead.pk if lead else None,
            lead=str(lead) if lead else "",
        )
        groups.setdefault(outstanding.lead_id, []).append(outstanding)
    return {lead_id: tuple(group) for lead_id, group in groups.items()}
