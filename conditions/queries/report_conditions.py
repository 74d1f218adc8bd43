"""The conditions of a report, and the annex of what they rest on, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conditions.models import ConditionVersion, Program
from conditions.queries.cycle_page import CyclePage, CycleRow
from conditions.queries.report_parts import Parts
from conditions.queries.report_sides import capture_told
from conditions.rules.divergence import SENTENCES, diverge
from conditions.rules.rollup import Standing, answer_of
from conditions.rules.voices import by_voice

Content = dict[str, Any]


def condition_told(row: CycleRow, page: CyclePage, program: Program, parts: Parts) -> Content:
    """One condition: its text, checklist, judgement, change and official finding."""
    wording = parts.wording_of(row)
    official = parts.official.get(row.condition.id)
    kind = diverge(
        answer_of(standing_of(row), program.scale), official["finding"] if official else None
    )
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
        "searches": [
            {
                "searched_on": one.searched_on.isoformat(),
                "result": one.result,
                "result_words": one.result_words,
            }
            for one in parts.searches.get(row.condition.id, ())
        ],
    }


def standing_of(row: CycleRow) -> Standing:
    """The row as certification looks at it."""
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
            "rule_met": verdict.met if verdict else None,
            "rule_reason": verdict.reason if verdict else "",
        }
        for item in wording.content.get("checklist", ())
        for status, note in (findings.get(str(item["code"]), (None, "")),)
        for verdict in (parts.verdicts.get((row.condition.id, str(item["code"]))),)
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
            {
                "key": document.key,
                "grade": document.grade,
                "stance": document.stance,
                "same_voice": [other.key for other in group if other is not document],
            }
            for group in by_voice(row.cited)
            for document in group
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


def evidence_told(rows: Iterable[CycleRow], parts: Parts) -> list[Content]:
    """The public documents that these rows name, by key."""
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
            held = parts.copies.get((document.assessment_id or 0, document.key))
            if held is not None and capture_told(held) not in entry["captures"]:
                entry["captures"].append(capture_told(held))
            if document in row.cited and row.condition.code not in entry["cited_by"]:
                entry["cited_by"].append(row.condition.code)
    for entry in parts.official_documents:
        found.setdefault(entry["key"], entry)
    return [found[key] for key in sorted(found)]
