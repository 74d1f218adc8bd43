"""States that are easily confused look and read as what they are."""

from __future__ import annotations

import pytest
from django.test import Client

from conditions.models import OfficialFinding, Program
from conditions.queries.asof import AsOf
from conditions.queries.status import program_status
from tests.dashboard.conftest import filled_program
from tests.days import FIRST_DUE, SECOND_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_program, make_user

PAGE = "/programs/test-program/"


def text(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def test_four_silences_are_four_things(client: Client) -> None:
    program = make_program(conditions=("UNCLEAR", "NOTMET", "OPEN"))
    conditions = {condition.code: condition for condition in program.conditions.all()}
    cycle = program.cycles.get(number=4)
    make_assessment(condition=conditions["UNCLEAR"], cycle=cycle, status="U")
    make_assessment(condition=conditions["NOTMET"], cycle=cycle, status="0")
    OfficialFinding.objects.create(
        condition=conditions["OPEN"],
        cycle=cycle,
        finding="not_submitted",
        found_on=TODAY,
        recorded_at=noon(WHITE_HOUSE),
    )
    page = text(client)
    for words in (
        '<b class="code">U</b> Cannot be assessed',
        '<b class="code">0</b> Not met',
        "Not yet assessed",
        "No official report submitted",
        "No official report on file",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("superseded", "Superseded: not current law"),
        ("proposed", "Proposed: not law"),
        ("passed_one_chamber", "Passed by one chamber: not law"),
        ("repealed", "Repealed: no longer law"),
        ("enacted", "Enacted on 10 November 2025"),
    ],
)
@pytest.mark.parametrize("path", ["/", PAGE, f"{PAGE}cycles/1/", f"{PAGE}conditions/ALPHA/"])
def test_legal_stage_is_said_plainly(client: Client, path: str, stage: str, words: str) -> None:
    make_program(legal_stage=stage, enacted_on=WHITE_HOUSE)
    assert words in text(client, path)


def test_carried_over_judgement_is_marked(client: Client) -> None:
    filled_program(1)
    assert '<span class="carried">from cycle 2</span>' in text(client)
    assert '<span class="carried">' not in text(client, f"{PAGE}?valid_at=2026-04-01")


def test_overdue_cycle_changes_no_verdict(client: Client) -> None:
    filled_program(1)
    page = text(client)
    assert "Cycle 3 is overdue" in page
    assert "That says nothing about the conditions." in page
    assert '<b class="code">3</b> Largely met' in page


def test_changes_name_old_and_new(client: Client) -> None:
    filled_program(1)
    page = text(client)
    assert "What changed in cycle 2" in page
    assert "Judged ALPHA in cycle 2." in page


def test_untracked_cycles_are_nobodys_debt(client: Client) -> None:
    make_program(tracked_from=SECOND_DUE)
    page = text(client)
    assert "Before this team began" in page
    assert "Cycle 1 is overdue" not in page


def test_four_eyes_off_is_said_on_every_page(client: Client) -> None:
    make_program(four_eyes=False)
    for path in (PAGE, f"{PAGE}cycles/1/", f"{PAGE}conditions/ALPHA/"):
        assert "Four eyes are off for this program." in text(client, path)
    assert "Four eyes are off" in text(client, "/")


def test_demonstration_is_said(client: Client) -> None:
    make_program(is_demonstration=True)
    assert "Demonstration data" in text(client)


def test_no_program_no_condition_no_cycle(client: Client) -> None:
    assert "No program is on file yet" in text(client, "/")
    make_program(conditions=())
    assert "No condition is in force on this day" in text(client)
    assert "No cycle" in text(client, f"{PAGE}?valid_at=2031-01-01")
    assert "Not begun" in text(client, f"{PAGE}?valid_at=2025-01-01")


def test_consecutive_periods_come_from_closed_cycles_only(client: Client) -> None:
    program = make_program()
    condition = program.conditions.get()
    manager = make_user("manager")
    for number, closed_on in ((1, FIRST_DUE), (2, SECOND_DUE)):
        cycle = program.cycles.get(number=number)
        make_assessment(condition=condition, cycle=cycle, status="1")
        cycle.closed_on, cycle.closed_at, cycle.closed_by = closed_on, noon(closed_on), manager
        cycle.save()
    page = text(client)
    assert "The number the text names is reached." in page
    assert "A stated view of the legislature; it binds nobody." in page
    before = text(client, f"{PAGE}?valid_at={FIRST_DUE}")
    assert "The number the text names is reached." not in before
    assert '1 <span class="of">of 2</span>' in before


def test_scorecard_says_what_program_status_says(client: Client) -> None:
    program = filled_program(3)
    for day in (FIRST_DUE, TODAY):
        status = program_status(
            Program.objects.get(pk=program.pk), AsOf(day, noon(TODAY), given=True)
        )
        response = client.get(f"{PAGE}?valid_at={day}&known_at={TODAY}")
        shown = [row.status for row in response.context["card"].rows]
        assert [(row.code, row.status, row.evidence) for row in shown] == [
            (row.code, row.status, row.evidence) for row in status.conditions
        ]
        page = response.content.decode()
        for row in status.conditions:
            assert f'<b class="code">{row.status}</b> {row.status_label}' in page


def test_condition_page_agrees_with_the_scorecard(client: Client) -> None:
    filled_program(1)
    for day in ("2025-11-20", "2026-04-01", "2026-11-21"):
        card = client.get(f"{PAGE}?valid_at={day}").context["card"].rows[0].status
        page = client.get(f"{PAGE}conditions/ALPHA/?valid_at={day}").context["page"]
        assert card.assessment_id == page.in_force.id
        assert card.evidence.supports == page.counts["supports"]
        assert card.flags == page.flags
