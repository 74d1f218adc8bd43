"""Official reports: recorded once, replaced by a new record; no report, for a whole cycle."""

from __future__ import annotations

from typing import Any

import pytest

from conditions.actions.no_report import record_no_report
from conditions.actions.official import (
    AlreadyRecorded,
    BadOfficialFinding,
    record_official_finding,
)
from conditions.actions.official_reports import (
    AlreadyReported,
    BadOfficialReport,
    record_official_report,
)
from conditions.actions.record import PermissionMissing
from conditions.models import Event, OfficialFinding, OfficialReport, Program
from tests.days import DAY, FIRST_DUE, FOURTH_DUE, SECOND_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_condition, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
SENT = FIRST_DUE + 8 * DAY


@pytest.fixture
def program() -> Program:
    return make_program(conditions=("ALPHA", "BETA"))


@pytest.fixture
def record(program: Program) -> Any:
    """Record a report on cycle 1, with changes by keyword."""
    defaults = {
        "cycle": program.cycles.get(number=1),
        "submitted_on": SENT,
        "by": make_user("manager"),
        "as_of": noon(TODAY),
    }
    return lambda **changes: record_official_report(**(defaults | changes))


@pytest.fixture
def find_none(program: Program) -> Any:
    """Record that no report was submitted on cycle 1, with changes by keyword."""
    defaults = {
        "cycle": program.cycles.get(number=1),
        "found_on": SENT,
        "by": make_user("manager"),
        "as_of": noon(TODAY),
    }
    return lambda **changes: record_no_report(**(defaults | changes))


def test_a_report_is_recorded_with_its_event(record: Any, program: Program) -> None:
    document = make_evidence()
    row = record(document=document, note="Seen in the Congressional Record.")
    event = Event.objects.get(verb="officialreport.recorded")
    assert (event.subject_id, event.cycle, event.program) == (str(row.pk), row.cycle, program)
    assert event.after == {
        "submitted_on": SENT.isoformat(),
        "released_on": None,
        "document_id": document.pk,
        "note": "Seen in the Congressional Record.",
    }
    program.refresh_from_db()
    assert program.changed_at == noon(TODAY)


def test_a_second_record_is_refused_and_a_new_one_replaces(record: Any) -> None:
    first = record()
    with pytest.raises(AlreadyReported, match="is on record"):
        record(submitted_on=SENT + DAY)
    second = record(released_on=SENT + 40 * DAY, replaces=first, note="Its text came out.")
    event = Event.objects.get(verb="officialreport.replaced")
    assert (event.before["released_on"], event.after["released_on"]) == (
        None,
        second.released_on.isoformat(),
    )
    assert list(OfficialReport.objects.known_at(noon(TODAY))) == [second]
    with pytest.raises(AlreadyReported, match="replaced already"):
        record(replaces=first, note="Again.")
    record(replaces=second, note="Two days earlier.", submitted_on=SENT - 2 * DAY)
    assert OfficialReport.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"submitted_on": WHITE_HOUSE - DAY}, "submitted_on"),
        ({"submitted_on": TODAY + DAY}, "submitted_on"),
        ({"released_on": SENT - DAY}, "released_on"),
        ({"released_on": TODAY + DAY}, "released_on"),
    ],
)
def test_a_bad_date_is_refused_by_field(record: Any, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadOfficialReport) as refusal:
        record(**change)
    assert (refusal.value.field, refusal.value.value) == (field, change[field])
    assert refusal.value.remedy.startswith("Give a day from ")
    assert not OfficialReport.objects.exists()
    assert not Event.objects.filter(verb__startswith="officialreport").exists()


def test_a_replacement_is_about_the_same_cycle_and_says_why(record: Any, program: Program) -> None:
    first = record()
    with pytest.raises(BadOfficialReport, match="same cycle"):
        record(
            cycle=program.cycles.get(number=2),
            submitted_on=SECOND_DUE,
            replaces=first,
            note="Wrong cycle.",
        )
    with pytest.raises(BadOfficialReport, match="says why"):
        record(replaces=first, note=" ")


@pytest.mark.parametrize("role", ["", "viewer", "analyst", "reviewer"])
def test_only_a_manager_records(record: Any, find_none: Any, role: str) -> None:
    for act in (record, find_none):
        with pytest.raises(PermissionMissing):
            act(by=make_user(role))
    assert not OfficialReport.objects.exists()
    assert not OfficialFinding.objects.exists()


def test_no_report_is_recorded_for_every_condition_then_in_force(
    find_none: Any, program: Program
) -> None:
    make_condition(program=program, code="LATER", position=3, in_force_from=FIRST_DUE)
    rows = find_none(note="Searched the CMR collection.")
    assert [(row.condition.code, row.finding, row.found_on) for row in rows] == [
        ("ALPHA", "not_submitted", SENT),
        ("BETA", "not_submitted", SENT),
    ]
    events = Event.objects.filter(verb="officialfinding.recorded")
    assert {event.reason for event in events} == {"Searched the CMR collection."}
    assert events.count() == 2


def test_no_report_is_recorded_for_all_or_for_none(find_none: Any, program: Program) -> None:
    record_official_finding(
        condition=program.conditions.get(code="BETA"),
        cycle=program.cycles.get(number=1),
        finding="silent",
        found_on=FIRST_DUE,
        by=None,
        as_of=noon(TODAY),
    )
    with pytest.raises(AlreadyRecorded, match="on file already: BETA"):
        find_none()
    assert OfficialFinding.objects.count() == 1


def test_where_a_report_was_sent_there_is_not_none(find_none: Any, record: Any) -> None:
    record()
    with pytest.raises(AlreadyRecorded, match="on record, sent"):
        find_none()
    assert not OfficialFinding.objects.exists()


def test_before_a_report_is_due_none_is_missing(find_none: Any, program: Program) -> None:
    with pytest.raises(BadOfficialFinding, match="until then no report is missing") as early:
        find_none(cycle=program.cycles.get(number=4), found_on=TODAY)
    assert (early.value.field, early.value.value) == ("cycle", 4)
    for day in (FIRST_DUE - DAY, TODAY + DAY):
        with pytest.raises(BadOfficialFinding) as refusal:
            find_none(found_on=day)
        assert refusal.value.field == "found_on"
    rows = find_none(
        cycle=program.cycles.get(number=4), found_on=FOURTH_DUE, as_of=noon(FOURTH_DUE)
    )
    assert len(rows) == 2
