"""Delivery: once each, at the person's hour, as things stand then; a failure loses nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django import DjangoAssertNumQueries, Settings

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.cycles import open_cycles
from conditions.actions.delivery import NO_ADDRESS, Delivered, deliver_due
from conditions.actions.leases import new_owner
from conditions.actions.mail_trial import MailNotSent, send_test
from conditions.actions.reminder_leases import (
    finish_failed,
    finish_obsolete,
    finish_sent,
    lease_due,
)
from conditions.actions.reminders import owe_reminders
from conditions.models import Event, Program, Pulse, Reminder, User
from conditions.queries.health import MANY_ATTEMPTS, health
from tests.crowd import at_once
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, moment, noon
from tests.factories import make_assessment, make_condition, make_program, make_user

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Refusing(EmailBackend):
    """A mail server that answers and refuses whatever is addressed to refused@."""

    def send_messages(self, messages):  # type: ignore[no-untyped-def]
        if any("refused@" in message.to[0] for message in messages):
            raise OSError("550 no such mailbox")
        return super().send_messages(messages)


class Down(EmailBackend):
    """A mail server that takes no connection."""

    def open(self) -> bool:
        raise ConnectionRefusedError(111, "Connection refused")


def use(settings: Settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__qualname__}"


def owe(program: Program, day: date) -> None:
    """Owes as the sweep does in the first minutes of that legal day."""
    open_cycles(program=program, as_of=noon(day))
    owe_reminders(program=program, as_of=noon(day))


def deliver(at: datetime, *, is_pulse: bool = False) -> Delivered:
    return deliver_due(owner=new_owner(), clock=lambda: at, is_pulse=is_pulse)


def make_lead(**fields: object) -> User:
    return make_user("analyst", **{"time_zone": "UTC", "reminder_hour": 9, **fields})


@pytest.fixture
def lead() -> User:
    return make_lead()


@pytest.fixture
def program(lead: User) -> Program:
    return make_program(lead=lead, as_of=noon(WHITE_HOUSE))


def test_what_is_owed_is_sent_once(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=1)
    assert deliver(noon(FIRST_DUE) + MINUTE) == Delivered()
    row = Reminder.objects.get(kind="due")
    assert (row.state, row.sent_at, row.lease_owner) == ("sent", noon(FIRST_DUE), "")
    (message,) = mail.outbox
    assert message.to == [lead.email]
    assert message.extra_headers["Message-ID"] == row.message_id


def test_a_scheduled_run_leaves_its_pulse() -> None:
    deliver(noon(FIRST_DUE), is_pulse=True)
    deliver(noon(FIRST_DUE + 100 * DAY))
    pulse = Pulse.objects.get(name="deliver")
    assert (pulse.beat_at, pulse.detail) == (noon(FIRST_DUE), {"sent": 0, "failed": 0})


@pytest.mark.parametrize(
    ("time_zone", "hour", "sent_from"),
    [
        ("America/New_York", 8, moment(FIRST_DUE, 12)),
        ("America/New_York", 18, moment(FIRST_DUE, 22)),
        ("Asia/Damascus", 23, moment(FIRST_DUE, 20)),
        ("Pacific/Auckland", 6, moment(FIRST_DUE, 6)),
    ],
)
def test_it_waits_for_the_readers_hour_looked_up_when_sending(
    program: Program, lead: User, time_zone: str, hour: int, sent_from: datetime
) -> None:
    open_cycles(program=program, as_of=moment(FIRST_DUE, 6))
    owe_reminders(program=program, as_of=moment(FIRST_DUE, 6))
    User.objects.filter(pk=lead.pk).update(time_zone=time_zone, reminder_hour=hour)
    if sent_from > moment(FIRST_DUE, 6):
        assert deliver(moment(FIRST_DUE, 6)) == Delivered(postponed=1)
        assert deliver(sent_from - MINUTE) == Delivered()
    assert deliver(sent_from) == Delivered(sent=1)


def test_a_reader_who_left_gets_nothing(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert deliver(noon(FIRST_DUE)) == Delivered(obsolete=1)
    assert mail.outbox == []


def test_a_cycle_that_was_closed_meanwhile_is_not_spoken_of(program: Program) -> None:
    owe(program, FIRST_DUE)
    cycle = program.cycles.get(number=1)
    make_assessment(condition=program.conditions.get(), cycle=cycle)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(FIRST_DUE))
    # What is sent is the news of its report.
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=1, obsolete=1)
    assert mail.outbox[0].subject == "Report published: test-program, cycle 1"
    row = Reminder.objects.get(kind="due")
    assert (row.state, row.last_error) == (
        "obsolete",
        "The cycle is closed or no longer tracked.",
    )


def test_a_reader_whose_work_is_done_gets_nothing(program: Program) -> None:
    owe(program, FIRST_DUE)
    make_assessment(condition=program.conditions.get(), cycle=program.cycles.get(number=1))
    assert deliver(noon(FIRST_DUE)) == Delivered(obsolete=1)


def test_a_program_at_rest_sends_nothing(program: Program) -> None:
    owe(program, FIRST_DUE)
    Program.objects.filter(pk=program.pk).update(is_active=False)
    assert deliver(noon(FIRST_DUE)) == Delivered(obsolete=1)


def test_an_extension_after_it_was_owed_moves_it_with_the_due_date(program: Program) -> None:
    owe(program, FIRST_DUE)
    cycle = program.cycles.get(number=1)
    moved = FIRST_DUE + 10 * DAY
    extend_cycle(cycle=cycle, due_on=moved, reason="By order.", by=None, as_of=noon(FIRST_DUE))
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=1, postponed=1)
    assert mail.outbox.pop().subject == "Extended to 20 March 2026: test-program, cycle 1"
    assert deliver(moment(moved, 8, 59)) == Delivered()
    assert deliver(moment(moved, 9)) == Delivered(sent=1)
    assert "due today" in mail.outbox[0].subject


def test_without_an_address_it_stays_owed_and_health_says_so(program: Program, lead: User) -> None:
    owe(program, FIRST_DUE)
    User.objects.filter(pk=lead.pk).update(email="")
    assert deliver(noon(FIRST_DUE)) == Delivered(failed=1)
    row = Reminder.objects.get(kind="due")
    assert (row.state, row.last_error) == ("owed", NO_ADDRESS)
    assert health(as_of=noon(FIRST_DUE)).waiting.without_address == 1
    User.objects.filter(pk=lead.pk).update(email=lead.email)
    assert deliver(row.next_attempt_at) == Delivered(sent=1)


def test_single_messages_are_one_for_each_matter(program: Program, lead: User) -> None:
    other = make_program(slug="other", lead=lead, as_of=noon(WHITE_HOUSE))
    owe(program, FIRST_DUE)
    owe(other, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=2)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_a_digest_holds_everything_in_one_message_a_day(program: Program, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(reminder_mode="digest")
    others = [
        make_program(slug=f"other-{number}", lead=lead, as_of=noon(WHITE_HOUSE))
        for number in range(3)
    ]
    for one in (program, *others[:2]):
        owe(one, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=3)
    (message,) = mail.outbox
    first = Reminder.objects.filter(state="sent").order_by("id").first()
    assert first is not None
    assert message.extra_headers["Message-ID"] == first.message_id
    assert message.subject.endswith(", and 2 more")
    # What comes up later that day waits for the next morning.
    owe(others[2], FIRST_DUE)
    assert deliver(noon(FIRST_DUE) + HOUR) == Delivered(postponed=1)
    assert deliver(moment(FIRST_DUE + DAY, 9)) == Delivered(sent=1)


def test_what_one_person_awaits_is_no_other_persons_digest(program: Program) -> None:
    second = make_lead(reminder_mode="digest")
    make_condition(program=program, code="BETA", position=2, lead=second)
    owe(program, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=2)
    for message in mail.outbox:
        assert ("ALPHA" in message.body) != ("BETA" in message.body)


def test_one_refused_address_delays_nobody_else(
    program: Program, lead: User, settings: Settings
) -> None:
    use(settings, Refusing)
    make_condition(
        program=program, code="BETA", position=2, lead=make_lead(email="refused@example.org")
    )
    owe(program, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=1, failed=1)
    row = Reminder.objects.get(state="owed")
    assert (row.attempts, row.last_error) == (1, "OSError: 550 no such mailbox")
    assert row.next_attempt_at == noon(FIRST_DUE) + MINUTE


def test_an_address_that_is_none_fails_alone(program: Program) -> None:
    bad = make_lead(email="a@example.org\nBcc: b@example.org")
    make_condition(program=program, code="BETA", position=2, lead=bad)
    owe(program, FIRST_DUE)
    assert deliver(noon(FIRST_DUE)) == Delivered(sent=1, failed=1)
    assert "newline" in Reminder.objects.get(state="owed").last_error


def test_a_mail_server_that_is_down_delays_and_loses_nothing(
    program: Program, settings: Settings
) -> None:
    use(settings, Down)
    owe(program, FIRST_DUE)
    at, pauses = noon(FIRST_DUE), []
    for _ in range(MANY_ATTEMPTS):
        assert deliver(at) == Delivered(failed=1)
        row = Reminder.objects.get(state="owed")
        pauses.append((row.next_attempt_at - at) // MINUTE)
        at = row.next_attempt_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "Connection refused" in row.last_error
    assert health(as_of=at).waiting.failing == 1
    assert health(as_of=noon(FIRST_DUE) + DAY).waiting.too_long == 1
    use(settings, EmailBackend)
    assert deliver(at) == Delivered(sent=1)
    assert len(mail.outbox) == 1


def test_a_slow_server_does_not_outlast_the_lease(program: Program) -> None:
    for position in range(2, 6):
        make_condition(program=program, code=f"C{position}", position=position, lead=make_lead())
    owe(program, FIRST_DUE)
    clock = Slow(noon(FIRST_DUE))
    done = deliver_due(owner="slow", clock=clock)
    # Nothing was sent twice, and whatever time did not allow is free for the next run.
    assert 0 < done.sent == len(mail.outbox) < 5
    assert not Reminder.objects.filter(state="owed").exclude(lease_owner="").exists()
    assert deliver(clock.now).sent == 5 - done.sent


class Slow:
    """A clock that goes on by most of a minute whenever it is looked at."""

    def __init__(self, begin: datetime) -> None:
        self.now = begin

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=50)
        return self.now


def test_a_lease_keeps_others_away_until_it_ends(program: Program) -> None:
    owe(program, FIRST_DUE)
    at = noon(FIRST_DUE)
    (held,) = lease_due(owner="one", as_of=at, limit=10, lease_for=5 * MINUTE)
    assert held.abandoned_by == ""
    assert lease_due(owner="two", as_of=at + 4 * MINUTE, limit=10, lease_for=MINUTE) == ()
    (again,) = lease_due(owner="two", as_of=at + 5 * MINUTE, limit=10, lease_for=5 * MINUTE)
    assert (again.id, again.abandoned_by) == (held.id, "one")


def test_whoever_lost_the_lease_finishes_nothing(program: Program) -> None:
    owe(program, FIRST_DUE)
    at = noon(FIRST_DUE)
    (held,) = lease_due(owner="one", as_of=at, limit=10, lease_for=MINUTE)
    lease_due(owner="two", as_of=at + MINUTE, limit=10, lease_for=MINUTE)
    assert finish_sent(ids=[held.id], owner="one", as_of=at) == 0
    assert finish_obsolete(ids=[held.id], owner="one", reason="late") == 0
    assert finish_failed(reminder=held, owner="one", as_of=at, error="late") == 0
    assert finish_sent(ids=[held.id], owner="two", as_of=at) == 1
    assert finish_sent(ids=[held.id], owner="two", as_of=at) == 0


def test_a_lease_takes_a_whole_digest_and_so_many_people(program: Program, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(reminder_mode="digest")
    for number in range(4):
        owe(make_program(slug=f"other-{number}", lead=lead, as_of=noon(WHITE_HOUSE)), FIRST_DUE)
    make_condition(program=program, code="BETA", position=2, lead=make_lead())
    owe(program, FIRST_DUE)
    first = lease_due(owner="one", as_of=noon(FIRST_DUE), limit=1, lease_for=MINUTE)
    assert [one.recipient for one in first] == [lead] * 5
    assert len(lease_due(owner="one", as_of=noon(FIRST_DUE), limit=1, lease_for=MINUTE)) == 1


def test_an_abandoned_digest_goes_out_again_as_it_was(program: Program, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(reminder_mode="digest")
    owe(program, FIRST_DUE)
    (held,) = lease_due(owner="dead", as_of=noon(FIRST_DUE), limit=10, lease_for=MINUTE)
    owe(make_program(slug="other", lead=lead, as_of=noon(WHITE_HOUSE)), FIRST_DUE)
    assert deliver(noon(FIRST_DUE) + MINUTE) == Delivered(sent=2)
    # It may have arrived already: what is new must not hide behind its Message-ID.
    assert [message.subject.count(" more") for message in mail.outbox] == [0, 0]
    assert mail.outbox[0].extra_headers["Message-ID"] == held.message_id


def test_leasing_nothing_takes_one_look(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        assert lease_due(owner="one", as_of=noon(FIRST_DUE), limit=50, lease_for=MINUTE) == ()


@pytest.mark.parametrize("people", [1, 3])
def test_looking_at_how_things_stand_takes_a_fixed_number_of_queries(
    program: Program, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for position in range(2, people + 1):
        make_condition(program=program, code=f"C{position}", position=position, lead=make_lead())
    owe(program, FIRST_DUE)
    # All but the record of each message sent, which has to stand by itself.
    with django_assert_num_queries(16 + people):
        assert deliver(noon(FIRST_DUE)).sent == people


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_once(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    people = [make_lead(reminder_mode=mode) for mode in ("single", "digest") * 10]
    for number in range(3):
        program = make_program(slug=f"p-{number}", conditions=(), as_of=noon(WHITE_HOUSE))
        for position, person in enumerate(people):
            make_condition(program=program, code=f"C{position}", position=position, lead=person)
        owe(program, FIRST_DUE)
    done: list[Delivered] = []
    at_once([lambda: done.append(deliver(noon(FIRST_DUE)))] * 4)
    assert sum(one.sent for one in done) == 60
    assert len(mail.outbox) == 10 * 3 + 10
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(set(ids)) == len(ids)
    assert not Reminder.objects.filter(state="owed").exists()


def test_a_test_message_reaches_oneself_and_is_recorded(lead: User) -> None:
    send_test(user=lead, as_of=noon(FIRST_DUE))
    (message,) = mail.outbox
    assert message.to == [lead.email]
    event = Event.objects.get(verb="user.tested_mail")
    assert (event.actor, event.subject_id) == (lead, str(lead.pk))


def test_a_test_message_that_cannot_go_says_why(lead: User, settings: Settings) -> None:
    use(settings, Down)
    with pytest.raises(MailNotSent, match="Connection refused"):
        send_test(user=lead, as_of=noon(FIRST_DUE))
    lead.email = ""
    with pytest.raises(MailNotSent, match="no e-mail address"):
        send_test(user=lead, as_of=noon(FIRST_DUE))
    assert not Event.objects.filter(verb="user.tested_mail").exists()


def test_the_message_speaks_of_the_day_it_is_sent(program: Program, settings: Settings) -> None:
    use(settings, Down)
    owe(program, FIRST_DUE - DAY)
    deliver(noon(FIRST_DUE - DAY))
    use(settings, EmailBackend)
    deliver(noon(FIRST_DUE + 2 * DAY))
    assert "overdue by 2 days" in mail.outbox[0].subject
