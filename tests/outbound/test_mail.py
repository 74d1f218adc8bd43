"""Mail as it leaves the process: what it says, its headers, and a real server on the other side."""

from __future__ import annotations

import email.policy
import re
from datetime import UTC
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from conditions.outbound.letters import Letter, standing, write_section
from conditions.outbound.mail import Carrier, ServerUnavailable, compose, compose_test
from conditions.queries.reminders import open_matters
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_program, make_user
from tests.mailserver import serving


def write(days_late: int = 2, **fields: object) -> EmailMultiAlternatives:
    """The reminder to the lead of two conditions, so many days after the due date."""
    lead = make_user("analyst", first_name="Ana", last_name="Lyst")
    program = make_program(lead=lead, conditions=("ALPHA", "BETA"), as_of=noon(FIRST_DUE), **fields)
    cycle = program.cycles.get(number=1)
    make_assessment(
        condition=program.conditions.get(code="BETA"), cycle=cycle, author=lead, state="draft"
    )
    as_of = noon(FIRST_DUE + days_late * DAY)
    first, second = open_matters([program.pk], as_of)[program.pk]
    letter = Letter(
        message_id="<reminder-1-overdue-1-1@127.0.0.1>",
        thread="<cycle-1-1@127.0.0.1>",
        recipient=str(lead),
        address=lead.email,
        sections=(write_section(first, lead.pk),),
        beside=(write_section(second, lead.pk),),
    )
    return compose(letter, as_of=as_of)


def parsed(message: EmailMultiAlternatives) -> EmailMessage:
    found = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(message: EmailMultiAlternatives) -> str:
    body = parsed(message).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(message: EmailMultiAlternatives) -> str:
    body = parsed(message).get_body(("html",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.django_db
def test_the_subject_names_program_cycle_and_days() -> None:
    assert write().subject == ("test-program, cycle 1: overdue by 2 days, was due 10 March 2026")


@pytest.mark.parametrize(
    ("days_left", "said"),
    [
        (30, "30 days left, due 10 March 2026"),
        (1, "1 day left, due 10 March 2026"),
        (0, "due today, 10 March 2026"),
        (-1, "overdue by 1 day, was due 10 March 2026"),
    ],
)
def test_how_a_cycle_stands_is_said_in_days(days_left: int, said: str) -> None:
    assert standing(days_left, FIRST_DUE) == said


@pytest.mark.django_db
def test_text_and_html_name_what_is_owed_with_its_links() -> None:
    message = write()
    for body in (text_of(message), html_of(message)):
        assert "Dear Ana Lyst," in body
        assert "Title of ALPHA" in body
        assert "draft begun" in body.lower()
        assert "not started" in body.lower()
        assert re.search(r"http://127\.0\.0\.1:\d+/admin/conditions/condition/\d+/assess/", body)
        assert re.search(r"http://127\.0\.0\.1:\d+/programs/test-program/conditions/BETA/", body)
        assert re.search(r"http://127\.0\.0\.1:\d+/programs/test-program/(\s|\")", body)
        assert "test-program, cycle 2" in body
        assert "demonstration" not in body


@pytest.mark.django_db
def test_a_demonstration_says_so() -> None:
    message = write(is_demonstration=True)
    for body in (text_of(message), html_of(message)):
        assert "This is a demonstration." in body


@pytest.mark.django_db
def test_markup_in_a_title_is_text() -> None:
    message = write(title="<script>alert(1)</script> & co")
    assert "<script>" not in html_of(message)
    assert "<script>alert(1)</script> & co" in text_of(message)


@pytest.mark.django_db
def test_a_line_break_in_a_title_makes_no_header() -> None:
    sent = parsed(write(short_title="Title\r\nBcc: everyone@example.org"))
    assert sent["Bcc"] is None
    assert sent["Subject"].startswith("Title Bcc: everyone@example.org, cycle 1")


@pytest.mark.django_db
def test_the_headers_of_an_automatic_message() -> None:
    sent = parsed(write())
    assert sent["Message-ID"] == "<reminder-1-overdue-1-1@127.0.0.1>"
    assert sent["References"] == "<cycle-1-1@127.0.0.1>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Id"] == "Conditions tracker reminders <reminders.127.0.0.1>"
    assert parsedate_to_datetime(sent["Date"]).astimezone(UTC) == noon(FIRST_DUE + 2 * DAY)
    assert sent.get_content_type() == "multipart/alternative"


@pytest.mark.django_db
def test_the_html_loads_nothing_and_runs_nothing() -> None:
    attributes: set[str] = set()
    tags: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

    Reader().feed(html_of(write()))
    assert not tags & {"script", "img", "link", "iframe", "object"}
    assert not {name for name in attributes if name.startswith("on")} | (attributes & {"style"})


def test_a_test_message_says_what_it_is() -> None:
    message = compose_test(
        recipient="Ana", address="a@example.org", message_id="<t@host>", as_of=noon(WHITE_HOUSE)
    )
    assert "You asked for this message on 10 November 2025" in text_of(message)
    assert "Reminders reach you" in html_of(message)


@pytest.mark.network
def test_a_real_server_takes_several_on_one_connection(settings: Settings) -> None:
    with serving(settings) as server:
        with Carrier() as carrier:
            for number in range(3):
                carrier.carry(trial(number))
        assert server.ids() == ["<0@host>", "<1@host>", "<2@host>"]


@pytest.mark.network
def test_after_a_refusal_the_next_one_still_goes(settings: Settings) -> None:
    with serving(settings) as server:
        server.refuses = {"1@example.org"}
        with Carrier() as carrier:
            carrier.carry(trial(0))
            with pytest.raises(OSError, match="No such mailbox"):
                carrier.carry(trial(1))
            carrier.carry(trial(2))
        assert server.ids() == ["<0@host>", "<2@host>"]


@pytest.mark.network
def test_a_server_that_breaks_off_is_no_success(settings: Settings) -> None:
    with serving(settings) as server, Carrier() as carrier:
        server.breaks_off = True
        with pytest.raises(OSError, match=r"(?i)closed|reset"):
            carrier.carry(trial(0))
        server.breaks_off = False
        carrier.carry(trial(1))
        assert server.ids() == ["<1@host>"]


@pytest.mark.network
def test_a_server_that_is_not_there_is_named_as_such(settings: Settings) -> None:
    with serving(settings):
        pass
    with Carrier() as carrier, pytest.raises(ServerUnavailable, match="refused"):
        carrier.carry(trial(0))


def trial(number: int) -> EmailMultiAlternatives:
    return compose_test(
        recipient="Ana",
        address=f"{number}@example.org",
        message_id=f"<{number}@host>",
        as_of=noon(WHITE_HOUSE),
    )
