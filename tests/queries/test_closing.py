"""What keeps a cycle open: told with what to do, and the same as what closing refuses."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import CycleIncomplete, close_cycle
from conditions.actions.reviews import return_assessment
from conditions.models import Assessment, Coding, Condition, DoubleCoding, Program, ReviewCycle
from conditions.queries.closing import Blocker, BlockerKind, blockers_of
from tests.days import DAY, FOURTH_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_condition, make_program, make_user

pytestmark = pytest.mark.django_db
CODES = ("ALPHA", "BETA", "GAMMA")


@pytest.fixture
def program(db: None) -> Program:
    return make_program(conditions=CODES, tracked_from=THIRD_DUE)


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=4)


def of(program: Program, code: str) -> Condition:
    return program.conditions.get(code=code)


def told(cycle: ReviewCycle, day: date = TODAY) -> list[tuple[str, str]]:
    return [(found.code, found.kind.value) for found in blockers_of(cycle, day)]


def code_twice(condition: Condition, cycle: ReviewCycle) -> DoubleCoding:
    return DoubleCoding.objects.create(
        cycle=cycle,
        condition=condition,
        first_coder=make_user("analyst"),
        second_coder=make_user("analyst"),
        chosen_at=noon(TODAY),
        chosen_by=make_user("manager"),
    )


def seal(coding: DoubleCoding, *coders: str) -> None:
    for coder in coders:
        Coding.objects.create(
            double_coding=coding,
            coder=getattr(coding, coder),
            status="2",
            confidence="low",
            rationale="So it seems.",
            findings=[],
            sealed_at=noon(TODAY),
            sha256="0" * 64,
        )


def test_a_new_cycle_is_blocked_by_every_condition(cycle: ReviewCycle) -> None:
    assert told(cycle) == [(code, "missing") for code in CODES]
    assert all("Assess it" in found.text for found in blockers_of(cycle, TODAY))


def test_what_is_in_work_says_whose_turn_it_is(program: Program, cycle: ReviewCycle) -> None:
    rows = {
        code: make_assessment(
            condition=of(program, code), cycle=cycle, state=state, valid_from=TODAY
        )
        for code, state in zip(CODES, ("draft", "submitted", "submitted"), strict=True)
    }
    return_assessment(
        assessment=rows["GAMMA"],
        reason="Say why.",
        by=make_user("reviewer"),
        as_of=noon(TODAY),
        expected_revision=rows["GAMMA"].revision,
    )
    found = {blocker.code: blocker for blocker in blockers_of(cycle, TODAY)}
    assert told(cycle) == [(code, "in_work") for code in CODES]
    assert {code: blocker.assessment_id for code, blocker in found.items()} == {
        code: row.pk for code, row in rows.items()
    }
    assert "Submit it for review" in found["ALPHA"].text
    assert "Approve it, or return it" in found["BETA"].text
    assert f"Returned to {rows['GAMMA'].author}. Submit it again" in found["GAMMA"].text


def test_a_second_assessment_begun_after_an_approved_one_blocks_too(
    program: Program, cycle: ReviewCycle
) -> None:
    for code in CODES:
        make_assessment(condition=of(program, code), cycle=cycle, valid_from=TODAY)
    assert told(cycle) == []
    make_assessment(condition=of(program, "BETA"), cycle=cycle, valid_from=TODAY, state="draft")
    assert told(cycle) == [("BETA", "in_work")]


def test_a_double_coding_blocks_until_both_have_coded_or_it_is_called_off(
    program: Program, cycle: ReviewCycle
) -> None:
    for code in CODES:
        make_assessment(condition=of(program, code), cycle=cycle, valid_from=TODAY)
    begun, untouched = (code_twice(of(program, code), cycle) for code in ("GAMMA", "ALPHA"))
    seal(begun, "first_coder")
    assert told(cycle) == [("ALPHA", "double_coding"), ("GAMMA", "double_coding")]
    assert "1 of 2" in blockers_of(cycle, TODAY)[1].text
    assert blockers_of(cycle, TODAY)[1].double_coding_id == begun.pk
    seal(begun, "second_coder")
    assert told(cycle) == [("ALPHA", "double_coding")]
    DoubleCoding.objects.filter(pk=untouched.pk).update(
        called_off_at=noon(TODAY), called_off_reason="One coder left."
    )
    assert told(cycle) == []


def test_what_is_to_be_coded_first_is_told_once(program: Program, cycle: ReviewCycle) -> None:
    code_twice(of(program, "ALPHA"), cycle)
    assert told(cycle) == [("ALPHA", "double_coding"), ("BETA", "missing"), ("GAMMA", "missing")]
    assert "before it is judged" in blockers_of(cycle, TODAY)[0].text


def test_what_was_coded_twice_and_not_judged_is_missing(
    program: Program, cycle: ReviewCycle
) -> None:
    seal(code_twice(of(program, "ALPHA"), cycle), "first_coder", "second_coder")
    assert ("ALPHA", "missing") in told(cycle)
    assert ("ALPHA", "double_coding") not in told(cycle)


def test_only_conditions_in_force_are_asked(program: Program, cycle: ReviewCycle) -> None:
    cases = {
        "SOON": {"in_force_from": FOURTH_DUE - DAY},
        "GONE": {"in_force_until": TODAY},
        "NEXT": {"in_force_from": FOURTH_DUE},
    }
    for position, (code, fields) in enumerate(cases.items(), start=4):
        make_condition(program=program, code=code, position=position, **fields)
    assert [code for code, _ in told(cycle)] == list(CODES)
    assert [code for code, _ in told(cycle, TODAY - DAY)] == [*CODES, "GONE"]
    assert [code for code, _ in told(cycle, FOURTH_DUE + DAY)] == [*CODES, "SOON"]


def test_what_ends_on_the_due_date_was_in_force_on_the_last_day(
    program: Program, cycle: ReviewCycle
) -> None:
    program.conditions.filter(code="BETA").update(in_force_until=FOURTH_DUE)
    program.conditions.filter(code="GAMMA").update(in_force_until=FOURTH_DUE - DAY)
    for day in (FOURTH_DUE, FOURTH_DUE + DAY):
        assert told(cycle, day) == [("ALPHA", "missing"), ("BETA", "missing")]


def test_closing_refuses_as_long_as_something_blocks(program: Program, cycle: ReviewCycle) -> None:
    manager = make_user("manager")
    for code in CODES:
        assert blockers_of(cycle, TODAY)
        with pytest.raises(CycleIncomplete):
            close_cycle(cycle=cycle, by=manager, as_of=noon(TODAY))
        make_assessment(condition=of(program, code), cycle=cycle, valid_from=TODAY)
    assert not blockers_of(cycle, TODAY)
    closed = close_cycle(cycle=cycle, by=manager, as_of=noon(TODAY))
    row = Assessment.objects.filter(condition=of(program, "ALPHA"), cycle=cycle).latest("pk")
    make_assessment(
        condition=row.condition, cycle=cycle, valid_from=TODAY, corrects=row, state="draft"
    )
    assert blockers_of(closed, TODAY) == ()


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program = make_program(conditions=CODES[:number], tracked_from=THIRD_DUE)
    cycle = program.cycles.get(number=4)
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=cycle, state="draft", valid_from=TODAY)
        code_twice(condition, cycle)
    cycle = ReviewCycle.objects.select_related("program").get(pk=cycle.pk)
    with django_assert_num_queries(3):
        found = blockers_of(cycle, TODAY)
    assert len(found) == 2 * number
    assert all(isinstance(blocker, Blocker) for blocker in found)
    assert {blocker.kind for blocker in found} == {BlockerKind.IN_WORK, BlockerKind.DOUBLE_CODING}
