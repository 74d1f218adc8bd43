"""What is noted: a run that reached the text's number, its undoing, and a fall; each told once."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.actions.escalations import note_escalation, note_fall
from conditions.actions.no_report import record_no_report
from conditions.actions.official import record_official_finding
from conditions.actions.sweep import sweep
from conditions.models import Assessment, Event, Program, Reminder, ReviewCycle, User
from tests.days import DAY, FIRST_DUE, SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db
NO, YES = "1", "4"


@pytest.fixture
def manager() -> User:
    return make_user("manager")


@pytest.fixture
def lead() -> User:
    return make_user("analyst")


@pytest.fixture
def program(lead: User, manager: User) -> Program:
    """A program that one person manages and another leads, among others with their roles."""
    found = make_program(lead=lead)
    found.managers.add(manager)
    make_user("manager")
    return found


def close(program: Program, number: int, status: str, by: User) -> Assessment:
    """Judge the one condition in a cycle and close it on its due day, without what that asks."""
    cycle = program.cycles.get(number=number)
    judged = make_assessment(condition=program.conditions.get(), cycle=cycle, status=status)
    mark_closed(cycle, by)
    return judged


def mark_closed(cycle: ReviewCycle, by: User) -> None:
    cycle.closed_on, cycle.closed_at, cycle.closed_by = cycle.due_on, noon(cycle.due_on), by
    cycle.save()


def correct(judged: Assessment, status: str, on: date = TODAY) -> Assessment:
    return make_assessment(
        condition=judged.condition,
        cycle=ReviewCycle.objects.get(pk=judged.cycle_id),
        status=status,
        valid_from=judged.valid_from,
        as_of=noon(on),
        corrects=judged,
    )


def say(program: Program, number: int, finding: str, **options: object) -> None:
    cycle = program.cycles.get(number=number)
    record_official_finding(
        **{
            "condition": program.conditions.get(),
            "cycle": cycle,
            "finding": finding,
            "found_on": cycle.due_on,
            "by": None,
            "as_of": noon(cycle.due_on),
            **options,
        }
    )


def verbs() -> list[tuple[str, str, int]]:
    """What was noted: the verb, whose count, and the cycle it is about."""
    rows = Event.objects.filter(verb__startswith="escalation.").order_by("pk")
    return [(row.verb, (row.after or row.before)["basis"], row.cycle.number) for row in rows]


def told(verb: str) -> set[User]:
    return {row.recipient for row in Reminder.objects.filter(event__verb=verb)}


def test_a_run_fires_once_however_often_it_is_looked_at(program: Program, manager: User) -> None:
    close(program, 1, NO, manager)
    assert note_escalation(program=program, by=manager, as_of=noon(FIRST_DUE)) == ()
    close(program, 2, NO, manager)
    [event] = note_escalation(program=program, by=manager, as_of=noon(SECOND_DUE))
    assert (event.verb, event.subject_type, event.cycle.number) == (
        "escalation.fired",
        "reviewcycle",
        2,
    )
    assert event.after == {
        "basis": "own",
        "counted": [1, 2],
        "periods": 2,
        "consequence": "Sanctions should be put back.",
        "legal_effect": "sense_of_legislature",
    }
    assert event.reason == (
        "Sanctions should be put back. A stated view of the legislature; it binds nobody."
    )
    for _ in range(2):
        assert note_escalation(program=program, by=manager, as_of=noon(TODAY)) == ()
        sweep(as_of=noon(TODAY))
    close(program, 3, NO, manager)
    assert note_escalation(program=program, by=manager, as_of=noon(TODAY)) == ()
    assert verbs() == [("escalation.fired", "own", 2)]


def test_the_managers_are_told_once(program: Program, manager: User) -> None:
    for number in (1, 2):
        close(program, number, NO, manager)
    for _ in range(2):
        note_escalation(program=program, by=manager, as_of=noon(TODAY))
    assert told("escalation.fired") == {manager}
    assert Reminder.objects.filter(kind="news").count() == 1


def test_nobody_is_told_of_a_demonstration(program: Program, manager: User) -> None:
    close(program, 1, NO, manager)
    program.cycles.filter(number=2).update(is_demonstration=True)
    close(program, 2, NO, manager)
    assert len(note_escalation(program=program, by=manager, as_of=noon(TODAY))) == 1
    assert not Reminder.objects.filter(kind="news").exists()


def test_a_missing_cycle_between_neither_adds_nor_resets(program: Program, manager: User) -> None:
    close(program, 1, NO, manager)
    close(program, 2, "U", manager)
    assert note_escalation(program=program, by=manager, as_of=noon(SECOND_DUE)) == ()
    close(program, 3, NO, manager)
    [event] = note_escalation(program=program, by=manager, as_of=noon(THIRD_DUE))
    assert (event.cycle.number, event.after["counted"]) == (3, [1, 3])


def test_a_correction_in_a_closed_cycle_undoes_what_fired_and_may_fire_it_again(
    program: Program, manager: User
) -> None:
    first = close(program, 1, NO, manager)
    close(program, 2, NO, manager)
    note_escalation(program=program, by=manager, as_of=noon(SECOND_DUE))
    better = correct(first, YES, on=SECOND_DUE + DAY)
    assert verbs()[-1] == ("escalation.withdrawn", "own", 2)
    assert told("escalation.withdrawn") == {manager}
    correct(better, NO, on=SECOND_DUE + 2 * DAY)
    assert verbs() == [
        ("escalation.fired", "own", 2),
        ("escalation.withdrawn", "own", 2),
        ("escalation.fired", "own", 2),
    ]
    assert Reminder.objects.filter(event__verb="escalation.fired").count() == 2


def test_a_correction_may_move_the_run_to_another_cycle(program: Program, manager: User) -> None:
    first = close(program, 1, NO, manager)
    for number in (2, 3):
        close(program, number, NO, manager)
    note_escalation(program=program, by=manager, as_of=noon(THIRD_DUE))
    correct(first, YES)
    assert verbs() == [
        ("escalation.fired", "own", 2),
        ("escalation.withdrawn", "own", 2),
        ("escalation.fired", "own", 3),
    ]


def test_official_findings_fire_their_own_count(program: Program, manager: User) -> None:
    say(program, 1, "not_affirmed")
    assert verbs() == []
    say(program, 2, "not_affirmed")
    assert verbs() == [("escalation.fired", "official", 2)]
    for number in (1, 2):
        close(program, number, NO, manager)
    note_escalation(program=program, by=manager, as_of=noon(TODAY))
    assert verbs() == [("escalation.fired", "official", 2), ("escalation.fired", "own", 2)]


def test_no_report_on_a_whole_cycle_fires_nothing(program: Program, manager: User) -> None:
    say(program, 1, "not_affirmed")
    record_no_report(
        cycle=program.cycles.get(number=2), found_on=TODAY, by=manager, as_of=noon(TODAY)
    )
    assert verbs() == []
    say(program, 3, "not_affirmed", as_of=noon(TODAY))
    assert verbs() == [("escalation.fired", "official", 3)]


def test_a_corrected_official_finding_undoes_what_fired(program: Program) -> None:
    for number in (1, 2):
        say(program, number, "not_affirmed")
    wrong = program.conditions.get().official_findings.get(cycle__number=1)
    say(program, 1, "affirmed", as_of=noon(TODAY), corrects=wrong, note="Read again.")
    assert verbs()[-1] == ("escalation.withdrawn", "official", 2)


def test_a_text_without_a_rule_fires_nothing(manager: User) -> None:
    program = make_program(consecutive_rule=None)
    for number in (1, 2):
        close(program, number, NO, manager)
    assert note_escalation(program=program, by=None, as_of=noon(TODAY)) == ()


class TestFalls:
    @pytest.fixture
    def held(self, program: Program) -> Assessment:
        """A judgement in the cycle before, from which to fall."""
        return make_assessment(
            condition=program.conditions.get(), cycle=program.cycles.get(number=3), status="3"
        )

    @staticmethod
    def judge(program: Program, status: str, **options: object) -> Assessment:
        return make_assessment(
            **{
                "condition": program.conditions.get(),
                "cycle": program.cycles.get(number=4),
                "status": status,
                "valid_from": TODAY,
                "as_of": noon(TODAY),
                **options,
            }
        )

    def test_two_steps_lower_is_noted_and_told(
        self, program: Program, held: Assessment, lead: User, manager: User
    ) -> None:
        judged = self.judge(program, "0")
        event = Event.objects.get(verb="condition.fell")
        assert (event.subject_type, event.subject_id) == ("assessment", str(judged.pk))
        assert (event.condition, event.cycle) == (judged.condition, judged.cycle)
        assert (event.before, event.after) == (
            {"status": "3"},
            {"status": "0", "falls": ["two_steps", "reversed"]},
        )
        assert event.reason == (
            "From 3 Largely met to 0 Not met: 3 steps lower; "
            "reversed, as it was once good enough to affirm."
        )
        assert event.actor == judged.approved_by
        assert told("condition.fell") == {lead, manager}

    def test_one_step_that_reverses_is_a_fall(self, program: Program, held: Assessment) -> None:
        self.judge(program, "2")
        assert Event.objects.get(verb="condition.fell").after["falls"] == ["reversed"]

    @pytest.mark.parametrize("status", ["3", "4", "U"])
    def test_what_did_not_fall_is_not_noted(
        self, program: Program, held: Assessment, status: str
    ) -> None:
        self.judge(program, status)
        assert not Event.objects.filter(verb="condition.fell").exists()

    def test_a_first_judgement_falls_from_nothing(self, program: Program) -> None:
        self.judge(program, "0")
        assert not Event.objects.filter(verb="condition.fell").exists()

    def test_what_is_only_submitted_has_not_fallen(
        self, program: Program, held: Assessment
    ) -> None:
        self.judge(program, "0", state="submitted")
        assert not Event.objects.filter(verb="condition.fell").exists()

    def test_it_is_noted_once(self, program: Program, held: Assessment) -> None:
        judged = self.judge(program, "0")
        assert note_fall(assessment=judged, by=None, as_of=noon(TODAY)) is None
        assert Event.objects.filter(verb="condition.fell").count() == 1

    def test_a_correction_in_an_open_cycle_may_be_a_fall(
        self, program: Program, held: Assessment
    ) -> None:
        first = self.judge(program, "3")
        correct(first, "1")
        assert Event.objects.get(verb="condition.fell").before == {"status": "3"}

    def test_a_correction_in_a_closed_cycle_does_not_flash(
        self, program: Program, held: Assessment, manager: User
    ) -> None:
        mark_closed(held.cycle, manager)
        correct(held, "0")
        assert not Event.objects.filter(verb="condition.fell").exists()

    def test_a_judgement_of_the_past_that_is_not_in_force_does_not_flash(
        self, program: Program
    ) -> None:
        make_assessment(
            condition=program.conditions.get(), cycle=program.cycles.get(number=2), status="4"
        )
        self.judge(program, "4")
        make_assessment(
            condition=program.conditions.get(),
            cycle=program.cycles.get(number=3),
            status="0",
            as_of=noon(TODAY),
        )
        assert not Event.objects.filter(verb="condition.fell").exists()


def test_a_finding_sent_before_its_period_is_over_counts_once_it_is(lead: User) -> None:
    early = SECOND_DUE - 2 * DAY
    program = make_program(lead=lead, as_of=noon(early))
    say(program, 1, "not_affirmed", as_of=noon(early))
    say(program, 2, "not_affirmed", found_on=early, as_of=noon(early))
    assert verbs() == []
    for _ in range(2):
        sweep(as_of=noon(SECOND_DUE))
    assert verbs() == [("escalation.fired", "official", 2)]
