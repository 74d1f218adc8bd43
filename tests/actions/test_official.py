"""Official findings: recorded once, corrected by a new record, silence kept apart from refusal."""

from __future__ import annotations

import pytest

from conditions.actions.official import (
    AlreadyRecorded,
    BadOfficialFinding,
    record_official_finding,
)
from conditions.actions.official_reports import record_official_report
from conditions.actions.record import PermissionMissing
from conditions.models import Event, OfficialFinding
from tests.days import DAY, FIRST_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    """Record a finding on cycle 1 of a new program, with changes by keyword."""
    program = make_program()
    defaults = {
        "condition": program.conditions.get(),
        "cycle": program.cycles.get(number=1),
        "finding": "not_submitted",
        "found_on": FIRST_DUE,
        "by": make_user("manager"),
        "as_of": noon(TODAY),
    }
    return lambda **changes: record_official_finding(**(defaults | changes))


def test_a_finding_is_recorded_with_its_event(record):
    row = record()
    assert (row.finding, row.found_on) == ("not_submitted", FIRST_DUE)
    assert Event.objects.get(verb="officialfinding.recorded").subject_id == str(row.pk)


def test_a_second_record_is_refused_and_a_correction_stands_in_its_place(record):
    first = record()
    with pytest.raises(AlreadyRecorded, match="is on file"):
        record(finding="affirmed")
    record(finding="affirmed", corrects=first, note="The report surfaced in May.")
    known = OfficialFinding.objects.known_at(noon(TODAY))
    assert [row.finding for row in known] == ["affirmed"]
    assert OfficialFinding.objects.known_at(noon(TODAY - DAY)).count() == 0
    with pytest.raises(AlreadyRecorded, match="corrected already"):
        record(finding="silent", corrects=first, note="Again.")


def test_as_known_before_its_correction_the_first_record_holds(record):
    first = record(as_of=noon(FIRST_DUE))
    record(finding="silent", corrects=first, note="Read again.")
    known = OfficialFinding.objects.known_at(noon(TODAY - DAY))
    assert [row.finding for row in known] == ["not_submitted"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"finding": "maybe"}, "finding"),
        ({"found_on": WHITE_HOUSE - DAY}, "found_on"),
        ({"found_on": TODAY + DAY}, "found_on"),
    ],
)
def test_a_bad_finding_is_refused_by_field(record, change, field):
    with pytest.raises(BadOfficialFinding) as refusal:
        record(**change)
    assert refusal.value.field == field
    assert not OfficialFinding.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"as_of": noon(FIRST_DUE - DAY), "found_on": FIRST_DUE - DAY}, "cycle"),
        ({"found_on": FIRST_DUE - DAY}, "found_on"),
    ],
)
def test_no_report_is_missing_before_it_is_due(record, change, field):
    with pytest.raises(BadOfficialFinding) as refusal:
        record(**change)
    assert refusal.value.field == field
    assert record(**change, finding="silent").finding == "silent"


def test_where_a_report_is_on_record_none_is_missing(record):
    first = record(finding="silent")
    record_official_report(
        cycle=first.cycle, submitted_on=FIRST_DUE, by=make_user("manager"), as_of=noon(TODAY)
    )
    with pytest.raises(AlreadyRecorded, match="An official report on cycle 1 is on record"):
        record(corrects=first, note="Not found.")
    assert record(finding="affirmed", corrects=first, note="Read again.").finding == "affirmed"


def test_a_correction_says_why(record):
    first = record()
    with pytest.raises(BadOfficialFinding, match="says why"):
        record(finding="silent", corrects=first)


@pytest.mark.parametrize("role", ["", "viewer", "analyst", "reviewer"])
def test_only_a_manager_records(record, role):
    with pytest.raises(PermissionMissing):
        record(by=make_user(role))
