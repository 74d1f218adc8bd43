"""manage.py sweep: the scheduler's work by hand, for any day, in words."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
import time_machine as clocks
from django.core import mail
from django.core.management import CommandError, call_command

from conditions.actions.demo import load_demo, read_demo
from conditions.actions.evidence_files import load_evidence_file
from conditions.models import Program, Pulse, Reminder, User
from tests import packs
from tests.days import DAY, FIFTH_DUE, FOURTH_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_condition, make_program, make_user
from tests.happenings import make_official_report

pytestmark = pytest.mark.django_db

CODES = ("ISIS", "MINORITIES", "NEIGHBOURS", "TERRORISM", "FIGHTERS", "RIGHTS")


def run(*options: str) -> str:
    words = StringIO()
    call_command("sweep", *options, stdout=words)
    return words.getvalue()


@pytest.fixture
def leads() -> list[User]:
    return [make_user("analyst") for _ in range(2)]


@pytest.fixture
def program(leads: list[User]) -> Program:
    """Six conditions of two leads in cycle 4, the earlier cycles being before our time."""
    program = make_program(
        slug="us-senate-3899", conditions=(), as_of=noon(TODAY), tracked_from=THIRD_DUE
    )
    for position, code in enumerate(CODES):
        make_condition(program=program, code=code, position=position, lead=leads[position % 2])
    return program


def test_the_day_after_cycle_4_fell_due(program: Program, leads: list[User]) -> None:
    run("--as-of", "2026-11-21", "--no-send")
    words = run("--as-of", "2027-03-06", "--no-send")
    assert f"opened    cycle 5, due {FIFTH_DUE}" in words
    assert f"fell due  cycle 4 on {FOURTH_DUE}" in words
    assert f"overdue   cycle 4 by 1 day, since {FOURTH_DUE}" in words
    for lead in leads:
        assert words.count(f"owed      {lead.username}: cycle 4, overdue +1") == 1
        assert Reminder.objects.filter(recipient=lead, state="owed").count() == 1
    again = run("--as-of", "2027-03-06", "--no-send")
    assert "nothing new" in again
    assert "owed" not in again


def test_it_sends_what_is_due_and_keeps_to_the_readers_hour(
    program: Program, leads: list[User]
) -> None:
    # 12:00 UTC of that day is 7 in the morning in New York, and 14 in Damascus.
    User.objects.filter(pk=leads[0].pk).update(time_zone="Asia/Damascus")
    words = run("--as-of", "2027-03-06")
    assert "1 sent, 0 failed and kept, 1 wait for their reader's hour" in words
    assert [message.to for message in mail.outbox] == [[leads[0].email]]


def test_without_a_day_it_is_now(program: Program) -> None:
    with clocks.travel(noon(date(2027, 3, 7)), tick=False):
        words = run()
    assert "Sweep as of 2027-03-07 12:00 UTC" in words
    assert "overdue   cycle 4 by 2 days" in words
    assert set(Pulse.objects.values_list("beat_at", flat=True)) == {noon(date(2027, 3, 7))}


def test_another_day_is_no_sign_of_life(program: Program) -> None:
    run("--as-of", "2027-03-06")
    assert not Pulse.objects.exists()


def test_a_trial_changes_nothing_and_sends_nothing(program: Program) -> None:
    words = run("--as-of", "2027-03-06", "--dry-run")
    assert "as a trial: nothing is kept" in words
    assert "opened    cycle 5" in words
    assert not Reminder.objects.exists()
    assert mail.outbox == []


def test_news_that_is_owed_is_shown_like_a_reminder(program: Program) -> None:
    manager = make_user("manager", time_zone="UTC")
    make_official_report(program.cycles.get(number=3), THIRD_DUE)
    opens, closes = THIRD_DUE + 30 * DAY, THIRD_DUE + 60 * DAY
    owed = f"owed      {manager.username}: cycle 3, news: release window"
    assert f"{owed} opens" in run(f"--as-of={opens}", "--dry-run")
    assert not Reminder.objects.exists()
    assert f"{owed} opens" in run(f"--as-of={opens}", "--no-send")
    words = run(f"--as-of={closes + 9 * DAY}")
    assert f"{owed} closes" in words
    assert "1 no longer needed" in words
    news = [one.to for one in mail.outbox if one.subject.startswith("Official report should have")]
    assert news == [[manager.email]]
    assert "news" not in run(f"--as-of={closes + 9 * DAY}")


@pytest.mark.parametrize("text", ["yesterday", "2027-02-30", "2027-3-6", "06/03/2027", "", "0"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError) as refusal:
        run(f"--as-of={text}")
    assert str(refusal.value) == f"--as-of: {text!r} is not a date. Write it as 2027-03-06."


def test_a_program_that_cannot_be_swept_ends_it_with_an_error(program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(reminder_ladder={"befor": [1]})
    with pytest.raises(CommandError, match="Could not be swept: us-senate-3899"):
        run("--as-of", "2027-03-06")


def test_nobody_to_remind_is_said(program: Program) -> None:
    program.conditions.update(lead=None)
    assert "nobody to remind of cycle 4: give its conditions a lead" in run(
        "--as-of", "2027-03-06", "--no-send"
    )


def test_an_empty_installation_says_what_to_do() -> None:
    assert "load_program" in run("--as-of", "2027-03-06")


def test_the_demonstration_on_the_day_after_cycle_4_fell_due(
    time_machine: clocks.TimeMachineFixture,
) -> None:
    time_machine.move_to(noon(TODAY))
    for file in (packs.LAW, packs.SENATE):
        packs.load(packs.read_pack(file), backdate=True)
    load_evidence_file(
        lines=packs.EVIDENCE.read_text(encoding="utf-8").splitlines(),
        program_slugs=("us-senate-3899", "us-pl119-60-8369"),
        by=None,
        as_of=noon(TODAY),
        backdate=True,
    )
    load_demo(demo=read_demo(packs.DEMO), as_of=noon(TODAY))
    run()
    words = run("--as-of", "2027-03-06")
    assert f"opened    cycle 5, due {FIFTH_DUE}" in words
    assert f"overdue   cycle 4 by 1 day, since {FOURTH_DUE}" in words
    owed = list(Reminder.objects.filter(state="owed").values_list("recipient__username", flat=True))
    assert sorted(owed) == ["demo-analyst", "demo-manager"]
    rows = list(Reminder.objects.order_by("id").values_list())
    again = run("--as-of", "2027-03-06")
    assert again.count("nothing new") == 2
    assert list(Reminder.objects.order_by("id").values_list()) == rows
