"""The steps of an assessment between its author and its reviewer, and the one out of its work."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.assessments import submit_assessment
from conditions.actions.reviews import approve_assessment, return_assessment
from conditions.actions.withdrawing import withdraw_assessment
from conditions.api.answering import expected_revision
from conditions.api.assessments import carefully, told
from conditions.api.bodies import ApprovalBody, GivingUpBody, NothingBody, ReturnBody
from conditions.api.description import CHANGE, describes_write
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import View
from conditions.models import Assessment, User
from conditions.queries.lists.assessments import AssessmentDetail
from conditions.queries.named import assessment_seen


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
        saved = carefully(
            request, self.take, assessment, said, by=by, as_of=clock.now(), at=expected
        )
        return told(request, saved, by)


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


@_step("withdraw_assessment", "Give up a draft or returned assessment for good.", GivingUpBody)
class AssessmentWithdraw(AssessmentStep):
    """Give up a draft or returned assessment for good."""

    body = GivingUpBody

    def take(
        self, assessment: Assessment, said: dict[str, Any], *, by: User, as_of: datetime, at: int
    ) -> Assessment:
        """Withdraw."""
        return withdraw_assessment(
            assessment=assessment,
            by=by,
            as_of=as_of,
            reason=said["reason"],
            expected_revision=at,
        )
