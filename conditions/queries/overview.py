"""All programs side by side, in a fixed number of queries whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)

from conditions.models import Assessment, Condition, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    CycleJudgement,
    approved_in,
    by_cycle,
    title_known_at,
)
from conditions.queries.cycles import CycleDates, cycle_among, cycles_by_program
from conditions.queries.escalation import own_periods
from conditions.queries.periods import Periods
from conditions.queries.scorecard import MOST_CYCLES
from conditions.rules.calendar import CycleState
from conditions.rules.status import Count, distribution

LATE = (CycleState.DUE, CycleState.OVERDUE)


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """One program among the others."""

    program: Program
    as_of: AsOf
    cycle: CycleDates | None
    next_cycle: CycleDates | None
    late: tuple[CycleDates, ...]
    conditions: int
    counts: tuple[Count, ...]
    periods: Periods | None
    is_demonstration: bool


def program_cards(programs: Mapping[Program, AsOf]) -> tuple[ProgramCard, ...]:
    """A card for each program at its own day and moment. Five queries."""
    cycles = cycles_by_program(programs)
    begun = {
        program.pk: [c for c in cycles[program.pk] if c.starts_on <= as_of.valid_at]
        for program, as_of in programs.items()
    }
    shown = [cycle.id for rows in begun.values() for cycle in rows[-MOST_CYCLES:]]
    moments = [as_of.known_at for as_of in programs.values()]
    judgements = approved_in(shown, known_at=max(moments)) if shown else ()
    statuses = _statuses(programs)
    return tuple(
        _card(program, as_of, cycles[program.pk], begun[program.pk], judgements, statuses)
        for program, as_of in programs.items()
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    program_id: int
    span: ConditionSpan
    is_asked: bool
    status: str | None


def _statuses(programs: Mapping[Program, AsOf]) -> list[_Asked]:
    # The day and moment asked about differ between programs, so they ride along as columns.
    if not programs:
        return []
    day = Case(
        *(When(program=program.pk, then=Value(a.valid_at)) for program, a in programs.items()),
        output_field=DateField(),
    )
    moment = Case(
        *(When(program=program.pk, then=Value(a.known_at)) for program, a in programs.items()),
        output_field=DateTimeField(),
    )
    correction = Assessment.objects.approved().filter(
        corrects=OuterRef("pk"), approved_at__lte=OuterRef(OuterRef("moment"))
    )
    holding = (
        Assessment.objects.approved()
        .filter(~Exists(correction), approved_at__lte=OuterRef("moment"))
        .filter(condition=OuterRef("pk"), valid_from__lte=OuterRef("day"))
        .latest_first()
    )
    rows = (
        Condition.objects.filter(program__in=programs)
        .annotate(day=day, moment=moment)
        .annotate(title_then=title_known_at(OuterRef("moment")))
        .filter(title_then__isnull=False)
        .annotate(
            asked=Q(in_force_from__lte=F("day"))
            & (Q(in_force_until__isnull=True) | Q(in_force_until__gt=F("day"))),
            status=Subquery(holding.values("status")[:1]),
        )
        .order_by("program", "position", "pk")
        .values_list(
            "program",
            "asked",
            "status",
            "pk",
            "code",
            "title_then",
            "test",
            "in_force_from",
            "in_force_until",
        )
    )
    return [
        _Asked(program, ConditionSpan(pk, code, title, test, since, until), bool(asked), status)
        for program, asked, status, pk, code, title, test, since, until in rows
    ]


def _card(
    program: Program,
    as_of: AsOf,
    cycles: Sequence[CycleDates],
    begun: Sequence[CycleDates],
    judgements: Sequence[CycleJudgement],
    statuses: Sequence[_Asked],
) -> ProgramCard:
    own = [row for row in statuses if row.program_id == program.pk]
    ids = {cycle.id for cycle in begun}
    known = [row for row in judgements if row.cycle_id in ids and row.approved_at <= as_of.known_at]
    corrected = {row.corrects for row in known}
    judged = [r for r in known if r.id not in corrected and r.valid_from <= as_of.valid_at]
    asked = [row for row in own if row.is_asked]
    return ProgramCard(
        program=program,
        as_of=as_of,
        cycle=cycle_among(cycles, as_of.valid_at),
        next_cycle=next((c for c in cycles if c.starts_on > as_of.valid_at), None),
        late=tuple(cycle for cycle in cycles if cycle.state in LATE),
        conditions=len(asked),
        counts=distribution((row.status for row in asked), program.scale),
        periods=own_periods(
            program, begun[-MOST_CYCLES:], [row.span for row in own], by_cycle(judged)
        ),
        is_demonstration=program.is_demonstration or any(r.is_demonstration for r in judged),
    )
