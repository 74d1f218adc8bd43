"""What a cycle's report rests on, as plain values: what a publication freezes and hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from conditions.models import (
    ConditionVersion,
    KeyJudgements,
    Program,
)
from conditions.queries.asof import AsOf
from conditions.queries.cycle_page import CyclePage, CycleRow, cycle_page
from conditions.queries.publications import PublishedLine, versions_of
from conditions.queries.report_parts import Parts, parts_of
from conditions.queries.status import PUBLIC
from conditions.rules.divergence import SENTENCES, diverge
from conditions.rules.rollup import (
    Answer,
    CertificationRule,
    Standing,
    answer_of,
    certify,
)

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
    conditions = [_condition(row, page, program, parts) for row in page.rows]
    return {
        "schema": SCHEMA,
        "program": _program(program),
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
        "evidence": _evidence(page.rows, parts),
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


def _program(program: Program) -> Content:
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
        "four_eyes": program.four_eyes,
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


def _condition(row: CycleRow, page: CyclePage, program: Program, parts: Parts) -> Content:
    wording = parts.wording_of(row)
    official = parts.official.get(row.condition.id)
    kind = diverge(_own_answer(row, program), official["finding"] if official else None)
    return {
        "code": row.condition.code,
        "title": row.condition.title,
        "citation": str(wording.content.get("citation", "")),
        "provision": str(wording.content.get("provision", "")),
        "test": row.condition.test,
        "wording": wording.number,
        "wording_sha256": wording.sha256,
        "checklist": _checklist(row, wording, program, parts),
        "judgement": _judgement(row, program, parts),
        "change": _change(row, page, program, parts),
        "official": official,
        "divergence": kind.value,
        "divergence_text": SENTENCES[kind],
        "supports": row.supports,
        "contradicts": row.contradicts,
    }


def _own_answer(row: CycleRow, program: Program) -> Answer:
    return answer_of(_standing(row), program.scale)


def _standing(row: CycleRow) -> Standing:
    judged = row.judgement
    return Standing(
        row.condition.code,
        judged.status if judged else None,
        row.condition.test,
        judged.limb if judged else "",
    )


def _checklist(
    row: CycleRow, wording: ConditionVersion, program: Program, parts: Parts
) -> list[Content]:
    findings = parts.findings.get(row.judgement.id, {}) if row.judgement else {}
    return [
        {
            "code": str(item["code"]),
            "statement": str(item.get("statement", "")),
            "rule": parts.rule_sentence(item),
            "hard_hurdle": bool(item.get("hard_hurdle", False)),
            "status": status,
            "status_label": program.scale.label(status),
            "note": note,
        }
        for item in wording.content.get("checklist", ())
        for status, note in (findings.get(str(item["code"]), (None, "")),)
    ]


def _judgement(row: CycleRow, program: Program, parts: Parts) -> Content | None:
    judged = row.judgement
    if judged is None:
        return None
    seen = [document.key for document in row.cited]
    seals = parts.citations.get(judged.id, {})
    return {
        "status": judged.status,
        "status_label": program.scale.label(judged.status),
        "trend": judged.trend,
        "confidence": judged.confidence,
        "confidence_reason": judged.confidence_reason,
        "rationale": judged.rationale,
        "limb": judged.limb,
        "authority": parts.authorities.get(judged.id, ""),
        "dissent": judged.dissent,
        "valid_from": judged.valid_from.isoformat(),
        "approved_at": judged.approved_at.isoformat(),
        "correction_note": judged.correction_note,
        "is_demonstration": judged.is_demonstration,
        "sha256": parts.hashes.get(judged.id, ""),
        "flags": list(row.flags.names()),
        "citations": [
            {"key": document.key, "grade": document.grade, "stance": document.stance}
            for document in row.cited
        ],
        "not_public": len(seals.keys() - set(seen)),
    }


def _change(row: CycleRow, page: CyclePage, program: Program, parts: Parts) -> Content:
    before, after = row.before, row.judgement
    now = [document.key for document in row.cited]
    then = [document.key for document in parts.cited_before.get(before.id, ())] if before else []
    # A text that was closed to the public when it was cited before is not new because it opened.
    known_before = parts.citations.get(before.id, {}) if before else {}
    known_now = parts.citations.get(after.id, {}) if after else {}
    return {
        "before_cycle": before.cycle_number if before else None,
        "before": before.status if before else None,
        "before_label": program.scale.label(before.status if before else None),
        "direction": row.direction,
        "why": (after.correction_note or after.rationale) if after else "",
        "new": [key for key in now if key not in known_before],
        "dropped": [key for key in then if key not in known_now] if after else [],
        "items": _item_changes(row, parts),
    }


def _item_changes(row: CycleRow, parts: Parts) -> list[Content]:
    if row.before is None or row.judgement is None:
        return []
    old = parts.findings.get(row.before.id, {})
    return [
        {"code": code, "before": old.get(code, (None, ""))[0], "after": status, "note": note}
        for code, (status, note) in parts.findings.get(row.judgement.id, {}).items()
        if old.get(code, (None, ""))[0] != status
    ]


def _evidence(rows: Iterable[CycleRow], parts: Parts) -> list[Content]:
    found: dict[str, Content] = {}
    for row in rows:
        documents = [*row.cited, *(parts.cited_before.get(row.before.id, ()) if row.before else ())]
        for document in documents:
            seal = parts.seal_of(document.assessment_id, document.key)
            entry = found.setdefault(
                document.key,
                {
                    "key": document.key,
                    "title": document.title,
                    "url": document.url,
                    "reference": document.reference,
                    "publisher": document.publisher,
                    "published_on": (
                        document.published_on.isoformat() if document.published_on else None
                    ),
                    "happened": document.happened,
                    "language": document.language,
                    "summary": document.summary,
                    "grade": document.grade,
                    "is_primary": document.is_primary,
                    "version": seal.version,
                    "sha256": seal.sha256,
                    "captures": [],
                    "cited_by": [],
                },
            )
            if document in row.cited and row.condition.code not in entry["cited_by"]:
                entry["cited_by"].append(row.condition.code)
    for entry in parts.official_documents:
        found.setdefault(entry["key"], entry)
    return [found[key] for key in sorted(found)]


def _answer(program: Program, page: CyclePage) -> Content | None:
    rule = CertificationRule(program.certification)
    found = certify(rule, [_standing(row) for row in page.rows], program.scale)
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
