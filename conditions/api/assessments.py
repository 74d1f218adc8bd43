"""Assessments: read, drafted and edited."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.assessments import edit_assessment, start_assessment
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.steps import ChangedMeanwhile
from conditions.api.answering import answered, expected_revision, stale
from conditions.api.bodies import (
    AssessmentBody,
    JudgementBody,
)
from conditions.api.description import (
    CHANGE,
    describes_list,
    describes_row,
    describes_write,
)
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.models import Assessment, Condition, User
from conditions.queries.lists.assessments import (
    ASSESSMENT_DETAIL,
    ASSESSMENTS,
    AssessmentDetail,
    cited_ids,
)
from conditions.queries.lists.paging import row_of
from conditions.queries.named import (
    assessment_seen,
    condition_named,
    cycle_numbered,
    item_named,
)

_SAID = (
    *("rationale", "valid_from", "status", "trend", "confidence", "confidence_reason"),
    *("limb", "dissent", "authority"),
)


@extend_schema_view(
    get=describes_list(
        "assessments", ASSESSMENTS, "Judgements; for the team also those still in work."
    ),
    post=describes_write(
        "draft_assessment",
        "Write the first draft of a judgement.",
        body=AssessmentBody,
        row=AssessmentDetail,
        status=201,
    ),
)
class AssessmentList(ListView):
    """Judgements, and the address at which a draft is written."""

    listing = ASSESSMENTS

    def post(self, request: Request) -> HttpResponse:
        """Write the first draft of a judgement."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(AssessmentBody, request)
        condition = condition_named(by, body["program"], body["condition"])
        corrects = body.get("corrects")
        saved = start_assessment(
            condition=condition,
            cycle=cycle_numbered(by, body["program"], body["cycle"]),
            judgement=_judgement(body, condition, ()),
            by=by,
            as_of=clock.now(),
            corrects=assessment_seen(by, corrects) if corrects else None,
            correction_note=body.get("correction_note", ""),
        )
        return told(request, saved, by, status=201)


@extend_schema_view(
    get=describes_row("assessment", AssessmentDetail, "One judgement with all its parts."),
    patch=describes_write(
        "edit_assessment",
        "Change what a draft or returned assessment says.",
        body=JudgementBody(partial=True),
        row=AssessmentDetail,
        status=200,
        refusals=CHANGE,
    ),
)
class AssessmentOne(RowView):
    """One judgement, and the address at which its draft is edited."""

    listing = ASSESSMENT_DETAIL

    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Change what a draft or returned assessment says; what is left out stays."""
        self.check_parameters(request)
        by = person_writing(request)
        assessment = assessment_seen(by, pk)
        expected = expected_revision(request, assessment.revision)
        body = read_body(JudgementBody, request, partial=True)
        present = {name: getattr(assessment, name) for name in _SAID}
        row = row_of(ASSESSMENT_DETAIL, by, as_of=clock.now(), pk=pk)
        cited = tuple(body["cited"]) if "cited" in body else cited_ids(pk)
        findings = tuple(
            ItemFinding(one.checklist_item_id, one.status, one.note) for one in row.findings
        )
        judgement = _judgement(present | body | {"cited": cited}, assessment.condition, findings)
        saved = carefully(
            request,
            edit_assessment,
            assessment=assessment,
            judgement=judgement,
            by=by,
            as_of=clock.now(),
            expected_revision=expected,
        )
        return told(request, saved, by)


def carefully(request: Request, action: Any, *given: Any, **named: Any) -> Assessment:
    """The action's outcome; work overtaken meanwhile is told as the If-Match that it missed."""
    try:
        saved: Assessment = action(*given, **named)
    except ChangedMeanwhile:
        raise stale(request.headers["if-match"]) from None
    return saved


def _judgement(
    said: dict[str, Any], condition: Condition, findings: tuple[ItemFinding, ...]
) -> Judgement:
    if "findings" in said:
        findings = tuple(
            ItemFinding(
                item_named(
                    condition, one["checklist_item"], field=f"findings[{at}].checklist_item"
                ).pk,
                one.get("status", ""),
                one.get("note", ""),
            )
            for at, one in enumerate(said["findings"])
        )
    return Judgement(
        **{name: said[name] for name in _SAID if name in said},
        findings=findings,
        cited=tuple(said.get("cited", ())),
    )


def told(request: Request, saved: Assessment, by: User, *, status: int = 200) -> HttpResponse:
    """The assessment as it is now, with its address and ETag."""
    row = row_of(ASSESSMENT_DETAIL, by, as_of=clock.now(), pk=saved.pk)
    there = request.build_absolute_uri(reverse("api:assessment", args=[saved.pk]))
    return answered(request, row, is_public=False, status=status, Location=there)
