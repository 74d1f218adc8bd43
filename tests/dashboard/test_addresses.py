"""Addresses that cannot be read say which part, what was given and what would do."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from conditions.models import Pulse
from tests.dashboard.conftest import filled_program
from tests.days import DAY, FIFTH_DUE, FIRST_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_program

PAGE = "/programs/test-program/"


@pytest.mark.parametrize(
    ("path", "status", "field", "value"),
    [
        ("/programs/nowhere/", 404, "program", "nowhere"),
        (f"{PAGE}conditions/ZULU/", 404, "condition", "ZULU"),
        (f"{PAGE}cycles/99/", 404, "cycle", "99"),
        (f"{PAGE}?valid_at=tomorrow", 400, "valid_at", "tomorrow"),
        (f"{PAGE}?known_at=2026-13-01", 400, "known_at", "2026-13-01"),
        ("/?valid_at=%3Cscript%3E", 400, "valid_at", "&lt;script&gt;"),
        (f"{PAGE}conditions/ALPHA/?supports=x", 400, "supports", "x"),
        (f"{PAGE}conditions/ALPHA/?supports=00001", 400, "supports", "00001"),
        (f"{PAGE}conditions/ALPHA/?supports=0", 400, "supports", "0"),
        (f"{PAGE}conditions/ALPHA/?supports=000001{'9' * 5000}", 400, "supports", "000001"),
        (f"{PAGE}conditions/%00/", 404, "condition", "\x00"),
        ("/?after=%00", 400, "after", "\x00"),
        (f"{PAGE}?valid_at=9999-12-31", 400, "valid_at", "9999-12-31"),
        (f"{PAGE}?valid_at=2999-12-31", 400, "valid_at", "2999-12-31"),
        (f"{PAGE}?valid_at=1899-12-31", 400, "valid_at", "1899-12-31"),
        (f"{PAGE}?known_at=9999-12-30", 400, "known_at", "9999-12-30"),
        (f"{PAGE}?known_at=0001-01-01T00:00:00Z", 400, "known_at", "0001-01-01T00:00:00Z"),
        (f"{PAGE}compare/?from=0001-01-01", 400, "from", "0001-01-01"),
        (f"{PAGE}compare/?a=two", 400, "a", "two"),
        (f"{PAGE}compare/?a=1&b=99", 404, "cycle", "99"),
        (f"{PAGE}compare/?a=1&b=1", 400, "b", "1"),
        (f"{PAGE}compare/?from=x", 400, "from", "x"),
        (f"{PAGE}compare/?to=2026-01-01", 400, "from", ""),
        (f"{PAGE}compare/?knows=2026-01-01", 400, "knew", ""),
        (f"{PAGE}compare/?knew=x", 400, "known_at", "x"),
        ("/nowhere/at/all/", 404, "address", "/nowhere/at/all/"),
    ],
)
def test_refusal_names_field_value_and_remedy(
    client: Client, path: str, status: int, field: str, value: str
) -> None:
    make_program()
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == status
    assert f"<dt>{field}</dt><dd><code>{value}" in page
    assert "<dt>What would do</dt>" in page


@pytest.mark.parametrize("day", ["1900-01-01", "2999-12-30"])
@pytest.mark.parametrize("clock", ["valid_at", "known_at"])
@pytest.mark.parametrize(
    "place", ["", "conditions/ALPHA/", "cycles/2/", "compare/", "calendar.ics"]
)
def test_the_first_and_the_last_day_in_reach_are_answered(
    client: Client, place: str, clock: str, day: str
) -> None:
    filled_program(1)
    assert client.get(f"{PAGE}{place}?{clock}={day}").status_code in (200, 404)


def test_pages_only_read(client: Client) -> None:
    make_program()
    assert client.post(PAGE).status_code == 405
    assert client.head(PAGE).status_code == 200


def test_older_documents_are_a_page_further(client: Client) -> None:
    program = filled_program(1)
    condition = program.conditions.get()
    first = client.get(f"{PAGE}conditions/{condition.code}/?supports=2").content.decode()
    assert 'href="?supports=1#supports"' in first


def test_compare_defaults_to_the_two_last_judged_cycles(client: Client) -> None:
    filled_program(1)
    response = client.get(f"{PAGE}compare/")
    comparison = response.context["comparison"]
    assert (comparison.before.cycle.number, comparison.after.cycle.number) == (1, 2)
    assert "Judged higher" in response.content.decode()


def test_compare_two_days_and_two_moments(client: Client) -> None:
    filled_program(1)
    days = client.get(f"{PAGE}compare/?from={WHITE_HOUSE}&to={FIRST_DUE}").context["comparison"]
    assert [row.after.status for row in days.rows] == ["3"]
    assert [row.before.status for row in days.rows] == ["2"]
    moments = client.get(f"{PAGE}compare/?knew=2026-01-01").context["comparison"]
    assert [row.before.status for row in moments.rows] == ["2"]
    assert [row.after.status for row in moments.rows] == ["3"]


def test_compare_of_one_view_with_itself_differs_nowhere(client: Client) -> None:
    filled_program(3)
    comparison = client.get(f"{PAGE}compare/?from={TODAY}&to={TODAY}").context["comparison"]
    assert comparison.moved == 0
    assert all(row.is_same_judgement for row in comparison.rows)


def test_calendar_feed_has_stable_whole_days(client: Client) -> None:
    make_program()
    response = client.get(f"{PAGE}calendar.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = {str(event["uid"]): event for event in Calendar.from_ical(response.content).events}
    due = events["test-program-cycle-1-due@127.0.0.1"]
    assert due.decoded("dtstart") == FIRST_DUE
    assert "not legal advice" in str(due["description"])
    assert events["test-program-cycle-2-begins@127.0.0.1"].decoded("dtstart") == FIRST_DUE


def test_health(client: Client) -> None:
    make_program()
    ill = client.get("/healthz")
    assert ill.status_code == 503
    assert ill.json()["problems"] == ["The job sweep is late.", "The job deliver is late."]
    for name in ("sweep", "deliver"):
        Pulse.objects.create(name=name, beat_at=noon(TODAY))
    well = client.get("/healthz")
    assert well.status_code == 200
    assert well.json()["healthy"] is True


def test_health_counts_programs_and_names_none(client: Client) -> None:
    make_program(slug="hidden", is_public=False)
    after_all = noon(FIFTH_DUE + 400 * DAY)
    Pulse.objects.create(name="sweep", beat_at=after_all, detail={"errors": {"hidden": "No."}})
    Pulse.objects.create(name="deliver", beat_at=after_all)
    with time_machine.travel(after_all, tick=False):
        ill = client.get("/healthz")
    assert ill.json()["problems"] == [
        "Programs without a future cycle: 1.",
        "Programs that the last sweep could not do: 1.",
    ]
    assert "hidden" not in ill.content.decode()
