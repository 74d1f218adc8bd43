"""The rows a closed cycle rests on, each with the hash of all it says."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model

from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Citation,
    Coding,
    ConditionVersion,
    CycleRevision,
    Event,
    EvidenceVersion,
    Finding,
    KeyJudgements,
    OfficialFinding,
    OfficialReport,
    ReviewCycle,
    SearchEntry,
)
from conditions.rules.fingerprint import fingerprint

# The columns that are hashed, by model. A column added later is left out of what was sealed before.
COLUMNS: Final[dict[type[Model], tuple[str, ...]]] = {
    ReviewCycle: (
        *("program_id", "number", "starts_on", "scheduled_due_on", "due_on"),
        *("closed_on", "closed_at", "closed_by_id", "closing_note", "is_skipped"),
    ),
    CycleRevision: (
        *("cycle_id", "starts_on_before", "scheduled_due_on_before", "due_on_before"),
        *("starts_on", "scheduled_due_on", "due_on", "reason", "recorded_at", "recorded_by_id"),
    ),
    Assessment: (
        *("condition_id", "cycle_id", "condition_version_id", "status", "trend", "confidence"),
        *("confidence_reason", "rationale", "limb", "dissent", "authority", "valid_from"),
        *("corrects_id", "correction_note", "author_id", "submitted_at", "submitted_by_id"),
        *("approved_at", "approved_by_id", "approval_note", "sha256", "is_demonstration"),
    ),
    AssessmentAuthor: ("assessment_id", "user_id", "since"),
    Finding: ("assessment_id", "checklist_item_id", "status", "note"),
    Citation: ("assessment_id", "evidence_id", "evidence_version_id", "grade", "stance"),
    ConditionVersion: ("condition_id", "number", "content", "sha256", "recorded_at"),
    EvidenceVersion: ("evidence_id", "number", "content", "sha256", "recorded_at"),
    OfficialFinding: (
        *("condition_id", "cycle_id", "finding", "found_on", "document_id", "note"),
        *("corrects_id", "recorded_at", "recorded_by_id"),
    ),
    OfficialReport: (
        *("cycle_id", "submitted_on", "released_on", "document_id", "note"),
        *("replaces_id", "recorded_at", "recorded_by_id"),
    ),
    SearchEntry: (
        *("condition_id", "checklist_item_id", "cycle_id", "places", "terms", "searched_on"),
        *("result", "note", "corrects_id", "recorded_at", "recorded_by_id"),
    ),
    KeyJudgements: ("cycle_id", "number", "statements", "author_id", "recorded_at"),
    Coding: (
        *("double_coding_id", "coder_id", "status", "limb", "confidence", "rationale"),
        *("findings", "sealed_at", "sha256"),
    ),
    Event: (
        *("at", "actor_id", "verb", "subject_type", "subject_id", "program_id"),
        *("condition_id", "cycle_id", "before", "after", "reason"),
    ),
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """One row by its table and id, with the SHA-256 of what it says."""

    row: str
    sha256: str


def sealed(row: Model) -> Sealed:
    """A row with its hash."""
    values: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS[type(row)]}
    return Sealed(f"{row._meta.model_name} {row.pk}", fingerprint(values))


def rows_under(cycle: ReviewCycle, known_at: datetime) -> Generator[Sealed, None, None]:
    """Every row that a report on ``cycle`` made at ``known_at`` rests on, in a fixed order.

    Events stand last; there may be others of an earlier moment that were written later.
    """
    judged = Assessment.objects.approved().filter(cycle=cycle, approved_at__lte=known_at)
    ids = list(judged.values_list("pk", flat=True))
    by_then = {"cycle": cycle, "recorded_at__lte": known_at}
    of_them = {"assessment__in": ids}
    cited = Citation.objects.filter(**of_them).values("evidence_version")
    wordings = judged.order_by().values("condition_version")
    yield sealed(cycle)
    for rows in (
        CycleRevision.objects.filter(**by_then),
        judged,
        AssessmentAuthor.objects.filter(**of_them),
        Finding.objects.filter(**of_them),
        Citation.objects.filter(**of_them),
        ConditionVersion.objects.filter(pk__in=wordings),
        EvidenceVersion.objects.filter(pk__in=cited),
        OfficialFinding.objects.filter(**by_then),
        OfficialReport.objects.filter(**by_then),
        KeyJudgements.objects.filter(**by_then),
        SearchEntry.objects.filter(**by_then),
        Coding.objects.filter(double_coding__cycle=cycle, sealed_at__lte=known_at),
        Event.objects.filter(cycle=cycle, at__lte=known_at),
    ):
        yield from _each(rows.order_by("pk").iterator(chunk_size=500))


def _each(rows: Iterable[Model]) -> Iterator[Sealed]:
    for row in rows:
        yield sealed(row)
