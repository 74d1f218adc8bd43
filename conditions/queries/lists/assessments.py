"""Assessments as rows, and one of them with its findings and citations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from conditions.models import Assessment, Citation, Finding, Program
from conditions.queries.lists.filters import day, moment, number, one_of, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.scale import NOT_YET_ASSESSED_LABEL
from conditions.rules.workflow import WorkState


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """A dated judgement. People, reasons and approval notes are told to the team only.

    ``authority`` says who waived the condition, by which act, where it is judged waived.
    """

    id: int
    program: str
    condition: str
    cycle: int
    state: str
    status: str
    trend: str
    confidence: str
    confidence_reason: str
    rationale: str
    limb: str
    dissent: str
    authority: str
    valid_from: date
    corrects: int | None
    correction_note: str
    condition_version: int
    revision: int
    is_demonstration: bool
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    sha256: str
    author: str | None
    submitted_by: str | None
    approved_by: str | None
    returned_by: str | None
    returned_at: datetime | None
    return_reason: str | None
    approval_note: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    status_label: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """The judgement on one checklist item."""

    checklist_item_id: int
    checklist_item: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A cited item, with its grade and stance when it was cited."""

    evidence_id: int
    evidence: str
    title: str
    evidence_version: int
    grade: str
    stance: str


@dataclass(frozen=True, slots=True)
class AssessmentDetail(AssessmentRow):
    """A judgement with all its parts; citations this reader may not see are only counted."""

    findings: tuple[FindingRow, ...] = ()
    citations: tuple[CitationRow, ...] = ()
    citations_withheld: int = 0


def visible_assessments(reader: Reader) -> QuerySet[Assessment]:
    """Approved judgements of the programs this reader may open; the others too for those who may
    see drafts."""
    rows = Assessment.objects.filter(condition__program__in=Program.objects.for_reader(reader))
    return rows if reader.has_perm("conditions.view_draft_assessment") else rows.approved()


def cited_ids(assessment_id: int) -> tuple[int, ...]:
    """Row ids of everything an assessment cites, whoever may see it. One query."""
    rows = Citation.objects.filter(assessment=assessment_id).order_by("id")
    return tuple(rows.values_list("evidence_id", flat=True))


def _labelled(rows: list[Any], reader: Reader, as_of: datetime) -> list[Any]:
    labels = {
        slug: {"": NOT_YET_ASSESSED_LABEL, **{grade["code"]: grade["label"] for grade in scale}}
        for slug, scale in Program.objects.filter(
            slug__in={row.program for row in rows}
        ).values_list("slug", "status_scale")
    }
    unnamed = {} if reader.has_perm("conditions.view_assessment") else _UNNAMED
    return [
        replace(row, status_label=labels[row.program].get(row.status, row.status), **unnamed)
        for row in rows
    ]


_UNNAMED: dict[str, Any] = {
    "author": None,
    "submitted_by": None,
    "approved_by": None,
    "returned_by": None,
    "returned_at": None,
    "return_reason": None,
    "approval_note": None,
    "withdrawn_by": None,
    "withdrawn_at": None,
    "withdrawal_reason": None,
}


def _with_parts(
    rows: list[AssessmentDetail], reader: Reader, as_of: datetime
) -> list[AssessmentDetail]:
    ids = [row.id for row in rows]
    findings: dict[int, list[FindingRow]] = {}
    judged = Finding.objects.filter(assessment__in=ids).order_by("checklist_item__position", "id")
    for pk, item_id, code, status, note in judged.values_list(
        "assessment_id", "checklist_item_id", "checklist_item__code", "status", "note"
    ):
        findings.setdefault(pk, []).append(FindingRow(item_id, code, status, note))
    seen, withheld = _citations(ids, reader)
    return [
        replace(
            row,
            findings=tuple(findings.get(row.id, ())),
            citations=tuple(seen.get(row.id, ())),
            citations_withheld=withheld.get(row.id, 0),
        )
        for row in _labelled(rows, reader, as_of)
    ]


def _citations(
    ids: list[int], reader: Reader
) -> tuple[dict[int, list[CitationRow]], dict[int, int]]:
    sensitivities = sensitivities_for(reader)
    seen: dict[int, list[CitationRow]] = {}
    withheld: dict[int, int] = {}
    columns = (
        *("assessment_id", "evidence__sensitivity", "evidence_id", "evidence__key"),
        *("evidence__title", "evidence_version__number", "grade", "stance"),
    )
    rows = Citation.objects.filter(assessment__in=ids).order_by("id")
    for pk, sensitivity, *citation in rows.values_list(*columns):
        if sensitivity in sensitivities:
            seen.setdefault(pk, []).append(CitationRow(*citation))
        else:
            withheld[pk] = withheld.get(pk, 0) + 1
    return seen, withheld


_COLUMNS = (
    *("id", "condition__program__slug", "condition__code", "cycle__number", "state", "status"),
    *("trend", "confidence", "confidence_reason", "rationale", "limb", "dissent"),
    *("authority", "valid_from"),
    *("corrects_id", "correction_note", "condition_version__number", "revision"),
    *("is_demonstration", "created_at", "updated_at", "submitted_at", "approved_at", "sha256"),
    *("author__username", "submitted_by__username", "approved_by__username"),
    *("returned_by__username", "returned_at", "return_reason", "approval_note"),
    *("withdrawn_by__username", "withdrawn_at", "withdrawal_reason"),
)
ASSESSMENTS = Listing(
    row=AssessmentRow,
    columns=_COLUMNS,
    visible=visible_assessments,
    filters=(
        text("program", "The program's slug.", "condition__program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        number("cycle", "The cycle's number.", "cycle__number"),
        one_of("state", "The work state.", [state.value for state in WorkState], "state"),
        text("status", "The status code, such as 2 or U.", "status"),
        day("valid_after", "Holds from a day after this one.", "valid_from__gt"),
        day("valid_before", "Holds from a day before this one.", "valid_from__lt"),
        yes_no("is_demonstration", "Whether it is a demonstration.", "is_demonstration"),
        moment("changed_since", "Written or moved on at this moment or later.", "updated_at__gte"),
    ),
    orderings=("-id", "id", "valid_from", "-valid_from", "updated_at", "-updated_at"),
    complete=_labelled,
)
ASSESSMENT_DETAIL = Listing(
    row=AssessmentDetail,
    columns=_COLUMNS,
    visible=visible_assessments,
    filters=(),
    orderings=("id",),
    complete=_with_parts,
)
