"""A condition waived by a named authority, submitted as the judgement that it is."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.authorities import LONGEST_AUTHORITY
from conditions.actions.waiving import waive_condition
from conditions.api.assessments import told
from conditions.api.bodies import LONGEST_TEXT
from conditions.api.description import describes_write
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import View
from conditions.queries.lists.assessments import AssessmentDetail
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.named import condition_seen, cycle_numbered


class WaiverBody(serializers.Serializer):
    """Who waived the condition, by which act, and on which ground."""

    cycle = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="The number of the cycle in which it is waived.",
    )
    authority = serializers.CharField(
        max_length=LONGEST_AUTHORITY,
        allow_blank=True,
        help_text="Who waived the condition, by which act.",
    )
    reason = serializers.CharField(
        max_length=LONGEST_TEXT,
        allow_blank=True,
        help_text="What was waived, on which ground.",
    )


@extend_schema_view(
    post=describes_write(
        "waive_condition",
        "Submit the judgement that a named authority waived a condition.",
        body=WaiverBody,
        row=AssessmentDetail,
        status=201,
    )
)
class ConditionWaive(View):
    """The address at which a condition is judged waived."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Submit the waiver; a reviewer approves it."""
        self.check_parameters(request)
        by = person_writing(request)
        condition = condition_seen(by, pk)
        body = read_body(WaiverBody, request)
        saved = waive_condition(
            condition=condition,
            cycle=cycle_numbered(by, condition.program.slug, body["cycle"]),
            authority=body["authority"],
            reason=body["reason"],
            by=by,
            as_of=clock.now(),
        )
        return told(request, saved, by, status=201)
