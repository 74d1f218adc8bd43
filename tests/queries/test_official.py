"""Official findings and reports as every page tells them: with date, document and window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from conditions.actions.evidence import EvidenceItem, amend_evidence
from conditions.actions.official import record_official_finding
from conditions.actions.official_reports import record_official_report
from conditions.models import Evidence, Program
from conditions.queries.asof import AsOf
from conditions.queries.condition_page import condition_page
from conditions.queries.cycle_page import cycle_page
from conditions.queries.official_findings import OfficialDocument
from conditions.queries.official_reports import ReportSent, reports_on
from conditions.queries.status import PUBLIC, program_status
from conditions.rules.release import ReleaseState
from tests.days import DAY, FIRST_DUE, LAW_FIRST_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = AsOf(TODAY, noon(TODAY))
SENT = LAW_FIRST_DUE
TEAM = frozenset({"public", "team"})


@pytest.fixture
def program() -> Program:
    return make_program()


def say(program: Program, document: Evidence | None = None) -> None:
    """An official finding in the cycle of today."""
    record_official_finding(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=4),
        finding="affirmed",
        found_on=TODAY,
        document=document,
        by=None,
        as_of=noon(TODAY),
    )


def told(program: Program, as_of: AsOf = NOW, seen: frozenset[str] = PUBLIC) -> list[tuple]:
    """What the status, the condition's page and the cycle's page say of the finding."""
    reader = make_user("viewer")
    page = condition_page(program, "ALPHA", as_of, reader=reader, sensitivities=seen, pages={})
    rows = (
        program_status(program, as_of, sensitivities=seen).conditions[0],
        page.history[-1],
        cycle_page(program, 4, as_of, sensitivities=seen).rows[0],
    )
    return [(row.official, row.official_found_on, row.official_document) for row in rows]


def test_every_page_tells_the_finding_with_its_date_and_document(program: Program) -> None:
    document = make_evidence(title="The report", url="https://example.org/report")
    say(program, document)
    known = OfficialDocument(document.key, "The report", "https://example.org/report")
    assert told(program) == [("affirmed", TODAY, known)] * 3


def test_a_finding_without_a_document_or_none_at_all(program: Program) -> None:
    assert told(program) == [(None, None, None)] * 3
    say(program)
    assert told(program) == [("affirmed", TODAY, None)] * 3


@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_a_document_that_is_not_public_is_told_to_nobody_outside(
    program: Program, sensitivity: str
) -> None:
    say(program, make_evidence(sensitivity=sensitivity, title="Only for some"))
    assert told(program) == [("affirmed", TODAY, None)] * 3
    if sensitivity == "team":
        assert {row[2].title for row in told(program, seen=TEAM)} == {"Only for some"}


def test_a_document_reads_as_it_did_then_and_what_was_closed_then_stays_closed(
    program: Program,
) -> None:
    document = make_evidence(
        title="A leaked draft", sensitivity="team", recorded_at=noon(FIRST_DUE)
    )
    say(program, document)
    amend_evidence(
        evidence=document,
        item=replace(EvidenceItem.of(document), title="The report", sensitivity="public"),
        by=make_user("analyst"),
        as_of=noon(TODAY + DAY),
        expected_revision=1,
        reason="Published since.",
    )
    later = AsOf(TODAY, noon(TODAY + DAY))
    assert {row[2].title for row in told(program, later)} == {"The report"}
    assert told(program) == [("affirmed", TODAY, None)] * 3
    assert {row[2].title for row in told(program, seen=TEAM)} == {"A leaked draft"}


def test_a_document_that_was_closed_since_is_closed_for_every_day(program: Program) -> None:
    document = make_evidence(title="Published by mistake", recorded_at=noon(FIRST_DUE))
    say(program, document)
    amend_evidence(
        evidence=document,
        item=replace(EvidenceItem.of(document), sensitivity="restricted"),
        by=make_user("analyst"),
        as_of=noon(TODAY + DAY),
        expected_revision=1,
        reason="It names an informant.",
    )
    for as_of in (NOW, AsOf(TODAY, noon(TODAY + DAY))):
        assert told(program, as_of) == [("affirmed", TODAY, None)] * 3


def report(program: Program, as_of: AsOf = NOW) -> ReportSent | None:
    cycle = program.cycles.get(number=1)
    return reports_on([cycle.pk], as_of, PUBLIC).get(cycle.pk)


def send(program: Program, **changes: object) -> None:
    record_official_report(
        **{
            "cycle": program.cycles.get(number=1),
            "submitted_on": SENT,
            "by": None,
            "as_of": noon(SENT),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("day", "state", "sentence"),
    [
        (
            SENT,
            ReleaseState.WAITING,
            "Sent 18 March 2026; expected to be public from 17 April to 17 May 2026 "
            "(30 to 60 days, GovInfo CMR).",
        ),
        (
            date(2026, 4, 17),
            ReleaseState.OPEN,
            "Sent 18 March 2026; expected to be public from 17 April to 17 May 2026 "
            "(30 to 60 days, GovInfo CMR).",
        ),
        (
            date(2026, 5, 18),
            ReleaseState.PASSED,
            "Sent 18 March 2026; it was expected to be public from 17 April to 17 May 2026 "
            "(30 to 60 days, GovInfo CMR). No public text is on record: it may be classified, "
            "or late.",
        ),
    ],
)
def test_a_report_is_told_with_its_release_window(
    program: Program, day: date, state: ReleaseState, sentence: str
) -> None:
    send(program)
    found = report(program, AsOf(day, noon(TODAY)))
    assert found is not None
    assert (found.state, found.sentence) == (state, sentence)


def test_a_window_over_the_turn_of_the_year_names_both(program: Program) -> None:
    send(program, submitted_on=date(2026, 11, 15), as_of=noon(TODAY))
    found = report(program)
    assert found is not None
    assert "from 15 December 2026 to 14 January 2027" in found.sentence


def test_the_record_that_stood_then_is_told(program: Program) -> None:
    assert report(program) is None
    send(program)
    send(
        program,
        released_on=date(2026, 5, 4),
        as_of=noon(THIRD_DUE),
        replaces=program.cycles.get(number=1).official_reports.get(),
        note="It came out.",
    )
    now, then = report(program), report(program, AsOf(TODAY, noon(THIRD_DUE - DAY)))
    assert now is not None
    assert then is not None
    assert (now.state, now.sentence) == (
        ReleaseState.RELEASED,
        "Sent 18 March 2026; public since 4 May 2026.",
    )
    assert then.state is ReleaseState.PASSED
    # On the day before its release it was not public, whatever is known now.
    before = report(program, AsOf(date(2026, 5, 3), noon(TODAY)))
    assert before is not None
    assert before.state is ReleaseState.OPEN
    assert report(program, AsOf(SENT - DAY, noon(TODAY))) is None
    assert report(program, AsOf(TODAY, noon(SENT - DAY))) is None


@pytest.mark.parametrize("sensitivity", ["public", "restricted"])
def test_a_report_names_its_document_to_those_who_may_know(
    program: Program, sensitivity: str
) -> None:
    document = make_evidence(title="The report", sensitivity=sensitivity)
    send(program, document=document)
    found = report(program)
    assert found is not None
    assert bool(found.document) is (sensitivity == "public")
    assert cycle_page(program, 1, NOW, sensitivities=PUBLIC).report == found
