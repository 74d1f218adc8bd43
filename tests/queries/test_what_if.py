"""What if: the board agrees with what closing really brings, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.official import record_official_finding
from conditions.models import Program, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import spans_of
from conditions.queries.cycles import program_cycles
from conditions.queries.escalation import periods_of
from conditions.queries.what_if import WhatIf, what_if
from conditions.queries.what_if_wishes import BadWish
from tests.days import DAY, FOURTH_DUE, SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_condition, make_program, make_user
from tests.shipped import SENATE, ship

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def program(db: None) -> Program:
    """Two conditions, tracked since cycle 3, which is overdue; cycle 4 runs."""
    return make_program(conditions=("ALPHA", "BETA"), tracked_from=SECOND_DUE, certification="all")


def board(program: Program, **wishes: str) -> WhatIf:
    found = what_if(program, wishes, as_of=NOW)
    assert found is not None
    return found


def judge(program: Program, number: int, statuses: Iterable[str]) -> ReviewCycle:
    cycle = program.cycles.get(number=number)
    for condition, status in zip(program.conditions.order_by("position"), statuses, strict=True):
        make_assessment(condition=condition, cycle=cycle, status=status, valid_from=cycle.starts_on)
    return cycle


def close(program: Program, number: int, statuses: Iterable[str]) -> None:
    close_cycle(cycle=judge(program, number, statuses), by=make_user("manager"), as_of=noon(TODAY))


def say(program: Program, number: int, *findings: str) -> None:
    for condition, finding in zip(program.conditions.order_by("position"), findings, strict=True):
        record_official_finding(
            condition=condition,
            cycle=program.cycles.get(number=number),
            finding=finding,
            found_on=TODAY,
            by=None,
            as_of=NOW,
        )


def streaks(program: Program) -> list[tuple[int, int]]:
    now = AsOf(TODAY, NOW)
    counts = periods_of(
        program,
        now,
        cycles=program_cycles(program, now),
        conditions=spans_of(program, NOW),
    )
    return [(one.streak.current, one.streak.needed) for one in counts]


def test_it_begins_with_the_judgements_in_force_and_the_oldest_open_cycle(
    program: Program,
) -> None:
    judge(program, 3, ("2", "4"))
    say(program, 4, "silent", "affirmed")
    found = board(program, cycle="4")
    assert [(line.in_force, line.tried.status, line.judged_in) for line in found.lines] == [
        ("2", "2", 3),
        ("4", "4", 3),
    ]
    assert [line.tried.official for line in found.lines] == ["silent", "affirmed"]
    assert not any(line.is_changed for line in found.lines)
    assert board(program).cycle.number == 3
    assert [cycle.number for cycle in found.cycles] == [3, 4]


def test_a_judgement_of_a_later_cycle_does_not_reach_back(program: Program) -> None:
    judge(program, 4, ("3", "3"))
    assert [line.in_force for line in board(program, cycle="3").lines] == [None, None]
    assert board(program, cycle="3").not_judged == ("ALPHA", "BETA")


def test_the_answer_and_what_would_turn_it(program: Program) -> None:
    found = board(program, status_ALPHA="3", status_BETA="1")
    assert found.certification.answer == "not_affirmative"
    assert found.certification.reason == "Not affirmative: BETA."
    [deciding] = found.deciding
    assert (deciding.condition.code, deciding.lifts.code) == ("BETA", "3")
    lifted = board(program, status_ALPHA="3", status_BETA="3")
    assert lifted.certification.answer == "affirmative"
    assert [(line.condition.code, line.loses.code) for line in lifted.deciding] == [
        ("ALPHA", "2"),
        ("BETA", "2"),
    ]
    assert board(program, status_ALPHA="", status_BETA="U").deciding == ()


def test_where_each_is_certified_by_itself_each_turns_by_itself(program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(certification="per_condition")
    program.refresh_from_db()
    found = board(program, status_ALPHA="3", status_BETA="1")
    assert found.certification.answer is None
    assert [(line.lifts, line.loses and line.loses.code) for line in found.lines] == [
        (None, "2"),
        (program.scale.grade("3"), None),
    ]


def test_the_limb_counts_where_the_test_takes_one(program: Program) -> None:
    program.conditions.filter(code="ALPHA").update(test="outcome_or_effort")
    wishes = {"status_ALPHA": "1", "status_BETA": "3"}
    assert board(program, **wishes).certification.answer == "not_affirmative"
    assert board(program, **wishes, limb_ALPHA="effort").certification.answer == "affirmative"
    with pytest.raises(BadWish) as refusal:
        board(program, limb_BETA="effort")
    assert (refusal.value.field, refusal.value.value) == ("limb_BETA", "effort")


def test_the_distribution_beside_what_is_in_force(program: Program) -> None:
    judge(program, 3, ("2", "2"))
    found = board(program, cycle="4", status_BETA="4")
    assert [(one.status, one.in_force, one.tried) for one in found.tallies] == [
        ("2", 2, 1),
        ("4", 0, 1),
    ]


def test_divergence_from_the_official_findings_that_are_tried(program: Program) -> None:
    found = board(
        program,
        status_ALPHA="3",
        status_BETA="3",
        official_ALPHA="not_affirmed",
        official_BETA="not_submitted",
    )
    assert [line.divergence.value for line in found.lines] == ["we_say_yes", "not_submitted"]
    assert [line.differs for line in found.lines] == [True, False]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("1", "4"), (2, True, "Would be 2 of 2: the rule fires with cycle 4.")),
        (("3", "4"), (0, False, "Would be 0 of 2: an affirmative period begins a new count.")),
        (("U", "4"), (1, False, "Would stay 1 of 2: cycle 4 decides nothing")),
        (("", "4"), (1, False, "Would stay 1 of 2: cycle 4 decides nothing")),
    ],
)
def test_the_own_run_if_it_closed_so(
    program: Program, statuses: tuple[str, str], expected: tuple[int, bool, str]
) -> None:
    close(program, 3, ("1", "4"))
    found = board(program, status_ALPHA=statuses[0], status_BETA=statuses[1])
    own, official = found.runs
    assert own.now.current == 1
    assert (own.then.current, own.fires) == expected[:2]
    assert own.sentence.startswith(expected[2])
    assert (official.now.current, official.then.current) == (0, 0)


def test_a_run_that_fired_before_does_not_fire_again() -> None:
    program = make_program(
        conditions=("ALPHA", "BETA"), tracked_from=THIRD_DUE - 240 * DAY, slug="third"
    )
    for number in (2, 3):
        close(program, number, ("1", "1"))
    [own, _] = board(program, status_ALPHA="1", status_BETA="1").runs
    assert (own.now.current, own.then.current, own.fires, own.fired_before) == (2, 3, False, True)
    assert "does not fire again" in own.sentence


def test_the_official_run_is_counted_apart(program: Program) -> None:
    close(program, 3, ("4", "4"))
    say(program, 3, "not_affirmed", "affirmed")
    wishes = {"status_ALPHA": "4", "status_BETA": "4"}
    own, official = board(
        program, **wishes, official_ALPHA="affirmed", official_BETA="not_affirmed"
    ).runs
    assert (own.then.current, official.now.current, official.then.current) == (0, 1, 2)
    assert official.fires
    silent = board(program, **wishes, official_ALPHA="silent", official_BETA="").runs[1]
    assert (silent.then.current, silent.fires) == (1, False)
    assert official.legal_effect == "A stated view of the legislature; it binds nobody."


def test_what_is_played_comes_true_when_the_cycle_is_closed_so(program: Program) -> None:
    close(program, 3, ("1", "4"))
    say(program, 3, "not_affirmed", "affirmed")
    played = board(
        program,
        status_ALPHA="2",
        status_BETA="4",
        official_ALPHA="affirmed",
        official_BETA="not_affirmed",
    )
    assert streaks(program) == [(run.now.current, run.now.needed) for run in played.runs]
    say(program, 4, "affirmed", "not_affirmed")
    close(program, 4, ("2", "4"))
    assert streaks(program) == [(run.then.current, run.then.needed) for run in played.runs]


def test_an_official_report_on_a_cycle_that_is_late_counts_already(program: Program) -> None:
    say(program, 3, "not_affirmed", "affirmed")
    own, official = board(program, cycle="4", official_ALPHA="not_affirmed").runs
    assert (own.now.current, official.now.current, official.then.current) == (0, 1, 2)
    assert streaks(program)[1][0] == official.now.current


def test_a_skipped_cycle_counts_as_missing(program: Program) -> None:
    judge(program, 3, ("1", "1"))
    ReviewCycle.objects.filter(program=program, number=3).update(
        is_skipped=True,
        closed_on=TODAY,
        closed_at=NOW,
        closed_by=make_user("manager"),
        closing_note="Nobody could travel.",
    )
    [own, _] = board(program, status_ALPHA="1", status_BETA="1").runs
    assert (own.now.current, own.then.current) == (0, 1)
    assert streaks(program)[0][0] == own.now.current


def test_the_shipped_program_has_the_run_that_its_scorecard_has() -> None:
    ship()
    program = Program.objects.get(slug=SENATE)
    assert [(run.now.current, run.now.needed) for run in board(program).runs] == streaks(program)


def test_a_text_without_the_rule_has_no_run() -> None:
    program = make_program(consecutive_rule=None, tracked_from=THIRD_DUE)
    assert board(program).runs == ()


def test_no_cycle_to_close_is_no_board() -> None:
    program = make_program(tracked_from=FOURTH_DUE)
    assert what_if(program, {}, as_of=NOW) is None
    with pytest.raises(BadWish):
        what_if(program, {"cycle": "4"}, as_of=NOW)


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("status_ALPHA", "9", "Give one of 0, 1, 2, 3, 4, U, W, or nothing."),
        ("status_OMEGA", "3", "one of ALPHA, BETA."),
        ("stauts_ALPHA", "3", "Begin with status_, limb_ or official_"),
        ("official_BETA", "maybe", "affirmed, not_affirmed, silent, not_submitted"),
        ("limb_ALPHA", "effort", "Give nothing here."),
        ("cycle", "9", "Give one of 3, 4."),
        ("cycle", "four", "Give one of 3, 4."),
    ],
)
def test_what_means_nothing_is_refused_by_name(
    program: Program, name: str, value: str, accepted: str
) -> None:
    with pytest.raises(BadWish) as refusal:
        board(program, **{name: value})
    assert (refusal.value.field, refusal.value.value) == (name, value)
    assert f"{name}={value}" in refusal.value.message
    assert accepted in refusal.value.remedy


def test_it_writes_nothing(program: Program) -> None:
    judge(program, 3, ("2", "2"))

    def rows() -> dict[str, list[object]]:
        return {
            model._meta.label: sorted(map(repr, model._default_manager.values_list()))
            for model in apps.get_models()
        }

    before = rows()
    board(program, status_ALPHA="4", status_BETA="0", official_ALPHA="affirmed")
    assert rows() == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program = make_program(conditions=("ALPHA", "BETA", "GAMMA")[:number], tracked_from=SECOND_DUE)
    close(program, 3, ("1", "2", "3")[:number])
    say(program, 4, *("silent",) * number)
    with django_assert_num_queries(5):
        assert len(board(program).lines) == number


def test_only_conditions_in_force_when_the_cycle_ends_are_tried(program: Program) -> None:
    make_condition(program=program, code="GONE", position=3, in_force_until=TODAY + DAY)
    assert [line.condition.code for line in board(program, cycle="4").lines] == ["ALPHA", "BETA"]
