"""Published reports: listed, told by id, and given to the byte."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request

from conditions.api.answering import JSON, finished
from conditions.api.description import (
    NOT_MODIFIED,
    READ,
    describes_list,
    describes_row,
    if_none_match,
    problems,
)
from conditions.api.views import ListView, RowView, View
from conditions.queries.lists.publications import PUBLICATIONS, PublicationRow, publication_data

ABOUT_DATA = "The data of a published report, to the byte: their SHA-256 is the publication's."


@extend_schema_view(get=describes_list("publications", PUBLICATIONS, "Published reports."))
class PublicationList(ListView):
    """Published reports, the newest first."""

    listing = PUBLICATIONS


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
