"""A skipped cycle has its own word and mark wherever cycles are shown: no verdict, not overdue."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from conditions.actions.cycle_skipping import skip_cycle
from conditions.models import Program
from tests.days import TODAY, noon
from tests.factories import make_program, make_user

PAGE = "/programs/test-program/"
WHY = "No assessor of record was appointed."


@pytest.fixture
def program(db: None) -> Program:
    """Cycle 3, overdue, is skipped; so is cycle 4, the present one."""
    program = make_program()
    manager = make_user("manager", username="mona")
    for number in (3, 4):
        cycle = program.cycles.get(number=number)
        skip_cycle(cycle=cycle, reason=WHY, by=manager, as_of=noon(TODAY))
    return program


def text(client: Client, path: str = "") -> str:
    return client.get(f"{PAGE}{path}").content.decode()


def test_the_scorecard_marks_it(client: Client, program: Program) -> None:
    page = text(client)
    heads = re.findall(r'<span class="state">(\w*)</span>', page)
    assert heads == ["overdue", "overdue", "skipped", "skipped"]
    cells = re.findall(r'data-cycle="(\d)">(.*?)</td>', page, re.DOTALL)
    told = {number: "Skipped: no review" in cell for number, cell in cells}
    assert told == {"1": False, "2": False, "3": True, "4": True}
    assert "skipped on 21 Nov 2026, without a review" in page
    assert "Cycle 3 is overdue" not in page


def test_its_page_says_why_and_not_who(client: Client, program: Program) -> None:
    page = text(client, "cycles/3/")
    assert "Skipped on 21 November 2026" in page
    assert WHY in page
    assert "which says nothing about the conditions" in page
    assert "mona" not in page
    assert "Overdue" not in page
    assert page.count("Skipped: no review") == 1


def test_a_condition_and_the_list_of_programs_say_so(client: Client, program: Program) -> None:
    assert text(client, "conditions/ALPHA/").count("Skipped: no review") == 2
    front = client.get("/").content.decode()
    assert "skipped 21 November 2026, without a review" in front
    assert "Cycle 3 overdue" not in front


def test_the_calendar_feed_keeps_the_date_and_says_so(client: Client, program: Program) -> None:
    feed = text(client, "calendar.ics").replace("\r\n ", "")
    assert "Cycle 3 review skipped\\; was due" in feed


def test_before_it_was_skipped_it_was_overdue(client: Client, program: Program) -> None:
    page = text(client, "cycles/3/?valid_at=2026-11-20")
    assert "Overdue since" in page
    assert WHY not in page
