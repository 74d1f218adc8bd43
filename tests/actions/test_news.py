"""News: one message about one event to each person it is for, out of the ladder's way."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_extension import BadExtension, extend_cycle
from conditions.actions.cycles import open_cycles
from conditions.actions.news import NewsWithoutCycle, news_id, owe_news
from conditions.actions.record import record_event
from conditions.actions.reminders import owe_reminders
from conditions.models import Event, Program, Reminder, ReviewCycle, User
from tests.crowd import at_once
from tests.days import DAY, FIRST_DUE, SECOND_DUE, WHITE_HOUSE, moment, noon
from tests.factories import make_assessment, make_condition, make_program, make_user
from tests.happenings import happened

pytestmark = pytest.mark.django_db

OPENED = noon(WHITE_HOUSE)


@pytest.fixture
def lead() -> User:
    return make_user("analyst")


@pytest.fixture
def program(lead: User) -> Program:
    return make_program(lead=lead, as_of=OPENED)


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=1)


def told() -> list[str]:
    """Who is owed news, by name."""
    rows = Reminder.objects.filter(kind="news").order_by("recipient__username")
    return list(rows.values_list("recipient__username", flat=True))


def test_each_person_is_owed_one_message(cycle: ReviewCycle, lead: User) -> None:
    other = make_user("manager")
    event = happened(cycle, "cycle.skipped", as_of=OPENED)
    assert owe_news(event=event, to=[lead.pk, other.pk, lead.pk], as_of=OPENED) == 2
    row = Reminder.objects.get(recipient=lead)
    assert (row.kind, row.event, row.cycle, row.condition) == ("news", event, cycle, None)
    assert (row.state, row.offset, row.falls_on) == ("owed", 0, WHITE_HOUSE)
    assert row.owed_at == row.next_attempt_at == OPENED
    assert row.message_id == news_id(event.pk, 0, lead.pk)


def test_nobody_is_told_twice_of_one_event(cycle: ReviewCycle, lead: User) -> None:
    event = happened(cycle, "cycle.skipped", as_of=OPENED)
    assert owe_news(event=event, to=[lead.pk], as_of=OPENED) == 1
    assert owe_news(event=event, to=[lead.pk], as_of=OPENED + DAY) == 0
    newcomer = make_user("manager")
    assert owe_news(event=event, to=[lead.pk, newcomer.pk], as_of=OPENED + DAY) == 1
    assert owe_news(event=event, to=[lead.pk], as_of=OPENED + DAY, offset=30) == 1
    again = happened(cycle, "cycle.skipped", as_of=OPENED + DAY)
    assert owe_news(event=again, to=[lead.pk], as_of=OPENED + DAY) == 1
    ids = list(Reminder.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == len(ids) == 4


def test_it_is_owed_from_the_legal_day_or_the_one_that_is_named(
    cycle: ReviewCycle, lead: User
) -> None:
    # Two in the morning in Greenwich is the evening before in Washington.
    event = happened(cycle, "cycle.skipped", as_of=moment(FIRST_DUE, 2))
    owe_news(event=event, to=[lead.pk], as_of=moment(FIRST_DUE, 2))
    owe_news(event=event, to=[lead.pk], as_of=OPENED, falls_on=SECOND_DUE, offset=60)
    rows = Reminder.objects.order_by("offset").values_list("offset", "falls_on")
    assert list(rows) == [(0, FIRST_DUE - DAY), (60, SECOND_DUE)]


def test_who_left_or_never_was_is_dropped(cycle: ReviewCycle, lead: User) -> None:
    gone = make_user("manager", is_active=False)
    event = happened(cycle, "cycle.skipped", as_of=OPENED)
    assert owe_news(event=event, to=[gone.pk, lead.pk, lead.pk + 10_000], as_of=OPENED) == 1
    assert owe_news(event=event, to=[], as_of=OPENED) == 0
    assert told() == [lead.username]


def test_an_event_without_a_cycle_is_no_news(program: Program, lead: User) -> None:
    event = record_event(verb="user.added", subject=lead, by=None, as_of=OPENED)
    with pytest.raises(NewsWithoutCycle) as refusal:
        owe_news(event=event, to=[lead.pk], as_of=OPENED)
    assert (refusal.value.field, refusal.value.value) == ("event", event.pk)
    assert refusal.value.remedy


def test_it_names_the_condition_of_its_event(
    program: Program, cycle: ReviewCycle, lead: User
) -> None:
    condition = program.conditions.get()
    event = happened(cycle, "condition.fell", as_of=OPENED, condition=condition)
    owe_news(event=event, to=[lead.pk], as_of=OPENED)
    assert Reminder.objects.get().condition == condition


@pytest.mark.parametrize("people", [1, 3])
def test_owing_takes_a_fixed_number_of_queries(
    cycle: ReviewCycle, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    to = [make_user("manager").pk for _ in range(people)]
    event = happened(cycle, "cycle.skipped", as_of=OPENED)
    # Who is to be told, and their rows.
    with django_assert_num_queries(2):
        assert owe_news(event=event, to=to, as_of=OPENED) == people


@pytest.mark.django_db(transaction=True)
def test_owed_at_once_from_several_sides_it_is_there_once() -> None:
    cycle = make_program(as_of=OPENED).cycles.get(number=1)
    event = happened(cycle, "cycle.skipped", as_of=OPENED)
    people = [make_user("manager").pk for _ in range(5)]
    at_once([lambda: owe_news(event=event, to=people, as_of=OPENED)] * 4)
    assert Reminder.objects.filter(event=event).count() == 5


def test_the_ladder_passes_news_by(program: Program, cycle: ReviewCycle, lead: User) -> None:
    """News is neither superseded by a rung, nor in the way of one, nor counted as one."""
    begin = noon(FIRST_DUE - 7 * DAY)
    owe_reminders(program=program, as_of=begin)
    event = happened(cycle, "cycle.extended", as_of=begin)
    owe_news(event=event, to=[lead.pk], as_of=begin)
    late = noon(FIRST_DUE + 40 * DAY)
    open_cycles(program=program, as_of=late)
    owing = owe_reminders(program=program, as_of=late)
    assert [(one.kind.value, one.offset) for one in owing.owed] == [("overdue", 35)]
    assert Reminder.objects.get(kind="news").state == "owed"
    rungs = Reminder.objects.filter(event=None)
    assert list(rungs.filter(state="owed").values_list("offset", flat=True)) == [35]


def extend(cycle: ReviewCycle, due_on: date, *, by: User | None = None) -> Event:
    as_of = noon(FIRST_DUE - 5 * DAY)
    extend_cycle(cycle=cycle, due_on=due_on, reason="By order.", by=by, as_of=as_of)
    return Event.objects.filter(verb="cycle.extended").latest("pk")


def test_an_extension_is_news_to_managers_and_to_leads_with_work_in_it(
    program: Program, cycle: ReviewCycle, lead: User
) -> None:
    done = make_user("analyst")
    condition = make_condition(program=program, code="BETA", position=2, lead=done)
    make_assessment(condition=condition, cycle=cycle)
    manager, acting = make_user("manager"), make_user("manager")
    event = extend(cycle, FIRST_DUE + 20 * DAY, by=acting)
    assert told() == sorted([lead.username, manager.username])
    assert event.before is not None
    assert event.after is not None
    assert event.before["due_on"] == FIRST_DUE.isoformat()
    assert event.after["due_on"] == (FIRST_DUE + 20 * DAY).isoformat()


def test_an_extension_by_the_operator_is_told_to_every_manager(cycle: ReviewCycle) -> None:
    managers = [make_user("manager") for _ in range(2)]
    extend(cycle, FIRST_DUE + DAY)
    assert {one.username for one in managers} <= set(told())


def test_an_extension_of_a_cycle_to_come_is_told_to_the_managers_alone(program: Program) -> None:
    manager = make_user("manager")
    extend(program.cycles.get(number=2), SECOND_DUE + 5 * DAY)
    assert told() == [manager.username]


def test_an_extension_that_is_refused_is_no_news(cycle: ReviewCycle) -> None:
    make_user("manager")
    with pytest.raises(BadExtension):
        extend_cycle(cycle=cycle, due_on=FIRST_DUE + DAY, reason=" ", by=None, as_of=OPENED)
    assert told() == []
