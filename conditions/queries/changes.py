"""What an assessment changes against the judgement before it, for the eyes of a reviewer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from conditions.models import Assessment, Citation, Event
from conditions.queries.proposals import last_judgement
from conditions.rules.status import Scale

MARKS = (
    *("status", "authority", "trend", "confidence", "confidence_reason"),
    *("limb", "dissent", "valid_from"),
)
LABELS = {
    "status": "Status",
    "authority": "Waived by",
    "trend": "Trend",
    "confidence": "Confidence",
    "confidence_reason": "Why that confidence",
    "limb": "Limb",
    "dissent": "Dissent",
    "valid_from": "Holds from",
    "rationale": "Rationale",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One part of two judgements side by side, as words."""

    name: str
    label: str
    before: str
    after: str
    note_before: str = ""
    note: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the two differ, the note included."""
        return (self.before, self.note_before) != (self.after, self.note)


@dataclass(frozen=True, slots=True)
class Review:
    """One assessment as its reviewer reads it, beside the judgement before it."""

    assessment: Assessment
    last: Assessment | None
    marks: tuple[Change, ...]
    findings: tuple[Change, ...]
    citations: tuple[Citation, ...]
    new_citations: frozenset[int]
    dropped: tuple[Citation, ...]
    hidden: int
    authors: tuple[str, ...]
    author_ids: frozenset[int]
    events: tuple[Event, ...]


def review_of(assessment: Assessment, *, as_of: datetime, sensitivities: Collection[str]) -> Review:
    """The whole of a review. Eight queries.

    Citations of documents that ``sensitivities`` do not open are counted as ``hidden``, not shown.
    """
    last = assessment.corrects or last_judgement(
        assessment.condition,
        valid_at=assessment.valid_from,
        as_of=assessment.approved_at or as_of,
        besides=assessment.pk,
    )
    both = [row for row in (assessment, last) if row is not None]
    cited: dict[int, list[Citation]] = {row.pk: [] for row in both}
    hidden = 0
    for citation in Citation.objects.of(both).select_related("evidence_version").order_by("id"):
        if citation.evidence.sensitivity in sensitivities:
            cited[citation.assessment_id].append(citation)
        elif citation.assessment_id == assessment.pk:
            hidden += 1
    before = cited[last.pk] if last else []
    known = {citation.evidence_id for citation in before}
    kept = {citation.evidence_id for citation in cited[assessment.pk]}
    writers = list(assessment.authors.select_related("user"))
    scale = assessment.condition.program.scale
    return Review(
        assessment=assessment,
        last=last,
        marks=tuple(
            Change(name, LABELS[name], words(last, name, scale), words(assessment, name, scale))
            for name in MARKS
        ),
        findings=_findings(assessment, last, scale),
        citations=tuple(cited[assessment.pk]),
        new_citations=frozenset(kept - known),
        dropped=tuple(citation for citation in before if citation.evidence_id not in kept),
        hidden=hidden,
        authors=tuple(str(writer.user) for writer in writers),
        author_ids=frozenset({assessment.author_id, *(writer.user_id for writer in writers)}),
        events=tuple(
            Event.objects.filter(subject_type="assessment", subject_id=str(assessment.pk))
            .select_related("actor")
            .order_by("id")
        ),
    )


def words(assessment: Assessment | None, name: str, scale: Scale) -> str:
    """One part of a judgement as a person reads it; empty when there is none."""
    if assessment is None:
        return ""
    match name:
        case "status":
            return status_words(assessment.status, scale)
        case "valid_from":
            return f"{assessment.valid_from.day} {assessment.valid_from:%b %Y}"
        case "trend" | "confidence" | "limb":
            value: str = getattr(assessment, name)
            return value.replace("_", " ").capitalize()
    return str(getattr(assessment, name))


def status_words(code: str, scale: Scale) -> str:
    """A status with its code, such as “2 Partially met”; empty for none."""
    return f"{code} {scale.label(code)}" if code else ""


def _findings(assessment: Assessment, last: Assessment | None, scale: Scale) -> tuple[Change, ...]:
    before = _by_item(last) if last else {}
    after = _by_item(assessment)
    order = {code: position for code, (_, _, _, position) in {**before, **after}.items()}
    nothing = ("", "", "", 0)
    return tuple(
        Change(
            name=code,
            label=(after.get(code) or before[code])[2],
            before=status_words(before.get(code, nothing)[0], scale),
            after=status_words(after.get(code, nothing)[0], scale),
            note_before=before.get(code, nothing)[1],
            note=after.get(code, nothing)[1],
        )
        for code in sorted(order, key=lambda code: order[code])
    )


def _by_item(assessment: Assessment) -> Mapping[str, tuple[str, str, str, int]]:
    return {
        finding.checklist_item.code: (
            finding.status,
            finding.note,
            finding.checklist_item.statement,
            finding.checklist_item.position,
        )
        for finding in assessment.findings.select_related("checklist_item")
    }
