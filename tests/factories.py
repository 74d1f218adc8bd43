"""Rows for tests, made through the actions where one exists, on the fixed calendar of days.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group

from conditions.actions.assessments import start_assessment, submit_assessment
from conditions.actions.cycles import open_cycles
from conditions.actions.evidence_items import evidence_content
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.reviews import approve_assessment
from conditions.actions.search_texts import write_search_text
from conditions.actions.searches import SearchItem, record_search
from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    ConditionVersion,
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    Program,
    ReviewCycle,
    SearchEntry,
    Source,
    SourceGrade,
    User,
)
from conditions.rules.fingerprint import fingerprint
from conditions.rules.scale import DEFAULT_SCALE
from tests.days import TODAY, WHITE_HOUSE, noon

LADDER = {"before": [30, 14, 7, 1], "overdue": [1, 3, 7], "then_every": 7, "managers_from": 7}
RULE = {"independent_sources": 2, "one_at_least": "B", "or_primary_document": True}
SCALE_ROWS = [
    {
        "code": grade.code,
        "label": grade.label,
        "rank": grade.rank,
        "meaning": grade.meaning,
        "affirmative": grade.affirmative.value,
    }
    for grade in DEFAULT_SCALE.grades
]
_numbers = count(1)


def make_user(role: str = "analyst", **fields: Any) -> User:
    """A person in the group of ``role`` (viewer, analyst, reviewer, manager), or in none for ''."""
    number = next(_numbers)
    defaults = {
        "username": f"{role or 'nobody'}-{number}",
        "email": f"{role or 'nobody'}-{number}@example.org",
        "is_staff": bool(role),
    }
    user = User.objects.create_user(**{**defaults, **fields})
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_program(
    *,
    slug: str = "test-program",
    conditions: Iterable[str] = ("ALPHA",),
    as_of: datetime | None = None,
    lead: User | None = None,
    **fields: Any,
) -> Program:
    """A public program of 120 days from the White House visit, its cycles opened by ``as_of``."""
    as_of = as_of or noon(TODAY)
    defaults: dict[str, Any] = {
        "title": f"Program {slug}",
        "short_title": slug,
        "summary": "A program for tests.",
        "country_iso3": "SYR",
        "country_name": "Syria",
        "instrument_title": "Test Act",
        "citation": "Test Act, section 1",
        "legal_stage": "enacted",
        "assessor_of_record": "The President",
        "anchor_on": WHITE_HOUSE,
        "first_interval_days": 120,
        "interval_days": 120,
        "tracked_from": WHITE_HOUSE,
        "status_scale": SCALE_ROWS,
        "reminder_ladder": LADDER,
        "consecutive_rule": {
            "periods": 2,
            "consequence": "Sanctions should be put back.",
            "legal_effect": "sense_of_legislature",
        },
        "changed_at": noon(WHITE_HOUSE),
    }
    program = Program.objects.create(slug=slug, **{**defaults, **fields})
    for position, code in enumerate(conditions, start=1):
        make_condition(program=program, code=code, position=position, lead=lead)
    open_cycles(program=program, as_of=as_of)
    program.refresh_from_db()
    return program


def make_condition(
    *, program: Program, code: str = "ALPHA", position: int = 1, **fields: Any
) -> Condition:
    """A condition in force from the program's anchor, with one checklist item and version 1."""
    defaults = {
        "title": f"Title of {code}",
        "provision": f"What {code} asks for.",
        "citation": "Test Act, section 1(a)",
        "test": "outcome",
        "in_force_from": program.anchor_on,
    }
    condition = Condition.objects.create(
        program=program, code=code, position=position, **{**defaults, **fields}
    )
    item = ChecklistItem.objects.create(
        condition=condition,
        code=f"{code[0]}.1",
        position=1,
        statement=f"A benchmark of {code}.",
        evidence_rule=RULE,
    )
    content = {
        "code": code,
        "title": condition.title,
        "provision": condition.provision,
        "citation": condition.citation,
        "test": condition.test,
        "checklist": [{"code": item.code, "statement": item.statement, "evidence_rule": RULE}],
    }
    ConditionVersion.objects.create(
        condition=condition,
        number=1,
        content=content,
        sha256=fingerprint(content),
        recorded_at=noon(program.anchor_on),
    )
    return condition


def make_source(*, reliability: str = "B", recorded_at: datetime | None = None) -> Source:
    """A source with its first grade."""
    source = Source.objects.create(name=f"Source {next(_numbers)}", reliability=reliability)
    SourceGrade.objects.create(
        source=source,
        reliability=reliability,
        reason="First grade.",
        recorded_at=recorded_at or noon(WHITE_HOUSE),
    )
    return source


def make_evidence(
    *,
    condition: Condition | None = None,
    stance: str = "supports",
    source: Source | None = None,
    recorded_at: datetime | None = None,
    **fields: Any,
) -> Evidence:
    """A published item with version 1, linked to ``condition`` if one is given."""
    number = next(_numbers)
    recorded_at = recorded_at or noon(WHITE_HOUSE)
    defaults: dict[str, Any] = {
        "key": f"ev-test-{number}",
        "url": f"https://example.org/{number}",
        "canonical_url": f"https://example.org/{number}",
        "title": f"Document {number}",
        "published_on": WHITE_HOUSE,
        "summary": "What it says, in our words.",
        "credibility": 2,
    }
    evidence = Evidence.objects.create(
        source=source or make_source(recorded_at=recorded_at),
        recorded_at=recorded_at,
        **{**defaults, **fields},
    )
    content = evidence_content(evidence)
    EvidenceVersion.objects.create(
        evidence=evidence,
        number=1,
        content=content,
        sha256=fingerprint(content),
        recorded_at=recorded_at,
    )
    write_search_text([evidence.pk])
    if condition is not None:
        make_link(evidence=evidence, condition=condition, stance=stance, recorded_at=recorded_at)
    return evidence


def make_link(
    *, evidence: Evidence, condition: Condition, stance: str, recorded_at: datetime
) -> EvidenceLink:
    """A standing link from ``evidence`` to ``condition``."""
    return EvidenceLink.objects.create(
        evidence=evidence, condition=condition, stance=stance, recorded_at=recorded_at
    )


def make_search(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    searched_on: date | None = None,
    by: User | None = None,
    as_of: datetime | None = None,
    items: Iterable[ChecklistItem] = (),
    corrects: SearchEntry | None = None,
    **fields: Any,
) -> SearchEntry:
    """A search on record, the first entry where it has several."""
    searched_on = searched_on or cycle.starts_on
    defaults: dict[str, Any] = {"places": "UN document system", "terms": "prison, سجن"}
    entries = record_search(
        search=SearchItem(**{**defaults, "searched_on": searched_on, **fields}),
        condition=condition,
        cycle=cycle,
        by=by,
        as_of=as_of or noon(searched_on),
        checklist_items=tuple(items),
        corrects=corrects,
    )
    return entries[0]


def make_judgement(
    *, condition: Condition, valid_from: date, status: str = "2", **fields: Any
) -> Judgement:
    """A complete judgement, with a finding on every checklist item."""
    items = condition.checklist.values_list("pk", flat=True)
    defaults: dict[str, Any] = {
        "rationale": "The evidence shows some of what was asked.",
        "valid_from": valid_from,
        "status": status,
        "trend": "no_change",
        "confidence": "moderate",
        "confidence_reason": "Two independent sources.",
        "authority": "The President, Test Act, section 2" if status == "W" else "",
        "findings": tuple(ItemFinding(item_id=pk, status=status, note="") for pk in items),
    }
    return Judgement(**{**defaults, **fields})


def make_assessment(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    status: str = "2",
    valid_from: date | None = None,
    author: User | None = None,
    approver: User | None = None,
    state: str = "approved",
    as_of: datetime | None = None,
    approved_at: datetime | None = None,
    corrects: Assessment | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment brought through the actions to ``state`` (draft, submitted or approved)."""
    valid_from = valid_from or cycle.starts_on
    as_of = as_of or noon(valid_from)
    waives = status in condition.program.scale.waived_codes()
    author = author or make_user("manager" if waives else "analyst")
    if "cited" not in fields and status not in ("U", "W"):
        evidence = make_evidence(condition=condition, recorded_at=min(as_of, noon(WHITE_HOUSE)))
        fields["cited"] = (evidence.pk,)
    assessment = start_assessment(
        condition=condition,
        cycle=cycle,
        judgement=make_judgement(
            condition=condition, valid_from=valid_from, status=status, **fields
        ),
        by=author,
        as_of=as_of,
        corrects=corrects,
        correction_note="The earlier judgement missed a document." if corrects else "",
    )
    if state == "draft":
        return assessment
    if status in condition.program.scale.unclear_codes() and cycle.closed_at is None:
        make_search(condition=condition, cycle=cycle, as_of=as_of)
    assessment = submit_assessment(
        assessment=assessment, by=author, as_of=as_of, expected_revision=assessment.revision
    )
    if state == "submitted":
        return assessment
    return approve_assessment(
        assessment=assessment,
        by=approver or make_user("reviewer"),
        as_of=approved_at or as_of,
        expected_revision=assessment.revision,
    )
