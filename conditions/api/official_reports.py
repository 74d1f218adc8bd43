"""Official reports: read, recorded and replaced."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.official_reports import record_official_report
from conditions.api.bodies import LONGEST_TEXT
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.lists.official_reports import (
    OFFICIAL_REPORTS,
    OfficialReportRow,
    official_report_seen,
)
from conditions.queries.named import cycle_numbered, evidence_seen


class OfficialReportBody(serializers.Serializer):
    """That the assessor of record sent its report on a cycle."""

    program = serializers.CharField(max_length=60, help_text="The program's slug.")
    cycle = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="The cycle's number."
    )
    submitted_on = serializers.DateField(help_text="The day it was sent, as 2026-03-18.")
    released_on = serializers.DateField(
        required=False, allow_null=True, help_text="The day its text became public, or none."
    )
    document_id = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        allow_null=True,
        help_text="The evidence item that is the report.",
    )
    note = serializers.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        help_text="What stands out; why, for a record that replaces another.",
    )
    replaces = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        allow_null=True,
        help_text="The id of the record it replaces.",
    )


@extend_schema_view(
    get=describes_list("official_reports", OFFICIAL_REPORTS, "Official reports that were sent."),
    post=describes_write(
        "record_official_report",
        "Record that an official report was sent or became public, or replace an earlier record.",
        body=OfficialReportBody,
        row=OfficialReportRow,
        status=201,
    ),
)
class OfficialReportList(ListView):
    """Official reports, and the address at which one is recorded."""

    listing = OFFICIAL_REPORTS

    def post(self, request: Request) -> HttpResponse:
        """Record one; what replaces an earlier record says which, and why."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(OfficialReportBody, request)
        document, replaces = body.get("document_id"), body.get("replaces")
        saved = record_official_report(
            cycle=cycle_numbered(by, body["program"], body["cycle"]),
            submitted_on=body["submitted_on"],
            released_on=body.get("released_on"),
            by=by,
            as_of=clock.now(),
            document=evidence_seen(by, document, field="document_id") if document else None,
            note=body.get("note", ""),
            replaces=official_report_seen(by, replaces, field="replaces") if replaces else None,
        )
        return made(request, OFFICIAL_REPORTS, by, "official-report", saved.pk)


@extend_schema_view(
    get=describes_row("official_report", OfficialReportRow, "One official report by its id.")
)
class OfficialReportOne(RowView):
    """The record of one official report."""

    listing = OFFICIAL_REPORTS
