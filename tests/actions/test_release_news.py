"""Official reports that should become public: said as the window opens, and as it closes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.delivery import Delivered, deliver_due
from conditions.actions.leases import new_owner
from conditions.actions.release_news import owe_release_news
from conditions.actions.sweep import sweep
from conditions.models import OfficialReport, Program, Reminder, ReviewCycle, User
from tests.crowd import at_once
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_program, make_user
from tests.happenings import make_official_report

pytestmark = pytest.mark.django_db

SENT = FIRST_DUE + 8 * DAY
OPENS, CLOSES = date(2026, 4, 17), date(2026, 5, 17)


@pytest.fixture
def manager() -> User:
    return make_user("manager", time_zone="UTC", reminder_hour=9)


@pytest.fixture
def program(manager: User) -> Program:
    return make_program(as_of=noon(WHITE_HOUSE), tracked_from=FIRST_DUE)


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=1)


@pytest.fixture
def report(cycle: ReviewCycle) -> OfficialReport:
    return make_official_report(cycle, SENT)


def owe(program: Program, day: date) -> list[tuple[str, int]]:
    """Whom the sweep of a day owes which news."""
    owed = owe_release_news(program=program, as_of=noon(day))
    return [(one.recipient, one.offset) for one in owed]


def deliver(day: date) -> Delivered:
    return deliver_due(owner=new_owner(), clock=lambda: noon(day))


def states() -> list[tuple[int, str]]:
    rows = Reminder.objects.filter(kind="news").order_by("pk")
    return list(rows.values_list("offset", "state"))


@pytest.mark.parametrize(
    ("day", "offsets"),
    [
        (OPENS - DAY, []),
        (OPENS, [30]),
        (OPENS + 9 * DAY, [30]),
        (CLOSES - DAY, [30]),
        (CLOSES, [60]),
        (CLOSES + 9 * DAY, [60]),
    ],
)
def test_on_a_day_only_the_most_urgent_is_owed(
    program: Program, report: OfficialReport, manager: User, day: date, offsets: list[int]
) -> None:
    assert owe(program, day) == [(manager.username, offset) for offset in offsets]
    assert owe(program, day) == []
    assert [row.falls_on for row in Reminder.objects.all()] == [
        {30: OPENS, 60: CLOSES}[offset] for offset in offsets
    ]


def test_day_by_day_each_is_owed_once(
    program: Program, report: OfficialReport, manager: User
) -> None:
    for number in range((CLOSES - SENT).days + 20):
        owe(program, SENT + number * DAY)
        deliver(SENT + number * DAY)
    assert states() == [(30, "sent"), (60, "sent")]


def test_the_opening_is_not_told_once_the_window_closes(
    program: Program, report: OfficialReport
) -> None:
    owe(program, OPENS)
    owe(program, CLOSES)
    assert deliver(CLOSES) == Delivered(sent=1, obsolete=1)
    assert states() == [(30, "obsolete"), (60, "sent")]
    row = Reminder.objects.get(offset=30)
    assert row.last_error == "The release window closes by now, which another message says."


def test_a_report_that_came_out_is_not_waited_for(
    program: Program, cycle: ReviewCycle, report: OfficialReport
) -> None:
    owe(program, OPENS)
    make_official_report(
        cycle, SENT, released_on=OPENS, replaces=report, as_of=noon(OPENS) - timedelta(hours=5)
    )
    assert deliver(OPENS) == Delivered(obsolete=1)
    row = Reminder.objects.get()
    assert row.last_error == "The record of this report was replaced meanwhile."
    assert owe(program, CLOSES) == []


def test_a_report_that_was_public_when_recorded_is_not_waited_for(
    program: Program, cycle: ReviewCycle
) -> None:
    make_official_report(cycle, SENT, released_on=SENT + DAY, as_of=noon(SENT + DAY))
    assert owe(program, CLOSES) == []


def test_another_day_of_sending_opens_another_window(
    program: Program, cycle: ReviewCycle, report: OfficialReport, manager: User
) -> None:
    owe(program, OPENS)
    assert deliver(OPENS) == Delivered(sent=1)
    make_official_report(cycle, SENT + 5 * DAY, replaces=report, as_of=noon(OPENS))
    assert owe(program, OPENS + 4 * DAY) == []
    assert owe(program, OPENS + 5 * DAY) == [(manager.username, 30)]


def test_a_record_replaced_for_another_reason_is_not_told_again(
    program: Program, cycle: ReviewCycle, report: OfficialReport, manager: User
) -> None:
    owe(program, OPENS)
    assert deliver(OPENS) == Delivered(sent=1)
    make_official_report(cycle, SENT, replaces=report, as_of=noon(OPENS + DAY))
    assert owe(program, OPENS + 2 * DAY) == []
    assert owe(program, CLOSES) == [(manager.username, 60)]


def test_whoever_becomes_manager_is_told(program: Program, report: OfficialReport) -> None:
    owe(program, OPENS)
    other = make_user("manager")
    program.managers.add(other)
    assert owe(program, OPENS + DAY) == [(other.username, 30)]


def test_the_sweep_owes_it_says_so_and_passes_over_it_the_next_time(
    program: Program, manager: User
) -> None:
    def scheduled(day: date) -> list[tuple[str, int, str]]:
        report = sweep(as_of=noon(day), only_changed=True, is_pulse=True)
        news = [one for program in report.programs for one in program.owed if one.about]
        return [(one.recipient, one.offset, one.about) for one in news]

    scheduled(OPENS)
    # Recorded late, on a day that was swept already: what is recorded is noticed.
    make_official_report(program.cycles.get(number=1), SENT, as_of=noon(OPENS))
    assert scheduled(OPENS) == [(manager.username, 30, "release window opens")]
    assert sweep(as_of=noon(OPENS), only_changed=True).programs == ()
    assert scheduled(CLOSES + 9 * DAY) == [(manager.username, 60, "release window closes")]
    assert scheduled(CLOSES + 10 * DAY) == []


def test_a_trial_keeps_nothing(program: Program, report: OfficialReport) -> None:
    trial = sweep(as_of=noon(OPENS), dry_run=True)
    assert [one.about for one in trial.programs[0].owed if one.about] == ["release window opens"]
    assert not Reminder.objects.exists()


def test_what_was_not_known_on_a_day_is_not_told_of_it(
    program: Program, cycle: ReviewCycle
) -> None:
    make_official_report(cycle, SENT, as_of=noon(CLOSES))
    assert owe(program, OPENS) == []


def test_a_program_at_rest_waits_for_nothing(program: Program, report: OfficialReport) -> None:
    owe(program, OPENS)
    Program.objects.filter(pk=program.pk).update(is_active=False)
    assert sweep(as_of=noon(CLOSES)).programs == ()
    assert deliver(OPENS) == Delivered(obsolete=1)


@pytest.mark.parametrize("people", [1, 3])
def test_looking_takes_a_fixed_number_of_queries(
    program: Program,
    report: OfficialReport,
    people: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(people - 1):
        make_user("manager")
    with django_assert_num_queries(12):
        assert len(owe(program, OPENS)) == people


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_at_once_owe_it_once() -> None:
    for _ in range(3):
        make_user("manager")
    for number in range(2):
        program = make_program(slug=f"p-{number}", as_of=noon(WHITE_HOUSE), tracked_from=FIRST_DUE)
        make_official_report(program.cycles.get(number=1), SENT)
    at_once([lambda: sweep(as_of=noon(CLOSES))] * 4)
    assert Reminder.objects.filter(kind="news", offset=60).count() == 6
    assert Reminder.objects.filter(kind="news").count() == 6
