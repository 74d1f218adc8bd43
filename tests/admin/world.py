"""A little of everything, in any number, for the lists and the roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from conditions.actions.capture_orders import order_capture
from conditions.actions.imports import upload_sheet
from conditions.actions.official import record_official_finding
from conditions.actions.people import issue_token
from conditions.models import (
    ApiToken,
    Assessment,
    Capture,
    Condition,
    Event,
    Evidence,
    EvidenceImport,
    EvidenceLink,
    Feed,
    InboxItem,
    Interpretation,
    OfficialFinding,
    Program,
    Reminder,
    ReviewCycle,
    SearchEntry,
    User,
)
from tests.admin.triage_world import make_feed, make_item
from tests.days import SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_search, make_user
from tests.link_looks import make_link
from tests.queries.test_captures import make_copy
from tests.sheets import HEADINGS, as_csv, sheet_row


@dataclass(frozen=True)
class World:
    """The first of everything; there are as many as were asked for."""

    program: Program
    condition: Condition
    untouched: Condition
    cycle: ReviewCycle
    closed_cycle: ReviewCycle
    evidence: Evidence
    link: EvidenceLink
    approved: Assessment
    draft: Assessment
    submitted: Assessment
    official: OfficialFinding
    reading: Interpretation
    reminder: Reminder
    token: ApiToken
    event: Event
    inbox_item: InboxItem
    feed: Feed
    sheet: EvidenceImport
    search: SearchEntry
    copy: Capture


def make_world(lead: User, number: int = 1) -> World:
    """``number`` programs, each with one of everything about its first condition."""
    worlds = [_one(lead, at) for at in range(number)]
    for _ in range(number - 1):
        make_evidence(condition=worlds[0].condition, stance="contradicts")
        make_evidence(condition=worlds[0].untouched)
    return worlds[0]


def _one(lead: User, at: int) -> World:
    program = make_program(
        slug=f"program-{at}", lead=lead, conditions=("ALPHA", "BETA"), tracked_from=SECOND_DUE
    )
    condition, untouched = program.conditions.order_by("position")
    cycles = {cycle.number: cycle for cycle in program.cycles.all()}
    author = make_user("analyst")
    make_evidence(condition=untouched)
    evidence = make_evidence(condition=condition)
    make_link(evidence)
    copy = make_copy(evidence, b"as it was", noon(SECOND_DUE))
    order_capture(evidence=evidence, by=None, as_of=noon(TODAY))
    approved = make_assessment(
        condition=condition,
        cycle=cycles[2],
        valid_from=date(2026, 7, 7),
        author=author,
        cited=(evidence.pk,),
    )
    submitted, draft = (
        make_assessment(
            condition=condition,
            cycle=cycles[cycle],
            valid_from=valid_from,
            author=lead if state == "draft" else author,
            state=state,
            cited=(evidence.pk,),
        )
        for cycle, valid_from, state in ((3, date(2026, 11, 4), "submitted"), (4, TODAY, "draft"))
    )
    return World(
        program=program,
        condition=condition,
        untouched=untouched,
        cycle=cycles[4],
        closed_cycle=cycles[2],
        evidence=evidence,
        link=evidence.links.get(),
        approved=approved,
        draft=draft,
        submitted=submitted,
        official=record_official_finding(
            condition=condition,
            cycle=cycles[2],
            finding="not_submitted",
            found_on=date(2026, 7, 8),
            by=None,
            as_of=noon(THIRD_DUE),
        ),
        reading=_reading(program),
        reminder=_reminder(cycles[4], lead),
        token=issue_token(
            user=lead,
            name=f"Script {at}",
            scope="read",
            expires_at=noon(TODAY) + timedelta(days=30),
            by=None,
            as_of=noon(TODAY),
        ).token,
        event=Event.objects.filter(verb="assessment.approved").latest("id"),
        inbox_item=make_item(at),
        feed=make_feed(at),
        sheet=_sheet(program, lead),
        search=make_search(condition=condition, cycle=cycles[4], as_of=noon(TODAY)),
        copy=copy,
    )


def _reading(program: Program) -> Interpretation:
    return Interpretation.objects.create(
        program=program,
        code="anchor",
        question="From which day does the calendar run?",
        options=["visit", "passage"],
        choice="visit",
        basis="The text names none.",
        decided_by="The team",
        decided_on=date(2025, 11, 10),
        recorded_at=noon(THIRD_DUE),
    )


def _sheet(program: Program, by: User) -> EvidenceImport:
    body = as_csv([HEADINGS, sheet_row(2)])
    return upload_sheet(program=program, filename="a.csv", body=body, by=by, as_of=noon(TODAY))


def _reminder(cycle: ReviewCycle, recipient: User) -> Reminder:
    return Reminder.objects.create(
        cycle=cycle,
        kind="opened",
        offset=0,
        recipient=recipient,
        falls_on=cycle.starts_on,
        owed_at=noon(cycle.starts_on),
        next_attempt_at=noon(cycle.starts_on),
        message_id=f"<{cycle.pk}@example.org>",
    )
