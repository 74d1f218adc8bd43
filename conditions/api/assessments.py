"""Assessments: read, drafted, edited, submitted, returned and approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.assessments import edit_assessment, start_assessment, submit_assessment
from conditions.actions.judgements import ItemFinding, Judgement
from conditions.actions.reviews import approve_assessment, return_assessment
from conditions.actions.steps import ChangedMeanwhile
from conditions.api.answering import answered, expected_revision, stale
from conditions.api.bodies import (
    ApprovalBody,
    AssessmentBody,
    JudgementBody,
    NothingBody,
    ReturnBody,
)
from conditions.api.description import (
    CHANGE,
    describes_list,
    describes_row,
    describes_write,
)
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView, View
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
    *("limb", "dissent"),
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
        return _told(request, saved, by, status=201)


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
        saved = _careful(
            request,
            edit_assessment,
            assessment=assessment,
            judgement=judgement,
            by=by,
            as_of=clock.now(),
            expected_revision=expected,
        )
        return _told(request, saved, by)


class AssessmentStep(View):
    """One step of an assessment between its author and its reviewer."""

    body: ClassVar[type[serializers.Serializer]]

    def take(
        self, assessment: Assessment, said: dict[str, Any], *, by: User, as_of: datetime, at: int
    ) -> Assessment:
        """Take the step from revision ``at``."""
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Take the step, if nobody saved the assessment since it was read."""
        self.check_parameters(request)
        by = person_writing(request)
        assessment = assessment_seen(by, pk)
        expected = expected_revision(request, assessment.revision)
        said = read_body(self.body, request)
        saved = _careful(
            request, self.take, assessment, said, by=by, as_of=clock.now(), at=expected
        )
        return _told(request, saved, by)


def _step(name: str, about: str, body: type[serializers.Serializer]) -> Any:
    return extend_schema_view(
        post=describes_write(
            name, about, body=body, row=AssessmentDetail, status=200, refusals=CHANGE
        )
    )


@_step("submit_assessment", "Hand a draft to review.", NothingBody)
class AssessmentSubmit(AssessmentStep):
    """Hand a draft to review."""

    body = NothingBody

    def take(
        self, assessment: Assessment, said: dict[str, Any], *, by: User, as_of: datetime, at: int
    ) -> Assessment:
        """Submit."""
        return submit_assessment(assessment=assessment, by=by, as_of=as_of, expected_revision=at)


@_step("return_assessment", "Send a submitted assessment back with a reason.", ReturnBody)
class AssessmentReturn(AssessmentStep):
    """Send a submitted assessment back with a reason."""

    body = ReturnBody

    def take(
        self, assessment: Assessment, said: dict[str, Any], *, by: User, as_of: datetime, at: int
    ) -> Assessment:
        """Return."""
        return return_assessment(
            assessment=assessment,
            by=by,
            as_of=as_of,
            reason=said["reason"],
            expected_revision=at,
        )


@_step("approve_assessment", "Approve what somebody else submitted.", ApprovalBody)
class AssessmentApprove(AssessmentStep):
    """Approve what somebody else submitted."""

    body = ApprovalBody

    def take(
        self, assessment: Assessment, said: dict[str, Any], *, by: User, as_of: datetime, at: int
    ) -> Assessment:
        """Approve."""
        return approve_assessment(
            assessment=assessment,
            by=by,
            as_of=as_of,
            expected_revision=at,
            note=said.get("note", ""),
        )


def _careful(request: Request, action: Any, *given: Any, **named: Any) -> Assessment:
    try:
        saved: Assessment = action(*given, **named)
    except ChangedMeanwhile:
        raise stale(request.META["HTTP_IF_MATCH"]) from None
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


def _told(request: Request, saved: Assessment, by: User, *, status: int = 200) -> HttpResponse:
    row = row_of(ASSESSMENT_DETAIL, by, as_of=clock.now(), pk=saved.pk)
    there = request.build_absolute_uri(reverse("api:assessment", args=[saved.pk]))
    return answered(request, row, is_public=False, status=status, Location=there)
