"""What a cycle's report rests on, as plain values: what a publication freezes and hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from conditions.models import KeyJudgements, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_page import CyclePage, cycle_page
from conditions.queries.publications import PublishedLine, versions_of
from conditions.queries.report_conditions import condition_told, evidence_told, standing_of
from conditions.queries.report_parts import Parts, parts_of
from conditions.queries.status import PUBLIC
from conditions.rules.rollup import CertificationRule, certify

SCHEMA = "publication/1"
Content = dict[str, Any]


def report_day(starts_on: date, due_on: date, day: date) -> date:
    """The day on which a report made on ``day`` holds: that day, or the last one of the cycle."""
    return max(starts_on, min(day, due_on - timedelta(days=1)))


def draft_content(program: Program, number: int, as_of: AsOf) -> Content:
    """The report as it would be published at ``as_of``; it has no place in the chain yet."""
    earlier = versions_of(program, number)
    return report_content(
        program,
        number,
        as_of,
        version=len(earlier) + 1,
        note="",
        previous=None,
        annex_sha256="",
        earlier=earlier,
    )


def report_content(
    program: Program,
    number: int,
    as_of: AsOf,
    *,
    version: int,
    note: str,
    previous: PublishedLine | None,
    annex_sha256: str,
    earlier: Sequence[PublishedLine],
) -> Content:
    """The public content of cycle ``number``'s report, as rows of ``queries.report`` tell it.

    Public evidence only; no person is named. A fixed number of queries. Raises NoCycle.
    """
    page = cycle_page(program, number, as_of, sensitivities=PUBLIC)
    parts = parts_of(program, page, as_of)
    conditions = [condition_told(row, page, program, parts) for row in page.rows]
    return {
        "schema": SCHEMA,
        "program": _program(program, parts),
        "cycle": _cycle(page, parts),
        "version": version,
        "note": note,
        "valid_at": as_of.valid_at.isoformat(),
        "known_at": as_of.known_at.isoformat(),
        "previous": _link(previous),
        "annex_sha256": annex_sha256,
        "is_demonstration": program.is_demonstration or page.is_demonstration,
        "key_judgements": _key_judgements(page.cycle.id, as_of.known_at),
        "conditions": conditions,
        "counts": [
            {"code": one.code, "label": one.label, "count": one.count} for one in page.counts
        ],
        "answer": _answer(program, page),
        "escalation": parts.escalation,
        "submission": parts.submission,
        "agreement": list(parts.agreement),
        "evidence": evidence_told(page.rows, parts),
        "earlier": [
            {
                "version": line.version,
                "known_at": line.known_at.isoformat(),
                "sha256": line.sha256,
                "note": line.note,
            }
            for line in earlier
        ],
    }


def _program(program: Program, parts: Parts) -> Content:
    return {
        "slug": program.slug,
        "title": program.title,
        "short_title": program.short_title,
        "country": program.country_name,
        "instrument": program.instrument_title,
        "citation": program.citation,
        "official_url": program.official_url,
        "legal_stage": program.get_legal_stage_display(),
        "stage_note": program.stage_note,
        "assessor_of_record": program.assessor_of_record,
        "certification": program.certification,
        "interval_days": program.interval_days,
        "time_zone": program.time_zone,
        "four_eyes": program.four_eyes and parts.seen_by_others,
        "is_demonstration": program.is_demonstration,
        "scale": [
            {
                "code": grade.code,
                "label": grade.label,
                "meaning": grade.meaning,
                "rank": grade.rank,
            }
            for grade in program.scale.grades
        ],
    }


def _cycle(page: CyclePage, parts: Parts) -> Content:
    cycle = page.cycle
    return {
        "number": cycle.number,
        "starts_on": cycle.starts_on.isoformat(),
        "scheduled_due_on": cycle.scheduled_due_on.isoformat(),
        "due_on": cycle.due_on.isoformat(),
        "closed_on": cycle.closed_on.isoformat() if cycle.closed_on else None,
        "closing_note": parts.closing_note if cycle.closed_on else "",
        "extensions": [
            {
                "due_on_before": one.due_on_before.isoformat(),
                "due_on": one.due_on.isoformat(),
                "reason": one.reason,
                "recorded_at": one.recorded_at.isoformat(),
            }
            for one in page.extensions
        ],
    }


def _answer(program: Program, page: CyclePage) -> Content | None:
    rule = CertificationRule(program.certification)
    found = certify(rule, [standing_of(row) for row in page.rows], program.scale)
    return {"answer": found.answer.value if found.answer else "", "reason": found.reason}


def _key_judgements(cycle_id: int, known_at: datetime) -> list[str]:
    newest = (
        KeyJudgements.objects.filter(cycle=cycle_id, recorded_at__lte=known_at)
        .order_by("-number")
        .first()
    )
    return [str(one) for one in newest.statements] if newest else []


def _link(previous: PublishedLine | None) -> Mapping[str, Any] | None:
    if previous is None:
        return None
    return {
        "cycle": previous.cycle_number,
        "version": previous.version,
        "sha256": previous.sha256,
    }
