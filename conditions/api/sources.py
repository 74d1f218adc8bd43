"""Sources: read and added."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.sources import SourceItem, add_source
from conditions.api.bodies import SourceBody
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.queries.lists.evidence import SOURCES, SourceRow


@extend_schema_view(
    get=describes_list("sources", SOURCES, "Who publishes, and how reliable we hold them."),
    post=describes_write(
        "add_source", "Put a source on file.", body=SourceBody, row=SourceRow, status=201
    ),
)
class SourceList(ListView):
    """Sources, and the address at which one is added."""

    listing = SOURCES

    def post(self, request: Request) -> HttpResponse:
        """Put a source on file, with its first grade."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(SourceBody, request)
        reliability, reason = body.pop("reliability"), body.pop("reason")
        saved = add_source(
            item=SourceItem(**body),
            reliability=reliability,
            reason=reason,
            by=by,
            as_of=clock.now(),
        )
        return made(request, SOURCES, by, "source", saved.pk)


@extend_schema_view(get=describes_row("source", SourceRow, "One source by its id."))
class SourceOne(RowView):
    """One source."""

    listing = SOURCES
