"""Cycles as rows: opened ahead, fallen due, extended with a reason, closed once."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.actions.cycle_closing import CycleIncomplete, close_cycle
from conditions.actions.cycle_extension import BadExtension, extend_cycle
from conditions.actions.cycles import CycleNotOpen, open_cycles
from conditions.actions.record import PermissionMissing
from conditions.models import CycleRevision, Event, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.queries.cycles import program_cycles
from conditions.rules.calendar import BadCalendar, CycleState
from tests.days import (
    DAY,
    ENACTMENT,
    FIFTH_DUE,
    FIRST_DUE,
    FOURTH_DUE,
    LAW_ENDS,
    SECOND_DUE,
    THIRD_DUE,
    TODAY,
    WHITE_HOUSE,
    noon,
)
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db


def dues(program) -> list[date]:
    return list(program.cycles.order_by("number").values_list("due_on", flat=True))


def test_every_begun_cycle_and_two_ahead_exist():
    program = make_program(as_of=noon(TODAY))
    expected = [FIRST_DUE, SECOND_DUE, THIRD_DUE, FOURTH_DUE, FIFTH_DUE, date(2027, 10, 31)]
    assert dues(program) == expected


def test_opening_again_writes_nothing():
    program = make_program(as_of=noon(TODAY))
    events = Event.objects.count()
    assert open_cycles(program=program, as_of=noon(TODAY)) == ()
    assert Event.objects.count() == events


def test_a_cycle_opens_on_its_first_day_and_falls_due_on_its_due_date():
    program = make_program(as_of=noon(WHITE_HOUSE))
    second = program.cycles.get(number=2)
    assert second.opened_at is None
    open_cycles(program=program, as_of=noon(FIRST_DUE - DAY))
    assert program.cycles.get(number=1).fell_due_at is None
    open_cycles(program=program, as_of=noon(FIRST_DUE))
    assert program.cycles.get(number=1).fell_due_at == noon(FIRST_DUE)
    assert program.cycles.get(number=2).opened_at == noon(FIRST_DUE)
    verbs = Event.objects.filter(at=noon(FIRST_DUE)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["cycle.fell_due", "cycle.opened"]


def test_an_ended_series_makes_no_further_cycle():
    program = make_program(
        anchor_on=ENACTMENT,
        first_interval_days=90,
        interval_days=180,
        until=LAW_ENDS,
        tracked_from=ENACTMENT,
        as_of=noon(date(2035, 1, 1)),
    )
    assert dues(program)[-1] == date(2029, 8, 29)
    assert program.cycles.count() == 8


def test_an_extension_keeps_the_scheduled_date_and_moves_what_follows():
    program = make_program(as_of=noon(TODAY))
    manager = make_user("manager")
    fourth = program.cycles.get(number=4)
    extended = extend_cycle(
        cycle=fourth,
        due_on=date(2027, 4, 4),
        reason="Executive order extends the review.",
        by=manager,
        as_of=noon(TODAY),
    )
    assert (extended.scheduled_due_on, extended.due_on) == (FOURTH_DUE, date(2027, 4, 4))
    fifth = program.cycles.get(number=5)
    assert (fifth.starts_on, fifth.due_on) == (date(2027, 4, 4), date(2027, 8, 2))
    assert fifth.scheduled_due_on == fifth.due_on
    assert CycleRevision.objects.filter(reason__startswith="Executive order").count() == 3


def test_dates_are_told_as_they_were_known():
    program = make_program(as_of=noon(TODAY))
    extend_cycle(
        cycle=program.cycles.get(number=4),
        due_on=date(2027, 4, 4),
        reason="Extended.",
        by=make_user("manager"),
        as_of=noon(TODAY),
    )
    before = program_cycles(program, AsOf(TODAY, noon(TODAY - DAY)))
    after = program_cycles(program, AsOf(TODAY, noon(TODAY)))
    assert [c.due_on for c in before][3:5] == [FOURTH_DUE, FIFTH_DUE]
    assert [c.scheduled_due_on for c in before][3:5] == [FOURTH_DUE, FIFTH_DUE]
    assert [c.is_extended for c in after][3:5] == [True, False]
    assert [c.due_on for c in after][3:5] == [date(2027, 4, 4), date(2027, 8, 2)]


@pytest.mark.parametrize(
    ("due_on", "reason", "refusal"),
    [
        (date(2027, 4, 4), " ", BadExtension),
        (FOURTH_DUE, "Same day.", BadCalendar),
        (TODAY, "Earlier.", BadCalendar),
    ],
)
def test_a_bad_extension_changes_nothing(due_on, reason, refusal):
    program = make_program(as_of=noon(TODAY))
    before = dues(program)
    with pytest.raises(refusal):
        extend_cycle(
            cycle=program.cycles.get(number=4),
            due_on=due_on,
            reason=reason,
            by=make_user("manager"),
            as_of=noon(TODAY),
        )
    assert dues(program) == before
    assert not CycleRevision.objects.exists()


def test_an_extension_never_cuts_into_a_judgement_of_the_next_cycle():
    program = make_program(as_of=noon(TODAY))
    make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=4), valid_from=TODAY
    )
    with pytest.raises(BadExtension, match="holds from"):
        extend_cycle(
            cycle=program.cycles.get(number=3),
            due_on=TODAY + DAY,
            reason="Late.",
            by=make_user("manager"),
            as_of=noon(TODAY),
        )


def test_closing_names_every_condition_without_an_approved_assessment():
    program = make_program(conditions=("ALPHA", "BETA"), as_of=noon(TODAY))
    first = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(code="ALPHA"), cycle=first)
    make_assessment(condition=program.conditions.get(code="BETA"), cycle=first, state="submitted")
    with pytest.raises(CycleIncomplete, match="BETA: Submitted by"):
        close_cycle(cycle=first, by=make_user("manager"), as_of=noon(TODAY))
    first.refresh_from_db()
    assert first.closed_at is None


def test_a_closing_is_dated_signed_and_final():
    program = make_program(as_of=noon(TODAY))
    first = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(), cycle=first)
    manager = make_user("manager")
    closed = close_cycle(cycle=first, by=manager, as_of=noon(FIRST_DUE), note="Complete.")
    assert (closed.closed_on, closed.closed_by) == (FIRST_DUE, manager)
    with pytest.raises(CycleNotOpen, match="was closed"):
        close_cycle(cycle=first, by=manager, as_of=noon(TODAY))


def test_a_cycle_that_has_not_begun_cannot_be_closed():
    program = make_program(as_of=noon(TODAY))
    with pytest.raises(CycleNotOpen, match="begins on"):
        close_cycle(cycle=program.cycles.get(number=5), by=make_user("manager"), as_of=noon(TODAY))


@pytest.mark.parametrize("role", ["viewer", "analyst", "reviewer"])
def test_only_a_manager_closes_and_extends(role):
    program = make_program(as_of=noon(TODAY))
    person = make_user(role)
    cycle = program.cycles.get(number=4)
    with pytest.raises(PermissionMissing):
        close_cycle(cycle=cycle, by=person, as_of=noon(TODAY))
    with pytest.raises(PermissionMissing):
        extend_cycle(cycle=cycle, due_on=FIFTH_DUE, reason="No.", by=person, as_of=noon(TODAY))


def test_on_the_basis_of_closing_the_next_date_counts_from_the_day_of_closing():
    program = make_program(basis="closing", as_of=noon(FIRST_DUE))
    first = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(), cycle=first)
    closed_on = FIRST_DUE + 10 * DAY
    close_cycle(cycle=first, by=make_user("manager"), as_of=noon(closed_on))
    second = program.cycles.get(number=2)
    assert (second.starts_on, second.due_on) == (FIRST_DUE, closed_on + 120 * DAY)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (WHITE_HOUSE - DAY, CycleState.UPCOMING),
        (WHITE_HOUSE, CycleState.OPEN),
        (FIRST_DUE - DAY, CycleState.OPEN),
        (FIRST_DUE, CycleState.DUE),
        (FIRST_DUE + DAY, CycleState.OVERDUE),
    ],
)
def test_state_around_each_bound(day, state):
    program = make_program(as_of=noon(TODAY))
    assert program_cycles(program, AsOf(day, noon(TODAY)))[0].state is state


def test_two_cycles_of_one_program_never_share_a_day():
    make_program(as_of=noon(TODAY))
    for cycle in ReviewCycle.objects.filter(number__gt=1):
        previous = ReviewCycle.objects.get(program=cycle.program, number=cycle.number - 1)
        assert previous.due_on == cycle.starts_on


def test_an_extension_by_exactly_one_interval_moves_every_later_cycle():
    program = make_program(as_of=noon(TODAY))
    extend_cycle(
        cycle=program.cycles.get(number=4),
        due_on=FIFTH_DUE,
        reason="A whole period more.",
        by=make_user("manager"),
        as_of=noon(TODAY),
    )
    assert dues(program)[3:] == [FIFTH_DUE, FIFTH_DUE + 120 * DAY, FIFTH_DUE + 240 * DAY]


def test_an_extension_is_never_shortened_under_a_judgement_of_its_own_cycle():
    program = make_program(as_of=noon(TODAY))
    third, manager = program.cycles.get(number=3), make_user("manager")
    extend_cycle(cycle=third, due_on=TODAY, reason="Late.", by=manager, as_of=noon(THIRD_DUE - DAY))
    third.refresh_from_db()
    make_assessment(condition=program.conditions.get(), cycle=third, valid_from=TODAY - 2 * DAY)
    with pytest.raises(BadExtension, match="would lie outside"):
        extend_cycle(
            cycle=third, due_on=TODAY - 5 * DAY, reason="Back.", by=manager, as_of=noon(TODAY)
        )


def test_a_cycle_is_not_closed_over_work_that_is_still_open():
    program = make_program(as_of=noon(TODAY))
    first, condition = program.cycles.get(number=1), program.conditions.get()
    make_assessment(condition=condition, cycle=first)
    make_assessment(condition=condition, cycle=first, status="4", state="draft")
    with pytest.raises(CycleIncomplete, match="ALPHA: A draft by"):
        close_cycle(cycle=first, by=make_user("manager"), as_of=noon(TODAY))


class TestClosingBasis:
    """The next date counts from the day of closing, but no closing moves what has begun."""

    @pytest.fixture
    def program(self):
        program = make_program(basis="closing", as_of=noon(TODAY))
        for number in (1, 2, 3):
            make_assessment(
                condition=program.conditions.get(), cycle=program.cycles.get(number=number)
            )
        return program

    def test_a_closing_out_of_order_leaves_the_closed_cycle_alone(self, program):
        manager, before = make_user("manager"), dues(program)[:3]
        close_cycle(cycle=program.cycles.get(number=3), by=manager, as_of=noon(TODAY))
        close_cycle(cycle=program.cycles.get(number=2), by=manager, as_of=noon(TODAY + DAY))
        assert dues(program)[:3] == before

    def test_a_closing_after_the_cycle_after_next_has_begun_moves_nobody(self, program):
        before = dues(program)
        close_cycle(cycle=program.cycles.get(number=1), by=make_user("manager"), as_of=noon(TODAY))
        assert dues(program) == before
