"""What stands in a report beside our own judgements: official findings, counts, agreement."""

from __future__ import annotations

from typing import Any

from conditions.models import (
    Evidence,
    EvidenceVersion,
    OfficialFinding,
    OfficialReport,
    Program,
)
from conditions.queries.agreement import agreement_of
from conditions.queries.asof import AsOf
from conditions.queries.captures import HeldCopy, held_copies
from conditions.queries.cycle_judgements import spans_of
from conditions.queries.cycle_page import CyclePage
from conditions.queries.cycles import program_cycles
from conditions.queries.escalation import periods_of
from conditions.queries.exhibits import is_open
from conditions.queries.status import PUBLIC
from conditions.rules.release import window_of

Plain = dict[str, Any]


def official_told(page: CyclePage, as_of: AsOf) -> tuple[dict[int, Plain], list[Plain]]:
    """The official findings on a cycle by condition id, and the public documents they name."""
    rows = (
        OfficialFinding.objects.known_at(as_of.known_at)
        .filter(cycle=page.cycle.id)
        .select_related("document__source")
        .order_by("condition__position", "pk")
    )
    found, documents = {}, {}
    for row in rows:
        document = _public(row.document, as_of)
        if document:
            documents[document["key"]] = document
        found[row.condition_id] = {
            "finding": row.finding,
            "label": row.get_finding_display(),
            "found_on": row.found_on.isoformat(),
            "note": row.note,
            "document": document["key"] if document else "",
        }
    return found, list(documents.values())


def submission_told(page: CyclePage, as_of: AsOf) -> tuple[Plain | None, list[Plain]]:
    """The official report on a cycle with its release window, and its document if public."""
    row = (
        OfficialReport.objects.known_at(as_of.known_at)
        .filter(cycle=page.cycle.id)
        .select_related("document__source")
        .first()
    )
    if row is None:
        return None, []
    window, document = window_of(row.submitted_on), _public(row.document, as_of)
    told = {
        "submitted_on": row.submitted_on.isoformat(),
        "released_on": row.released_on.isoformat() if row.released_on else None,
        "opens_on": window.opens_on.isoformat(),
        "closes_on": window.closes_on.isoformat(),
        "document": document["key"] if document else "",
    }
    return told, [document] if document else []


def escalation_told(program: Program, page: CyclePage, as_of: AsOf) -> Plain | None:
    """The consecutive-period rule and both counts; None where the text has no such rule."""
    # Counted as of its closing, or the cycle itself would not be counted yet.
    day = max(page.cycle.closed_on or as_of.valid_at, as_of.valid_at)
    closed = AsOf(day, as_of.known_at)
    runs = periods_of(
        program,
        closed,
        cycles=program_cycles(program, closed),
        conditions=spans_of(program, as_of.known_at),
    )
    if not runs:
        return None
    rule = runs[0].rule
    return {
        "consequence": rule.consequence,
        "legal_effect": rule.legal_effect.value,
        "citation": str((program.consecutive_rule or {}).get("citation", "")),
        "runs": [
            {
                "basis": run.basis.value,
                "current": run.streak.current,
                "needed": run.streak.needed,
                "counted": list(run.counted),
                "missing": list(run.missing),
                "has_fired": run.has_fired,
            }
            for run in runs
        ],
    }


def agreement_told(page: CyclePage, as_of: AsOf) -> list[Plain]:
    """How far two blind coders agreed in the cycle; empty where nothing was coded twice."""
    report = agreement_of([page.cycle.id], as_of.known_at)
    if not report.double_codings:
        return []
    return [
        {
            "unit": unit,
            "pairs": found.n,
            "agreed": found.agreed,
            "outside": found.outside_n,
            "outside_agreed": found.outside_agreed,
            "kappa": found.kappa,
            "low": found.low,
            "high": found.high,
            "reason": found.reason,
        }
        for unit, found in (("checklist item", report.items), ("condition", report.conditions))
    ]


def capture_told(copy: HeldCopy) -> Plain:
    """A copy as a report names it."""
    return {
        "sha256": copy.sha256,
        "captured_at": copy.captured_at.isoformat(),
        "final_url": copy.final_url,
    }


def _public(evidence: Evidence | None, as_of: AsOf) -> Plain | None:
    """The document as the annex lists it, where anybody may see it."""
    if evidence is None or evidence.sensitivity not in PUBLIC:
        return None
    version = (
        EvidenceVersion.objects.filter(evidence=evidence, recorded_at__lte=as_of.known_at)
        .order_by("-number")
        .first()
    )
    if version is None or not is_open(version.content, PUBLIC):
        return None
    told = version.content
    held = held_copies([evidence.pk], known_at=as_of.known_at).get(evidence.pk)
    return {
        "key": evidence.key,
        "title": str(told.get("title", evidence.title)),
        "url": str(told.get("url", evidence.url)),
        "reference": str(told.get("reference", evidence.reference)),
        "publisher": str(told.get("publisher", evidence.source.name)),
        "published_on": told.get("published_on"),
        "happened": "",
        "language": str(told.get("language", evidence.language)),
        "summary": str(told.get("summary", evidence.summary)),
        "grade": f"{evidence.source.reliability}{told.get('credibility', evidence.credibility)}",
        "is_primary": bool(told.get("is_primary", evidence.is_primary)),
        "version": version.number,
        "sha256": version.sha256,
        "captures": [capture_told(held)] if held else [],
        "cited_by": [],
    }
