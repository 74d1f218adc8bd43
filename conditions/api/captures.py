"""Captures of a document: listed, asked for, and given out as files."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.captures import order_capture
from conditions.actions.copies import open_copy
from conditions.api.answering import answered
from conditions.api.bodies import NothingBody
from conditions.api.description import READ, describes_list, describes_write, problems
from conditions.api.parsing import read_body
from conditions.api.readers import person_asking, person_writing
from conditions.api.views import ListView, View
from conditions.models import CaptureOrder
from conditions.outbound.attachments import attached_copy
from conditions.outbound.fetching import may_call_outside
from conditions.queries.captures import capture_for
from conditions.queries.lists.captures import (
    CAPTURES,
    CaptureOrderRow,
    captures_of_document,
)
from conditions.queries.named import evidence_seen

ABOUT_CONTENT = "The bytes of a stored copy as a file; whoever opens it stands in its custody log."


@extend_schema_view(
    get=describes_list(
        "evidence_captures",
        CAPTURES,
        "What was captured of a document, and when.",
        refusals=(*READ, 404),
    ),
    post=describes_write(
        "ask_for_capture",
        "Ask for a new copy of a document; the worker makes it.",
        body=NothingBody,
        row=CaptureOrderRow,
        status=202,
    ),
)
class EvidenceCaptures(ListView):
    """The captures of one document, and the address at which another is asked for."""

    listing = CAPTURES

    def get(self, request: Request, pk: int = 0) -> HttpResponse:
        """One page of them, the newest first."""
        evidence_seen(request.user, pk)
        # A view is made for each request.
        self.listing = captures_of_document(pk)  # type: ignore[misc]
        return super().get(request)

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Owe a copy, to be made at once."""
        self.check_parameters(request)
        by = person_writing(request)
        evidence = evidence_seen(by, pk)
        read_body(NothingBody, request)
        order = order_capture(evidence=evidence, by=by, as_of=clock.now(), asked=True)
        return answered(request, _told(order), is_public=False, status=202)


class CaptureContent(View):
    """The bytes of one stored copy."""

    # Not HEAD: asking for a copy opens it.
    http_method_names = ("get",)  # type: ignore[assignment]

    @extend_schema(
        operation_id="get_capture_content",
        summary=ABOUT_CONTENT,
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, ABOUT_CONTENT),
            **problems(*READ, 403, 404, 409),
        },
    )
    def get(self, request: Request, pk: int, capture: int) -> HttpResponse:
        """The file, after its SHA-256 was checked."""
        self.check_parameters(request)
        by = person_asking(request)
        evidence_seen(by, pk)
        found = capture_for(by, capture, evidence_id=pk)
        body = open_copy(capture=found, by=by, as_of=clock.now())
        return attached_copy(found, body)


def _told(order: CaptureOrder | None) -> CaptureOrderRow:
    # Whoever asks gets an order, or a refusal.
    assert order is not None
    return CaptureOrderRow(
        id=order.pk,
        evidence_id=order.evidence_id,
        state=order.state,
        asked_at=order.asked_at,
        next_attempt_at=order.next_attempt_at,
        attempts=order.attempts,
        last_error=order.last_error,
        may_call_outside=may_call_outside(),
    )
