"""The sweep: whatever is due on or before the moment, once, however often, late or at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from pytest_django import DjangoAssertNumQueries

from conditions.actions.accounts import save_account
from conditions.actions.people import assign_lead
from conditions.actions.sweep import CycleNews, SweepReport, sweep
from conditions.models import Event, Program, Pulse, Reminder, ReviewCycle, User
from conditions.queries.health import health
from tests.crowd import at_once
from tests.days import DAY, FIRST_DUE, SECOND_DUE, THIRD_DUE, WHITE_HOUSE, noon
from tests.factories import make_condition, make_program, make_user

pytestmark = pytest.mark.django_db

LATE = noon(FIRST_DUE + DAY)


@pytest.fixture
def lead() -> User:
    return make_user("analyst")


@pytest.fixture
def program(lead: User) -> Program:
    return make_program(lead=lead, as_of=noon(WHITE_HOUSE))


def scheduled(as_of: datetime) -> SweepReport:
    """The sweep as the scheduler calls it."""
    return sweep(as_of=as_of, only_changed=True, is_pulse=True)


def everything() -> list[list[tuple[object, ...]]]:
    """All rows that a sweep may write."""
    return [
        list(ReviewCycle.objects.order_by("id").values_list()),
        list(Reminder.objects.order_by("id").values_list()),
        list(Event.objects.order_by("id").values_list("id", "verb", "at")),
        list(Program.objects.order_by("id").values_list("id", "revision", "changed_at")),
        list(Pulse.objects.values_list("name", "beat_at")),
    ]


def test_it_opens_marks_and_owes(program: Program, lead: User) -> None:
    (swept,) = sweep(as_of=LATE).programs
    assert swept.opened == (CycleNews(2, SECOND_DUE),)
    assert swept.fell_due == (CycleNews(1, FIRST_DUE),)
    assert swept.overdue == (CycleNews(1, FIRST_DUE, 1),)
    assert [(one.recipient, one.cycle_number, one.offset) for one in swept.owed] == [
        (lead.username, 1, 1)
    ]
    assert swept.is_news


def test_the_second_time_there_is_nothing_new(program: Program) -> None:
    sweep(as_of=LATE)
    before = everything()
    (again,) = sweep(as_of=LATE).programs
    assert not again.is_news
    assert again.overdue == (CycleNews(1, FIRST_DUE, 1),)
    assert everything() == before


def test_nine_days_late_every_reminder_is_there_once(program: Program, lead: User) -> None:
    begin = FIRST_DUE - 8 * DAY
    sweep(as_of=noon(begin))
    sweep(as_of=noon(begin + 9 * DAY))
    rows = list(Reminder.objects.filter(cycle__number=1).values_list("kind", "offset"))
    assert sorted(rows) == [
        ("before", -30),
        ("before", -14),
        ("before", -7),
        ("before", -1),
        ("due", 0),
        ("opened", 0),
        ("overdue", 1),
    ]
    assert Reminder.objects.filter(state="owed").count() == 1


def test_years_late_the_series_has_no_gap(program: Program) -> None:
    sweep(as_of=noon(THIRD_DUE + 700 * DAY))
    cycles = list(program.cycles.order_by("number"))
    for one, following in zip(cycles, cycles[1:], strict=False):
        assert one.due_on == following.starts_on
    assert sum(cycle.opened_at is None for cycle in cycles) == 2
    assert Reminder.objects.filter(state="owed").count() == 1


def test_a_trial_reports_the_same_and_keeps_nothing(program: Program) -> None:
    before = everything()
    trial = sweep(as_of=LATE, dry_run=True)
    assert everything() == before
    real = sweep(as_of=LATE)
    assert trial == SweepReport(as_of=LATE, dry_run=True, programs=real.programs)


def test_a_broken_program_stops_no_other(
    program: Program, lead: User, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_program(slug="broken", lead=lead, as_of=noon(WHITE_HOUSE))
    Program.objects.filter(pk=broken.pk).update(reminder_ladder={"befor": [1]})
    report = sweep(as_of=LATE, is_pulse=True)
    assert list(report.errors) == ["broken"]
    assert "befor" in report.errors["broken"]
    assert "broken" in caplog.text
    # Nothing of it was half done, and all of the other was.
    assert broken.cycles.get(number=2).opened_at is None
    assert program.cycles.get(number=2).opened_at == LATE
    assert report.owed == 1
    pulse = Pulse.objects.get(name="sweep")
    assert list(pulse.detail["errors"]) == ["broken"]
    assert health(as_of=LATE).not_swept == ("broken",)
    assert not health(as_of=LATE).is_well


def test_the_scheduler_passes_over_what_cannot_have_changed(
    program: Program, lead: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make_program(slug="other", lead=lead, as_of=noon(WHITE_HOUSE))
    assert len(scheduled(LATE).programs) == 2
    # The marks, the programs, three about accounts, and the pulse in a transaction.
    with django_assert_num_queries(9):
        assert scheduled(LATE).programs == ()
    assert len(sweep(as_of=LATE).programs) == 2
    assign_lead(condition=other.conditions.get(), lead=make_user("analyst"), by=None, as_of=LATE)
    (swept,) = scheduled(LATE).programs
    assert (swept.slug, len(swept.owed)) == ("other", 1)
    assert scheduled(LATE).programs == ()
    assert len(scheduled(LATE + DAY).programs) == 2


def test_the_conditions_of_a_lead_who_leaves_fall_to_the_managers_at_the_next_pulse(
    program: Program, lead: User
) -> None:
    manager = make_user("manager")
    assert scheduled(LATE).owed == 1
    lead.is_active = False
    save_account(account=lead, groups=None, by=None, as_of=LATE)
    (swept,) = scheduled(LATE).programs
    assert [one.recipient for one in swept.owed] == [manager.username]
    assert scheduled(LATE).programs == ()


def test_who_becomes_manager_is_told_at_the_next_pulse(program: Program) -> None:
    assign_lead(condition=program.conditions.get(), lead=None, by=None, as_of=LATE)
    assert [one.unaddressed for one in scheduled(LATE).programs] == [(1, 2)]
    by_role = make_user("viewer")
    save_account(account=by_role, groups=Group.objects.filter(name="manager"), by=None, as_of=LATE)
    (swept,) = scheduled(LATE).programs
    assert [one.recipient for one in swept.owed] == [by_role.username]
    named = make_user("viewer")
    program.managers.add(named)
    (swept,) = scheduled(LATE).programs
    assert [one.recipient for one in swept.owed] == [named.username]
    assert scheduled(LATE).programs == ()


def test_what_could_not_be_swept_is_tried_again(program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(reminder_ladder={"befor": [1]})
    for _ in range(2):
        assert list(scheduled(LATE).errors) == [program.slug]
    Program.objects.filter(pk=program.pk).update(reminder_ladder={})
    assert scheduled(LATE).owed == 1


def test_a_time_zone_that_is_none_stops_no_other(program: Program, lead: User) -> None:
    broken = make_program(slug="broken", lead=lead, as_of=noon(WHITE_HOUSE))
    scheduled(LATE)
    Program.objects.filter(pk=broken.pk).update(time_zone="Mars/Olympus")
    report = sweep(as_of=LATE + DAY, only_changed=True)
    assert list(report.errors) == ["broken"]
    assert [one.slug for one in report.programs if not one.error] == [program.slug]


def test_the_pulse_is_that_of_the_last_scheduled_sweep() -> None:
    scheduled(LATE)
    scheduled(LATE + DAY)
    sweep(as_of=LATE + 100 * DAY)
    assert Pulse.objects.get(name="sweep").beat_at == LATE + DAY


def test_a_program_at_rest_is_left_alone(program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(is_active=False)
    assert sweep(as_of=LATE).programs == ()


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_at_once_write_everything_once() -> None:
    leads = [make_user("analyst") for _ in range(5)]
    for number in range(3):
        program = make_program(slug=f"p-{number}", conditions=(), as_of=noon(WHITE_HOUSE))
        for position, lead in enumerate(leads):
            make_condition(program=program, code=f"C{position}", position=position, lead=lead)
    reports: list[SweepReport] = []
    at_once([lambda: reports.append(sweep(as_of=LATE))] * 4)
    assert sum(report.owed for report in reports) == 15
    assert [report.errors for report in reports] == [{}] * 4
    assert Reminder.objects.filter(state="owed").count() == 15
    assert Reminder.objects.count() == 15 * 8
    assert Event.objects.filter(verb="cycle.opened", cycle__number=2).count() == 3
    assert ReviewCycle.objects.count() == 3 * 4


@pytest.mark.django_db(transaction=True)
def test_sweeps_of_different_days_at_once_leave_one_message_each() -> None:
    lead = make_user("analyst")
    make_program(lead=lead, as_of=noon(WHITE_HOUSE))
    days = [FIRST_DUE - 7 * DAY, FIRST_DUE, FIRST_DUE + DAY]
    at_once([lambda day=day: sweep(as_of=noon(day)) for day in days])  # type: ignore[misc]
    assert ("overdue", 1) in Reminder.objects.filter(state="owed").values_list("kind", "offset")
    rows = list(Reminder.objects.values_list("cycle", "kind", "offset"))
    assert len(set(rows)) == len(rows) == 8
