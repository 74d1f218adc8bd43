"""Published reports: listed, told by id, given to the byte, and corrected by a new version."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.publishing import publish_correction
from conditions.api.answering import JSON, finished
from conditions.api.bodies import LONGEST_TEXT
from conditions.api.description import (
    NOT_MODIFIED,
    READ,
    describes_list,
    describes_row,
    describes_write,
    if_none_match,
    problems,
)
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView, View
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.lists.publications import PUBLICATIONS, PublicationRow, publication_data
from conditions.queries.named import cycle_numbered

ABOUT_DATA = "The data of a published report, to the byte: their SHA-256 is the publication's."


class CorrectionBody(serializers.Serializer):
    """A new version of the report on a closed cycle."""

    program = serializers.CharField(max_length=60, help_text="The program's slug.")
    cycle = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="The cycle's number."
    )
    note = serializers.CharField(
        max_length=LONGEST_TEXT, allow_blank=True, help_text="What it corrects, and why."
    )


@extend_schema_view(
    get=describes_list("publications", PUBLICATIONS, "Published reports."),
    post=describes_write(
        "publish_correction",
        "Publish a corrected version of a closed cycle's report; the old one stays as it is.",
        body=CorrectionBody,
        row=PublicationRow,
        status=201,
    ),
)
class PublicationList(ListView):
    """Published reports, the newest first, and the address at which one is corrected."""

    listing = PUBLICATIONS

    def post(self, request: Request) -> HttpResponse:
        """Publish a new version."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(CorrectionBody, request)
        saved = publish_correction(
            cycle=cycle_numbered(by, body["program"], body["cycle"]),
            note=body["note"],
            by=by,
            as_of=clock.now(),
        )
        return made(request, PUBLICATIONS, by, "publication", saved.pk)


@extend_schema_view(
    get=describes_row("publication", PublicationRow, "One published report by its id.")
)
class PublicationOne(RowView):
    """One published report."""

    listing = PUBLICATIONS


class PublicationContent(View):
    """What the SHA-256 of a publication is the hash of."""

    @extend_schema(
        operation_id="get_publication_content",
        summary=ABOUT_DATA,
        parameters=[if_none_match()],
        responses={
            (200, JSON): OpenApiResponse(OpenApiTypes.OBJECT, ABOUT_DATA),
            304: NOT_MODIFIED,
            **problems(*READ, 404),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The stored bytes; the ETag is their hash."""
        self.check_parameters(request)
        body, sha256 = publication_data(request.user, pk)
        return finished(
            request._request,
            body,
            etag=f'"{sha256}"',
            content_type=JSON,
            is_public=not request.user.is_authenticated,
        )
