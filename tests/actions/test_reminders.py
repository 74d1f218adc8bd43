"""What is owed to whom: each rung once for each recipient, the most urgent alone as a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.cycles import open_cycles
from conditions.actions.reminders import Owing, message_id, owe_reminders
from conditions.models import Condition, Program, Reminder, User
from conditions.queries.closing import unjudged
from conditions.queries.reminders import open_matters
from conditions.rules.ladder import RungKind
from tests.days import DAY, FIRST_DUE, SECOND_DUE, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_condition, make_program, make_user

pytestmark = pytest.mark.django_db

Row = tuple[str, int, str]


def owe(program: Program, day: date) -> Owing:
    """Owes as the sweep of that day does."""
    open_cycles(program=program, as_of=noon(day))
    return owe_reminders(program=program, as_of=noon(day))


def owe_each_day(program: Program, first: date, last: date) -> None:
    for number in range((last - first).days + 1):
        owe(program, first + number * DAY)


def rows_of(person: User, *states: str) -> list[Row]:
    """Kind, offset and state of a person's rungs, in the order they were written."""
    rows = Reminder.objects.filter(
        recipient=person, state__in=states or Reminder.State.values, event=None
    )
    return list(rows.order_by("falls_on", "offset").values_list("kind", "offset", "state"))


def kinds(rows: Iterable[Row]) -> list[tuple[str, int]]:
    return [(kind, offset) for kind, offset, _ in rows]


@pytest.fixture
def lead() -> User:
    return make_user("analyst")


@pytest.fixture
def manager() -> User:
    return make_user("manager")


@pytest.fixture
def program(lead: User) -> Program:
    return make_program(lead=lead, as_of=noon(WHITE_HOUSE))


def test_the_ladder_day_by_day(program: Program, lead: User) -> None:
    owe_each_day(program, WHITE_HOUSE, FIRST_DUE - DAY)
    assert kinds(rows_of(lead)) == [
        ("opened", 0),
        ("before", -30),
        ("before", -14),
        ("before", -7),
        ("before", -1),
    ]
    assert rows_of(lead, "owed") == [("before", -1, "owed")]


def test_a_rung_is_owed_once_however_often_the_sweep_comes(program: Program, lead: User) -> None:
    assert len(owe(program, WHITE_HOUSE).owed) == 1
    for hours in (0, 1, 5):
        again = owe_reminders(program=program, as_of=noon(WHITE_HOUSE) + timedelta(hours=hours))
        assert again == Owing()
    assert rows_of(lead) == [("opened", 0, "owed")]


def test_nine_days_skipped_leave_every_rung_once_and_one_message(
    program: Program, lead: User
) -> None:
    owe_each_day(program, WHITE_HOUSE, FIRST_DUE - 8 * DAY)
    Reminder.objects.filter(state="owed").update(state="sent", sent_at=noon(FIRST_DUE - 8 * DAY))
    owing = owe(program, FIRST_DUE + DAY)
    assert [(one.kind, one.offset) for one in owing.owed] == [(RungKind.OVERDUE, 1)]
    assert rows_of(lead, "owed") == [("overdue", 1, "owed")]
    # Cycle 2 opened on the day the first fell due, so it is among what was missed.
    assert sorted(kinds(rows_of(lead))) == sorted(
        [
            ("opened", 0),
            ("before", -30),
            ("before", -14),
            ("before", -7),
            ("before", -1),
            ("due", 0),
            ("overdue", 1),
            ("opened", 0),
        ]
    )
    assert owing.superseded == 4


@pytest.mark.parametrize("skipped", [1, 2, 9, 40])
def test_however_many_days_are_skipped_the_rungs_are_the_same(
    program: Program, lead: User, skipped: int
) -> None:
    end = FIRST_DUE + 3 * DAY
    owe_each_day(program, WHITE_HOUSE, end - skipped * DAY)
    owe(program, end)
    assert len(rows_of(lead)) == 9
    assert rows_of(lead, "owed") == [("overdue", 3, "owed")]


def test_an_unsent_reminder_gives_way_to_a_more_urgent_one(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE - 7 * DAY)
    owing = owe(program, FIRST_DUE)
    assert rows_of(lead, "owed") == [("due", 0, "owed")]
    assert ("before", -7, "superseded") in rows_of(lead)
    assert owing.superseded == 3


def test_one_that_is_being_sent_is_left_alone(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE - 7 * DAY)
    day = FIRST_DUE - DAY
    held = {"lease_owner": "somebody", "lease_until": noon(day) + timedelta(minutes=1)}
    Reminder.objects.filter(state="owed").update(**held)
    owe(program, day)
    assert rows_of(lead, "owed") == [("before", -7, "owed"), ("before", -1, "owed")]


def test_an_overdue_cycle_comes_before_the_next_one(program: Program, lead: User) -> None:
    owe(program, WHITE_HOUSE)
    owing = owe(program, FIRST_DUE + DAY)
    assert [(one.cycle_number, one.kind) for one in owing.owed] == [(1, RungKind.OVERDUE)]
    assert set(Reminder.objects.filter(cycle__number=2).values_list("kind", "state")) == {
        ("opened", "superseded")
    }


def test_each_program_is_a_matter_of_its_own(program: Program, lead: User) -> None:
    other = make_program(slug="other", lead=lead, as_of=noon(WHITE_HOUSE))
    owe(program, FIRST_DUE)
    owe(other, FIRST_DUE)
    assert rows_of(lead, "owed") == [("due", 0, "owed"), ("due", 0, "owed")]


def test_a_lead_whose_conditions_are_approved_is_left_in_peace(
    program: Program, lead: User
) -> None:
    other = make_user("analyst")
    make_condition(program=program, code="BETA", position=2, lead=other)
    cycle = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(code="ALPHA"), cycle=cycle)
    owe(program, FIRST_DUE - DAY)
    assert rows_of(lead) == []
    assert rows_of(other, "owed") == [("before", -1, "owed")]


def test_a_draft_or_a_submitted_assessment_is_still_to_be_done(
    program: Program, lead: User
) -> None:
    make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="submitted"
    )
    owe(program, FIRST_DUE)
    assert rows_of(lead, "owed") == [("due", 0, "owed")]


def test_a_condition_without_lead_falls_to_the_managers(program: Program, manager: User) -> None:
    program.managers.add(manager)
    bystander = make_user("manager")
    program.conditions.update(lead=None)
    owe(program, FIRST_DUE)
    assert rows_of(manager, "owed") == [("due", 0, "owed")]
    assert rows_of(bystander) == []


def test_a_lead_who_left_is_no_lead(program: Program, lead: User, manager: User) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    owe(program, FIRST_DUE)
    assert rows_of(lead) == []
    assert rows_of(manager, "owed") == [("due", 0, "owed")]


def test_while_a_program_names_no_manager_all_in_the_role_are_asked(program: Program) -> None:
    managers = [make_user("manager"), make_user("manager")]
    make_user("manager", is_active=False)
    program.conditions.update(lead=None)
    assert {one.recipient for one in owe(program, FIRST_DUE).owed} == {
        manager.username for manager in managers
    }


def test_managers_are_told_from_the_seventh_day_on(
    program: Program, lead: User, manager: User
) -> None:
    program.managers.add(manager)
    owe_each_day(program, FIRST_DUE, FIRST_DUE + 6 * DAY)
    assert rows_of(manager) == []
    owe(program, FIRST_DUE + 7 * DAY)
    assert rows_of(manager) == [("overdue", 7, "owed")]
    owe(program, FIRST_DUE + 14 * DAY)
    assert rows_of(manager, "owed") == [("overdue", 14, "owed")]
    assert rows_of(lead, "owed") == [("overdue", 14, "owed")]


def test_a_late_cycle_that_only_waits_to_be_closed_is_the_managers_matter(
    program: Program, lead: User, manager: User
) -> None:
    program.managers.add(manager)
    make_assessment(condition=program.conditions.get(), cycle=program.cycles.get(number=1))
    owe(program, FIRST_DUE + 7 * DAY)
    assert kinds(rows_of(manager, "owed")) == [("overdue", 7)]
    assert kinds(rows_of(lead, "owed")) == [("opened", 0)]


def test_cycles_with_nobody_to_remind_are_named(program: Program) -> None:
    program.conditions.update(lead=None)
    assert owe(program, FIRST_DUE).unaddressed == (1, 2)


def test_a_closed_cycle_asks_for_nothing(program: Program, lead: User, manager: User) -> None:
    cycle = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(), cycle=cycle)
    close_cycle(cycle=cycle, by=manager, as_of=noon(FIRST_DUE - 2 * DAY))
    owe(program, FIRST_DUE - DAY)
    assert rows_of(lead) == []


def test_cycles_from_before_our_time_ask_for_nothing(lead: User) -> None:
    program = make_program(lead=lead, as_of=noon(FIRST_DUE), tracked_from=FIRST_DUE)
    owe(program, FIRST_DUE + DAY)
    assert list(Reminder.objects.values_list("cycle__number", "kind")) == [(2, "opened")]


def test_a_new_lead_is_sent_the_most_urgent_rung_alone(program: Program) -> None:
    owe_each_day(program, WHITE_HOUSE, FIRST_DUE + 2 * DAY)
    successor = make_user("analyst")
    program.conditions.update(lead=successor)
    owe(program, FIRST_DUE + 2 * DAY)
    assert rows_of(successor, "owed") == [("overdue", 1, "owed")]
    assert len(rows_of(successor, "superseded")) == 7


def test_an_extension_moves_what_is_still_to_come(
    program: Program, lead: User, manager: User
) -> None:
    owe(program, FIRST_DUE - 30 * DAY)
    cycle = program.cycles.get(number=1)
    moved = FIRST_DUE + 20 * DAY
    extend_cycle(
        cycle=cycle, due_on=moved, reason="By order.", by=manager, as_of=noon(FIRST_DUE - 20 * DAY)
    )
    owe(program, FIRST_DUE)
    assert kinds(rows_of(lead)) == [("opened", 0), ("before", -30)]
    owe(program, moved)
    assert rows_of(lead, "owed") == [("due", 0, "owed")]


def test_a_condition_not_yet_or_no_longer_in_force_is_not_asked(program: Program) -> None:
    cases = {
        "SOON": {"in_force_from": SECOND_DUE - DAY},
        "GONE": {"in_force_until": FIRST_DUE - 30 * DAY},
        "EDGE": {"in_force_until": FIRST_DUE},
        "LAST": {"in_force_until": FIRST_DUE + DAY},
        "NEXT": {"in_force_from": FIRST_DUE},
    }
    for position, (code, fields) in enumerate(cases.items(), start=2):
        make_condition(program=program, code=code, position=position, **fields)
    open_cycles(program=program, as_of=noon(FIRST_DUE))
    for day in (FIRST_DUE - 40 * DAY, FIRST_DUE - DAY, FIRST_DUE, FIRST_DUE + DAY, SECOND_DUE):
        for matter in open_matters([program.pk], noon(day))[program.pk]:
            ours = [one.code for group in matter.by_lead.values() for one in group]
            missing = unjudged(matter.cycle, day).values_list("code", flat=True)
            assert sorted(ours) == sorted(missing), day


def test_the_message_id_is_stable_and_names_the_reminder(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE - 30 * DAY)
    row = Reminder.objects.get(state="owed")
    assert row.message_id == f"<reminder-{row.cycle_id}-before--30-{lead.pk}@127.0.0.1>"
    assert row.message_id == message_id((row.cycle_id, row.kind, row.offset), lead.pk)


@pytest.mark.parametrize("people", [1, 3])
def test_owing_takes_a_fixed_number_of_queries(
    program: Program, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for position in range(2, people + 1):
        make_condition(
            program=program, code=f"C{position}", position=position, lead=make_user("analyst")
        )
    owe(program, WHITE_HOUSE)
    as_of = noon(FIRST_DUE - 7 * DAY)
    with django_assert_num_queries(16):
        assert len(owe_reminders(program=program, as_of=as_of).owed) == people
    with django_assert_num_queries(12):
        assert owe_reminders(program=program, as_of=as_of) == Owing()


def test_a_large_program_is_owed_in_bulk(
    program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = User.objects.bulk_create(
        User(username=f"lead-{number}", email=f"lead-{number}@example.org")
        for number in range(2_500)
    )
    Condition.objects.bulk_create(
        Condition(
            program=program,
            code=f"C{number}",
            position=number % 30_000,
            title="Many",
            provision="What it asks for.",
            citation="Test Act",
            test="outcome",
            in_force_from=WHITE_HOUSE,
            lead=people[number % len(people)],
        )
        for number in range(10_000)
    )
    with django_assert_max_num_queries(260):
        owing = owe_reminders(program=program, as_of=noon(FIRST_DUE - DAY))
    assert len(owing.owed) == 2_501
    assert Reminder.objects.count() == 5 * 2_501
