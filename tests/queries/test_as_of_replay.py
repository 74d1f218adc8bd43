"""As-of answers equal a naive replay of what was written, for random histories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conditions.models import Assessment
from conditions.queries.asof import AsOf
from conditions.queries.status import program_status
from tests.days import DAY, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db

LENGTH = (TODAY - WHITE_HOUSE).days


@dataclass(frozen=True)
class Step:
    """One judgement to write: the day it holds from, how long until approval, what it corrects."""

    holds_after: int
    approved_after: int
    status: str
    corrects: int | None


@dataclass(frozen=True)
class Written:
    """What the naive replay remembers of one approved judgement."""

    pk: int
    valid_from: date
    approved_at: datetime
    status: str
    corrects: int | None


steps = st.lists(
    st.builds(
        Step,
        holds_after=st.integers(0, LENGTH),
        approved_after=st.integers(0, 200),
        status=st.sampled_from(["0", "2", "4", "U"]),
        corrects=st.none() | st.integers(0, 5),
    ),
    max_size=6,
)
days = st.integers(-5, LENGTH + 250)


def naive_answer(history: list[Written], valid_at: date, known_at: datetime) -> str | None:
    """The newest judgement that holds, found by reading everything in order of writing."""
    known = [row for row in history if row.approved_at <= known_at]
    corrected = {row.corrects for row in known}
    holding = [row for row in known if row.pk not in corrected and row.valid_from <= valid_at]
    newest = max(holding, key=lambda r: (r.valid_from, r.approved_at, r.pk), default=None)
    return newest.status if newest else None


def shared_evidence(condition):
    """One document that every judgement of the history cites."""
    link = condition.evidence_links.first()
    return link.evidence if link else make_evidence(condition=condition)


def write(program, author, reviewer, history: list[Written], step: Step) -> Written:
    """Write one step; a correction keeps the cycle of what it corrects,
    and nothing is corrected twice."""
    condition = program.conditions.get()
    valid_from = WHITE_HOUSE + timedelta(days=step.holds_after)
    cycle = program.cycles.containing(valid_from).get()
    earlier = None
    corrected = {row.corrects for row in history}
    standing = [row for row in history if row.pk not in corrected]
    if step.corrects is not None and standing:
        earlier = Assessment.objects.get(pk=standing[step.corrects % len(standing)].pk)
        cycle = earlier.cycle
        valid_from = min(max(valid_from, cycle.starts_on), cycle.due_on - DAY)
    drafted_at = noon(TODAY)
    approved_at = noon(valid_from + timedelta(days=step.approved_after))
    assessment = make_assessment(
        condition=condition,
        cycle=cycle,
        status=step.status,
        valid_from=min(valid_from, TODAY),
        author=author,
        approver=reviewer,
        as_of=drafted_at,
        approved_at=approved_at,
        corrects=earlier,
        cited=() if step.status == "U" else (shared_evidence(condition).pk,),
    )
    return Written(
        assessment.pk,
        assessment.valid_from,
        approved_at,
        step.status,
        earlier.pk if earlier else None,
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps, questions=st.lists(st.tuples(days, days), min_size=1, max_size=6))
def test_status_equals_the_replay_of_its_history(db, steps, questions):
    program = make_program(slug=f"p-{Assessment.objects.count()}-{id(steps)}")
    author, reviewer = make_user("analyst"), make_user("reviewer")
    recorded_at = program.conditions.get().versions.get().recorded_at
    history: list[Written] = []
    for step in steps:
        history.append(write(program, author, reviewer, history, step))
    for valid_day, known_day in questions:
        valid_at = WHITE_HOUSE + timedelta(days=valid_day)
        known_at = noon(WHITE_HOUSE + timedelta(days=known_day))
        answer = program_status(program, AsOf(valid_at, known_at))
        expected = naive_answer(history, valid_at, known_at)
        # Before its first day the condition is not in force, and before it was recorded nobody
        # knew of it, so the program has nothing to say.
        if valid_at < WHITE_HOUSE or known_at < recorded_at:
            assert answer.conditions == ()
        else:
            assert [row.status for row in answer.conditions] == [expected]
        in_force = Assessment.objects.in_force(valid_at=valid_at, known_at=known_at)
        found = in_force.filter(condition__program=program).values_list("status", flat=True)
        assert list(found) == ([expected] if expected else [])
