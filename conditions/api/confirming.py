"""The last judgement of a condition, confirmed unchanged in another cycle."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.confirming import confirm_unchanged
from conditions.api.assessments import told
from conditions.api.bodies import LONGEST_TEXT
from conditions.api.description import describes_write
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import View
from conditions.queries.lists.assessments import AssessmentDetail
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.named import condition_seen, cycle_numbered


class ConfirmationBody(serializers.Serializer):
    """That the last judgement stands unchanged in a cycle, and why."""

    cycle = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="The number of the cycle in which it is confirmed.",
    )
    reason = serializers.CharField(
        max_length=LONGEST_TEXT,
        allow_blank=True,
        help_text="Why nothing has changed, and where you looked.",
    )
    confirms = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        allow_null=True,
        help_text="The id of the judgement you have read; another one is not confirmed.",
    )


@extend_schema_view(
    post=describes_write(
        "confirm_unchanged",
        "Submit the last judgement unchanged in another cycle, for a reason.",
        body=ConfirmationBody,
        row=AssessmentDetail,
        status=201,
    )
)
class ConditionConfirm(View):
    """The address at which the last judgement of a condition is confirmed."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Submit the last judgement unchanged; a reviewer approves it."""
        self.check_parameters(request)
        by = person_writing(request)
        condition = condition_seen(by, pk)
        body = read_body(ConfirmationBody, request)
        saved = confirm_unchanged(
            condition=condition,
            cycle=cycle_numbered(by, condition.program.slug, body["cycle"]),
            reason=body["reason"],
            by=by,
            as_of=clock.now(),
            expected_last=body.get("confirms"),
        )
        return told(request, saved, by, status=201)
