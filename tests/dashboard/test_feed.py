"""The calendar feed: what was skipped says so, and a report that should come out has its days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from conditions.models import Program, ReviewCycle
from tests.days import DAY, FIRST_DUE, TODAY, noon
from tests.factories import make_program, make_user
from tests.happenings import make_official_report

PAGE = "/programs/test-program/calendar.ics"
RELEASE = "test-program-cycle-2-release@127.0.0.1"
SENT = TODAY - 40 * DAY


def entries(client: Client, asked: str = "") -> dict[str, Any]:
    """The entries of the feed by their UID."""
    feed = Calendar.from_ical(client.get(PAGE + asked).content)
    return {str(event["uid"]): event for event in feed.events}


@pytest.fixture
def program() -> Program:
    return make_program()


def test_a_report_that_was_sent_is_expected_on_the_days_of_its_window(
    client: Client, program: Program
) -> None:
    cycle = program.cycles.get(number=2)
    assert RELEASE not in entries(client)
    make_official_report(cycle, SENT)
    entry = entries(client)[RELEASE]
    assert entry.decoded("dtstart") == SENT + 30 * DAY
    # An all-day entry ends on the first day that is not in it; day 60 is.
    assert entry.decoded("dtend") == SENT + 61 * DAY
    assert entry["summary"] == (
        "test-program: Official report on cycle 2 expected to become public"
    )
    assert "GovInfo" in str(entry["description"])
    assert "not legal advice" in str(entry["description"])


def test_another_day_of_sending_moves_the_entry_and_a_release_removes_it(
    client: Client, program: Program
) -> None:
    cycle = program.cycles.get(number=2)
    first = make_official_report(cycle, SENT)
    second = make_official_report(
        cycle, SENT + 2 * DAY, replaces=first, as_of=noon(TODAY) - timedelta(days=1)
    )
    assert entries(client)[RELEASE].decoded("dtstart") == SENT + 32 * DAY
    make_official_report(
        cycle,
        SENT + 2 * DAY,
        released_on=TODAY - DAY,
        replaces=second,
        as_of=noon(TODAY) - timedelta(hours=1),
    )
    assert RELEASE not in entries(client)
    # As it was known two days ago, it is still expected.
    assert RELEASE in entries(client, f"?known_at={TODAY - 2 * DAY}")


def test_a_report_is_expected_however_late(client: Client, program: Program) -> None:
    make_official_report(program.cycles.get(number=1), FIRST_DUE)
    entry = entries(client)["test-program-cycle-1-release@127.0.0.1"]
    assert entry.decoded("dtstart") == date(2026, 4, 9)


def test_a_skipped_review_says_so(client: Client, program: Program) -> None:
    due = "test-program-cycle-1-due@127.0.0.1"
    assert entries(client)[due]["summary"] == "test-program: Cycle 1 review due"
    ReviewCycle.objects.filter(program=program, number=1).update(
        closed_on=FIRST_DUE,
        closed_at=noon(FIRST_DUE),
        closed_by=make_user("manager"),
        closing_note="No session was held.",
        is_skipped=True,
    )
    Program.objects.touch(program.pk, as_of=noon(TODAY))
    entry = entries(client)[due]
    assert entry["summary"] == "test-program: Cycle 1 review skipped; was due"
    # Before it was skipped nobody knew that it would be.
    before = entries(client, f"?known_at={FIRST_DUE - DAY}")[due]
    assert before["summary"] == "test-program: Cycle 1 review due"
