"""Consecutive periods: own and official apart, missing ones left out, as of any day and moment."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import OfficialFinding, Program, ReviewCycle, User
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import spans_of
from conditions.queries.cycles import program_cycles
from conditions.queries.escalation import periods_of
from conditions.queries.periods import Periods
from tests.days import DAY, FIRST_DUE, SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_condition, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = AsOf(TODAY, noon(TODAY))
NO, YES = "1", "4"


@pytest.fixture
def manager() -> User:
    return make_user("manager")


def close(cycle: ReviewCycle, by: User, on: date | None = None, **columns: object) -> None:
    """Close a cycle on the day it is due, without what closing asks for."""
    on = on or cycle.due_on
    cycle.closed_on, cycle.closed_at, cycle.closed_by = on, noon(on), by
    for name, value in columns.items():
        setattr(cycle, name, value)
    cycle.save()


def judge(program: Program, number: int, *statuses: str, by: User) -> None:
    """Judge the program's conditions in a cycle, in order, and close it."""
    cycle = program.cycles.get(number=number)
    for condition, status in zip(program.conditions.order_by("position"), statuses, strict=True):
        make_assessment(condition=condition, cycle=cycle, status=status)
    close(cycle, by)


def say(program: Program, number: int, *findings: str, on: date | None = None) -> None:
    """Record the official findings on a cycle, in the order of the conditions."""
    cycle = program.cycles.get(number=number)
    for condition, finding in zip(program.conditions.order_by("position"), findings, strict=True):
        OfficialFinding.objects.create(
            condition=condition,
            cycle=cycle,
            finding=finding,
            found_on=on or cycle.due_on,
            recorded_at=noon(on or cycle.due_on),
        )


def runs(program: Program, as_of: AsOf = NOW) -> tuple[Periods, ...]:
    return periods_of(
        program,
        as_of,
        cycles=program_cycles(program, as_of),
        conditions=spans_of(program, as_of.known_at),
    )


def own(program: Program, as_of: AsOf = NOW) -> Periods:
    return runs(program, as_of)[0]


def official(program: Program, as_of: AsOf = NOW) -> Periods:
    return runs(program, as_of)[1]


@pytest.mark.parametrize("codes", [("ALPHA",), ("ALPHA", "BETA", "GAMMA")])
def test_both_counts_take_one_query(codes: tuple[str, ...], manager: User) -> None:
    program = make_program(conditions=codes)
    judge(program, 1, *(NO for _ in codes), by=manager)
    say(program, 1, *("affirmed" for _ in codes))
    cycles, conditions = program_cycles(program, NOW), spans_of(program, NOW.known_at)
    with CaptureQueriesContext(connection) as queries:
        found = periods_of(program, NOW, cycles=cycles, conditions=conditions)
    assert [run.basis.value for run in found] == ["own", "official"]
    assert len(queries) == 1


def test_two_in_a_row_fire_once_and_a_third_does_not_fire_again(manager: User) -> None:
    program = make_program()
    judge(program, 1, NO, by=manager)
    assert (own(program).standing, own(program).fired_cycles) == ("1 of 2", ())
    judge(program, 2, NO, by=manager)
    assert (own(program).standing, own(program).fired_cycles) == ("2 of 2", (2,))
    judge(program, 3, NO, by=manager)
    assert own(program).counted == (1, 2, 3)
    assert own(program).fired_cycles == (2,)


def test_a_missing_period_between_neither_adds_nor_resets(manager: User) -> None:
    program = make_program(conditions=("ALPHA", "BETA"))
    judge(program, 1, NO, YES, by=manager)
    judge(program, 2, "U", YES, by=manager)
    assert (own(program).standing, own(program).missing) == ("1 of 2", (2,))
    judge(program, 3, NO, YES, by=manager)
    run = own(program)
    assert (run.standing, run.counted, run.missing, run.fired_cycles) == (
        "2 of 2",
        (1, 3),
        (2,),
        (3,),
    )


def test_an_affirmative_period_resets(manager: User) -> None:
    program = make_program()
    for number, status in ((1, NO), (2, YES), (3, NO)):
        judge(program, number, status, by=manager)
    assert (own(program).standing, own(program).counted) == ("1 of 2", (3,))


def test_a_skipped_cycle_is_missing_whatever_was_judged_in_it(manager: User) -> None:
    program = make_program()
    judge(program, 1, NO, by=manager)
    skipped = program.cycles.get(number=2)
    make_assessment(condition=program.conditions.get(), cycle=skipped, status=NO)
    close(skipped, manager, is_skipped=True, closing_note="No access in the whole period.")
    assert (own(program).standing, own(program).missing) == ("1 of 2", (2,))
    judge(program, 3, NO, by=manager)
    assert own(program).fired_cycles == (3,)


def test_own_counts_closed_cycles_and_official_those_that_ended(manager: User) -> None:
    program = make_program()
    for number in (1, 2):
        make_assessment(
            condition=program.conditions.get(), cycle=program.cycles.get(number=number), status=NO
        )
        say(program, number, "not_affirmed")
    assert (own(program).standing, official(program).standing) == ("0 of 2", "2 of 2")
    on_the_day = AsOf(SECOND_DUE, noon(TODAY))
    assert official(program, on_the_day).standing == "2 of 2"
    before = AsOf(SECOND_DUE - DAY, noon(TODAY))
    assert official(program, before).standing == "1 of 2"


def test_own_and_official_are_counted_apart(manager: User) -> None:
    program = make_program()
    for number in (1, 2):
        judge(program, number, NO, by=manager)
        say(program, number, "affirmed")
    assert (own(program).standing, official(program).standing) == ("2 of 2", "0 of 2")
    assert official(program).fired_cycles == ()
    # Cycle 3 has ended, and nobody recorded whether there was a report.
    assert official(program).missing == (3,)


def test_a_period_nobody_reported_on_neither_adds_nor_resets_the_official_run() -> None:
    program = make_program()
    say(program, 1, "not_affirmed")
    say(program, 2, "not_submitted")
    say(program, 3, "not_affirmed")
    run = official(program)
    assert (run.counted, run.missing, run.fired_cycles) == ((1, 3), (2,), (3,))


def test_a_corrected_official_finding_counts_as_it_was_known() -> None:
    program = make_program()
    say(program, 1, "not_affirmed")
    say(program, 2, "not_affirmed")
    first = OfficialFinding.objects.get(cycle__number=1)
    OfficialFinding.objects.create(
        condition=first.condition,
        cycle=first.cycle,
        finding="affirmed",
        found_on=FIRST_DUE,
        recorded_at=noon(THIRD_DUE),
        corrects=first,
        note="Read again.",
    )
    assert official(program).standing == "1 of 2"
    assert official(program, AsOf(TODAY, noon(THIRD_DUE - DAY))).standing == "2 of 2"


def test_as_known_before_its_closing_a_cycle_does_not_count(manager: User) -> None:
    program = make_program()
    judge(program, 1, NO, by=manager)
    judge(program, 2, NO, by=manager)
    assert own(program, AsOf(TODAY, noon(SECOND_DUE - DAY))).standing == "1 of 2"
    assert own(program, AsOf(FIRST_DUE, noon(TODAY))).standing == "1 of 2"


def test_only_conditions_in_force_as_the_cycle_ends_are_asked_of_the_official_report() -> None:
    program = make_program(conditions=("ALPHA",))
    make_condition(program=program, code="LATER", position=2, in_force_from=SECOND_DUE)
    say_one = OfficialFinding.objects.create
    for number in (1, 2, 3):
        cycle = program.cycles.get(number=number)
        say_one(
            condition=program.conditions.get(code="ALPHA"),
            cycle=cycle,
            finding="affirmed",
            found_on=cycle.due_on,
            recorded_at=noon(cycle.due_on),
        )
    # In cycles 1 and 2 one condition was asked and affirmed; in cycle 3 a second one is open.
    assert official(program).missing == (3,)


@pytest.mark.parametrize(("certification", "standing"), [("all", "1 of 2"), ("any", "0 of 2")])
def test_the_program_says_how_conditions_are_certified(certification: str, standing: str) -> None:
    program = make_program(conditions=("ALPHA", "BETA"), certification=certification)
    say(program, 1, "affirmed", "not_affirmed")
    assert official(program).standing == standing


def test_a_text_without_such_a_rule_counts_nothing() -> None:
    assert runs(make_program(consecutive_rule=None)) == ()


def test_what_would_trigger_is_said_with_the_next_cycle(manager: User) -> None:
    program = make_program()
    assert own(program).what_would_trigger == (
        "Two more periods not affirmative in a row, next cycle 1 due 10 March 2026, would reach 2."
    )
    judge(program, 1, NO, by=manager)
    judge(program, 2, YES, by=manager)
    judge(program, 3, NO, by=manager)
    assert own(program).what_would_trigger == (
        "One more period not affirmative in a row, next cycle 4 due 5 March 2027, would reach 2."
    )
    assert official(program).next_cycle.number == 4
    judge(program, 4, NO, by=manager)
    after = AsOf(date(2027, 3, 6), noon(date(2027, 3, 6)))
    assert own(program, after).what_would_trigger == (
        "Reached with cycle 4. Only an affirmative period begins a new count."
    )


def test_a_series_that_ends_names_no_next_cycle(manager: User) -> None:
    program = make_program(until=SECOND_DUE)
    judge(program, 1, NO, by=manager)
    assert own(program).what_would_trigger == (
        "One more period not affirmative in a row would reach 2."
    )


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("mandatory", "The text orders it."),
        ("permissive", "The text allows it; it does not order it."),
        ("sense_of_legislature", "A stated view of the legislature; it binds nobody."),
    ],
)
def test_what_follows_is_told_in_the_strength_of_the_law(effect: str, words: str) -> None:
    rule = {"periods": 3, "consequence": "Talks are broken off.", "legal_effect": effect}
    for run in runs(make_program(consecutive_rule=rule)):
        assert (run.standing, run.what_follows, run.legal_effect) == (
            "0 of 3",
            "Talks are broken off.",
            words,
        )
