"""Ours beside the official findings: each place, how the two stand, counted and narrowed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import Condition, OfficialFinding, Program
from conditions.queries.asof import AsOf
from conditions.queries.divergence import DivergencePage, Place, divergence_page
from conditions.queries.status import PUBLIC
from conditions.rules.rollup import Answer
from tests.days import DAY, FIRST_DUE, SECOND_DUE, THIRD_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_condition, make_program

pytestmark = pytest.mark.django_db
NOW = AsOf(TODAY, noon(TODAY))


def say(program: Program, code: str, number: int, finding: str, **columns: object) -> None:
    """Record an official finding on the day the cycle fell due."""
    cycle = program.cycles.get(number=number)
    OfficialFinding.objects.create(
        **{
            "condition": program.conditions.get(code=code),
            "cycle": cycle,
            "finding": finding,
            "found_on": cycle.due_on,
            "recorded_at": noon(cycle.due_on),
            **columns,
        }
    )


def judge(program: Program, code: str, number: int, status: str) -> None:
    make_assessment(
        condition=program.conditions.get(code=code),
        cycle=program.cycles.get(number=number),
        status=status,
    )


def page(program: Program, as_of: AsOf = NOW, **options: bool) -> DivergencePage:
    return divergence_page(program, as_of, sensitivities=PUBLIC, **options)


def place(found: DivergencePage, code: str, number: int) -> Place:
    line = next(line for line in found.lines if line.condition.code == code)
    return next(place for place in line.places if place.cycle.number == number)


@pytest.mark.parametrize("codes", [("ALPHA",), ("ALPHA", "BETA", "GAMMA")])
def test_it_takes_five_queries_whatever_is_on_file(codes: tuple[str, ...]) -> None:
    program = make_program(conditions=codes)
    for code in codes:
        judge(program, code, 1, "1")
        say(program, code, 1, "affirmed")
    with CaptureQueriesContext(connection) as queries:
        found = page(program)
    assert found.on_record == len(codes)
    assert len(queries) == 5


@pytest.mark.parametrize(
    ("status", "finding", "kind", "answer"),
    [
        ("4", "affirmed", "agree", Answer.AFFIRMATIVE),
        ("1", "not_affirmed", "agree", Answer.NOT_AFFIRMATIVE),
        ("1", "affirmed", "we_say_no", Answer.NOT_AFFIRMATIVE),
        ("4", "not_affirmed", "we_say_yes", Answer.AFFIRMATIVE),
        ("U", "affirmed", "ours_open", Answer.UNDETERMINED),
        (None, "not_affirmed", "ours_open", Answer.UNDETERMINED),
        ("4", "silent", "official_silent", Answer.AFFIRMATIVE),
        ("1", "not_submitted", "not_submitted", Answer.NOT_AFFIRMATIVE),
        ("1", None, "not_recorded", Answer.NOT_AFFIRMATIVE),
        ("W", "affirmed", "not_required", Answer.NOT_REQUIRED),
    ],
)
def test_each_place_says_how_the_two_stand(
    status: str | None, finding: str | None, kind: str, answer: Answer
) -> None:
    program = make_program()
    if status:
        judge(program, "ALPHA", 1, status)
    if finding:
        say(program, "ALPHA", 1, finding)
    found = place(page(program), "ALPHA", 1)
    assert (found.kind, found.answer) == (kind, answer)
    assert found.differs is (kind in ("we_say_no", "we_say_yes"))
    assert found.sentence.endswith(".")


def test_effort_counts_where_the_test_allows_it() -> None:
    program = make_program(conditions=())
    make_condition(program=program, code="EFFORT", test="effort")
    judge(program, "EFFORT", 1, "2")
    say(program, "EFFORT", 1, "affirmed")
    assert place(page(program), "EFFORT", 1).kind == "agree"


def test_it_is_counted_in_words_and_narrowed_to_where_we_differ() -> None:
    program = make_program(conditions=("ALPHA", "BETA", "GAMMA"))
    for code, status, finding in (
        ("ALPHA", "1", "affirmed"),
        ("BETA", "4", "not_affirmed"),
        ("GAMMA", "4", "affirmed"),
    ):
        judge(program, code, 1, status)
        say(program, code, 1, finding)
    say(program, "GAMMA", 2, "silent")
    found = page(program)
    assert found.in_words == (
        "Official findings are on record in 4 places, each a condition in a cycle. In 2 of them we "
        "and the official report contradict each other: in 1 it affirms and we do not, and in 1 "
        "only we affirm."
    )
    assert [(p.condition.code, p.cycle.number) for p in found.recorded] == [
        ("GAMMA", 2),
        ("ALPHA", 1),
        ("BETA", 1),
        ("GAMMA", 1),
    ]
    narrow = page(program, only_differences=True)
    assert [line.condition.code for line in narrow.lines] == ["ALPHA", "BETA"]
    assert [p.condition.code for p in narrow.recorded] == ["ALPHA", "BETA"]
    assert narrow.in_words == found.in_words


def test_agreement_is_told_as_none_contradicting() -> None:
    program = make_program()
    judge(program, "ALPHA", 1, "4")
    say(program, "ALPHA", 1, "affirmed")
    assert page(program).in_words == (
        "Official findings are on record in 1 place, each a condition in a cycle. "
        "In none of them do we and the official report contradict each other."
    )


def test_both_clocks_are_kept() -> None:
    program = make_program()
    judge(program, "ALPHA", 1, "1")
    say(program, "ALPHA", 1, "affirmed")
    first = OfficialFinding.objects.get()
    say(
        program,
        "ALPHA",
        1,
        "not_affirmed",
        corrects=first,
        note="Misread.",
        recorded_at=noon(THIRD_DUE),
    )
    assert place(page(program), "ALPHA", 1).kind == "agree"
    known_then = AsOf(TODAY, noon(THIRD_DUE - DAY))
    assert place(page(program, known_then), "ALPHA", 1).kind == "we_say_no"
    before_any = AsOf(TODAY, noon(FIRST_DUE - DAY))
    assert place(page(program, before_any), "ALPHA", 1).kind == "not_recorded"
    early = page(program, AsOf(WHITE_HOUSE + DAY, noon(TODAY)))
    assert [cycle.number for cycle in early.cycles] == [1]


def test_what_was_not_in_force_in_a_cycle_is_not_asked() -> None:
    program = make_program()
    make_condition(program=program, code="LATER", position=2, in_force_from=SECOND_DUE)
    found = page(program)
    assert [place(found, "LATER", number).kind for number in (1, 2, 3, 4)] == [
        None,
        None,
        "not_recorded",
        "not_recorded",
    ]
    assert Condition.objects.count() == 2


def test_a_record_that_is_absent_is_counted_nowhere() -> None:
    program = make_program()
    judge(program, "ALPHA", 1, "0")
    found = page(program)
    assert (found.on_record, found.recorded) == (0, ())
