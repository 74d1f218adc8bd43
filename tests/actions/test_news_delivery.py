"""Delivery of news: whatever the cycle's state, as things stand, once, with what else is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.cycles import open_cycles
from conditions.actions.delivery import NO_ADDRESS, Delivered, deliver_due
from conditions.actions.escalations import note_fall
from conditions.actions.leases import new_owner
from conditions.actions.news import owe_news
from conditions.actions.reminder_leases import lease_due
from conditions.actions.reminders import owe_reminders
from conditions.models import Event, Program, Reminder, ReviewCycle, User
from tests.crowd import at_once
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, moment, noon
from tests.factories import make_assessment, make_program, make_user
from tests.happenings import fired, happened, withdrawn

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOW = noon(FIRST_DUE)


def deliver(at: datetime = NOW) -> Delivered:
    return deliver_due(owner=new_owner(), clock=lambda: at)


def make_reader(**fields: object) -> User:
    return make_user("analyst", **{"time_zone": "UTC", "reminder_hour": 9, **fields})


@pytest.fixture
def reader() -> User:
    return make_reader()


@pytest.fixture
def program(reader: User) -> Program:
    return make_program(lead=reader, as_of=noon(WHITE_HOUSE))


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=1)


def owe(event: Event, *people: User, at: datetime = NOW) -> None:
    assert owe_news(event=event, to=[one.pk for one in people], as_of=at) == len(people)


def ending() -> tuple[str, str]:
    """State and reason of the one reminder there is."""
    row = Reminder.objects.get()
    return row.state, row.last_error


def subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_it_is_sent_once(cycle: ReviewCycle, reader: User) -> None:
    owe(fired(cycle, as_of=NOW), reader)
    assert deliver() == Delivered(sent=1)
    assert deliver(NOW + MINUTE) == Delivered()
    row = Reminder.objects.get()
    (message,) = mail.outbox
    assert (row.state, row.sent_at, message.to) == ("sent", NOW, [reader.email])
    assert message.extra_headers["Message-ID"] == row.message_id
    assert message.extra_headers["References"] == f"<cycle-{cycle.pk}-{reader.pk}@127.0.0.1>"


def test_a_closed_cycle_does_not_silence_it(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    make_assessment(condition=program.conditions.get(), cycle=cycle)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=NOW)
    Reminder.objects.update(state="superseded")
    owe(fired(cycle, as_of=NOW), reader)
    assert deliver() == Delivered(sent=1)


def test_a_cycle_before_the_teams_time_does_not_silence_it(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    Program.objects.filter(pk=program.pk).update(tracked_from=FIRST_DUE)
    owe(fired(cycle, as_of=NOW), reader)
    assert deliver() == Delivered(sent=1)


@pytest.mark.parametrize(
    ("time_zone", "sent_from"),
    [("UTC", moment(FIRST_DUE, 9)), ("America/New_York", moment(FIRST_DUE, 13))],
)
def test_it_waits_for_the_readers_hour(
    cycle: ReviewCycle, reader: User, time_zone: str, sent_from: datetime
) -> None:
    owe(fired(cycle, as_of=moment(FIRST_DUE, 6)), reader, at=moment(FIRST_DUE, 6))
    User.objects.filter(pk=reader.pk).update(time_zone=time_zone)
    assert deliver(moment(FIRST_DUE, 6)) == Delivered(postponed=1)
    assert deliver(sent_from - MINUTE) == Delivered()
    assert deliver(sent_from) == Delivered(sent=1)


def test_who_left_meanwhile_gets_nothing(cycle: ReviewCycle, reader: User) -> None:
    owe(fired(cycle, as_of=NOW), reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert deliver() == Delivered(obsolete=1)
    assert ending() == ("obsolete", "The account is no longer active.")


def test_a_closed_program_is_told_to_its_readers_only(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    Program.objects.filter(pk=program.pk).update(is_public=False)
    shut_out = make_user("analyst", time_zone="UTC")
    owe(fired(cycle, as_of=NOW), reader, shut_out)
    shut_out.groups.clear()
    assert deliver() == Delivered(sent=1, obsolete=1)
    assert mail.outbox[0].to == [reader.email]
    row = Reminder.objects.get(recipient=shut_out)
    assert row.last_error == "This person may no longer open the program."


def test_a_program_at_rest_sends_nothing(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    owe(fired(cycle, as_of=NOW), reader)
    Program.objects.filter(pk=program.pk).update(is_active=False)
    assert deliver() == Delivered(obsolete=1)
    assert ending() == ("obsolete", "The program is no longer active.")


def test_an_escalation_that_was_withdrawn_is_not_told(cycle: ReviewCycle, reader: User) -> None:
    event = fired(cycle, as_of=NOW)
    owe(event, reader)
    withdrawn(event, as_of=NOW)
    assert deliver() == Delivered(obsolete=1)
    assert ending() == ("obsolete", "The escalation was withdrawn meanwhile.")


def test_another_count_another_cycle_or_an_earlier_withdrawal_silences_nothing(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    before = fired(cycle, as_of=NOW)
    withdrawn(before, as_of=NOW)
    event = fired(cycle, as_of=NOW)
    owe(event, reader)
    withdrawn(fired(cycle, as_of=NOW, basis="official"), as_of=NOW)
    withdrawn(fired(program.cycles.get(number=2), as_of=NOW), as_of=NOW)
    assert deliver() == Delivered(sent=1)


def test_a_withdrawal_is_told(cycle: ReviewCycle, reader: User) -> None:
    event = fired(cycle, as_of=NOW)
    owe(event, reader)
    assert deliver() == Delivered(sent=1)
    owe(withdrawn(event, as_of=NOW), reader)
    assert deliver() == Delivered(sent=1)
    assert [text[:2] for text in subjects()] == ["2 ", "No"]


def test_a_fall_that_was_corrected_is_not_told(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    condition = program.conditions.get()
    make_assessment(condition=condition, cycle=cycle, status="4")
    low = make_assessment(
        condition=condition, cycle=cycle, status="1", valid_from=FIRST_DUE - 9 * DAY
    )
    event = note_fall(assessment=low, by=None, as_of=NOW) or Event.objects.get(
        verb="condition.fell"
    )
    owe_news(event=event, to=[reader.pk], as_of=NOW)
    make_assessment(
        condition=condition,
        cycle=cycle,
        status="4",
        valid_from=low.valid_from,
        corrects=low,
        as_of=NOW,
    )
    assert deliver().sent == 0
    row = Reminder.objects.get(event=event, recipient=reader)
    assert (row.state, row.last_error) == ("obsolete", "The judgement was corrected meanwhile.")


def test_only_the_last_of_two_extensions_is_told(cycle: ReviewCycle, reader: User) -> None:
    for days in (5, 9):
        extend_cycle(
            cycle=cycle, due_on=FIRST_DUE + days * DAY, reason="By order.", by=None, as_of=NOW
        )
    assert deliver() == Delivered(sent=1, obsolete=1)
    assert subjects() == ["Extended to 19 March 2026: test-program, cycle 1"]
    row = Reminder.objects.get(state="obsolete")
    assert row.last_error == "The cycle was extended again meanwhile."


def test_without_an_address_it_stays_owed(cycle: ReviewCycle, reader: User) -> None:
    owe(fired(cycle, as_of=NOW), reader)
    User.objects.filter(pk=reader.pk).update(email="")
    assert deliver() == Delivered(failed=1)
    assert ending() == ("owed", NO_ADDRESS)


def rungs_and_news(program: Program, cycle: ReviewCycle, reader: User) -> None:
    """A rung of the ladder and two pieces of news, owed on one morning."""
    open_cycles(program=program, as_of=NOW)
    owe_reminders(program=program, as_of=NOW)
    owe(happened(cycle, "cycle.skipped", as_of=NOW, reason="No session."), reader)
    owe(fired(cycle, as_of=NOW), reader)


def test_single_messages_are_one_for_each(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    rungs_and_news(program, cycle, reader)
    assert deliver() == Delivered(sent=3)
    assert not any(" more" in text for text in subjects())


def test_a_digest_holds_news_and_reminders_in_one_message(
    program: Program, cycle: ReviewCycle, reader: User
) -> None:
    User.objects.filter(pk=reader.pk).update(reminder_mode="digest")
    rungs_and_news(program, cycle, reader)
    assert deliver() == Delivered(sent=3)
    (message,) = mail.outbox
    # The gravest news first, whatever was owed first.
    assert message.subject == (
        "2 of 2 periods not affirmative in a row, by our judgements: "
        "test-program, cycle 1, and 2 more"
    )
    for text in ("Skipped, closed without a review", "due today", "ALPHA", "A review cycle needs"):
        assert text in message.body
    # What happens later that day waits for the next morning.
    owe(fired(cycle, as_of=NOW, basis="official"), reader)
    assert deliver(NOW + MINUTE) == Delivered(postponed=1)
    assert deliver(moment(FIRST_DUE + DAY, 9)) == Delivered(sent=1)


def test_a_deliverer_that_died_leaves_it_to_the_next_under_its_own_id(
    cycle: ReviewCycle, reader: User
) -> None:
    User.objects.filter(pk=reader.pk).update(reminder_mode="digest")
    owe(fired(cycle, as_of=NOW), reader)
    (held,) = lease_due(owner="dead", as_of=NOW, limit=10, lease_for=MINUTE)
    owe(happened(cycle, "cycle.skipped", as_of=NOW, reason="No session."), reader)
    assert deliver(NOW + MINUTE) == Delivered(sent=2)
    # It may have arrived already: what is new must not hide behind its Message-ID.
    assert not any(" more" in text for text in subjects())
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert held.message_id in ids
    assert len(set(ids)) == 2


def test_what_cannot_be_written_fails_alone(
    program: Program, cycle: ReviewCycle, reader: User, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_reader()
    condition = program.conditions.get()
    low = make_assessment(condition=condition, cycle=cycle, status="1")
    owe(happened(cycle, "condition.fell", as_of=NOW, subject=low, condition=condition), reader)
    owe(fired(cycle, as_of=NOW), other)
    Program.objects.filter(pk=program.pk).update(status_scale=[{"code": "0"}])
    assert deliver() == Delivered(sent=1, failed=1)
    row = Reminder.objects.get(recipient=reader)
    assert (row.state, row.attempts) == ("owed", 1)
    assert row.last_error
    assert row.message_id in caplog.text


@pytest.mark.parametrize("people", [1, 3])
def test_looking_at_news_takes_a_fixed_number_of_queries(
    cycle: ReviewCycle, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    readers = [make_reader() for _ in range(people)]
    owe(fired(cycle, as_of=NOW), *readers)
    # All but the record of each message sent, which has to stand by itself.
    with django_assert_num_queries(11 + people):
        assert deliver().sent == people


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_once() -> None:
    people = [make_reader(reminder_mode=mode) for mode in ("single", "digest") * 6]
    cycle = make_program(as_of=noon(WHITE_HOUSE)).cycles.get(number=1)
    for basis in ("own", "official"):
        owe(fired(cycle, as_of=NOW, basis=basis), *people)
    done: list[Delivered] = []
    at_once([lambda: done.append(deliver())] * 4)
    assert sum(one.sent for one in done) == 24
    assert len(mail.outbox) == 6 * 2 + 6
