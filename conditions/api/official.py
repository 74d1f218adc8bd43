"""Official findings: read, recorded and corrected."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.official import record_official_finding
from conditions.api.bodies import OfficialFindingBody
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.queries.lists.record import OFFICIAL_FINDINGS, OfficialFindingRow
from conditions.queries.named import (
    condition_named,
    cycle_numbered,
    evidence_seen,
    official_finding_seen,
)


@extend_schema_view(
    get=describes_list("official_findings", OFFICIAL_FINDINGS, "What the assessor of record said."),
    post=describes_write(
        "record_official_finding",
        "Record what the assessor of record said, or correct an earlier record.",
        body=OfficialFindingBody,
        row=OfficialFindingRow,
        status=201,
    ),
)
class OfficialFindingList(ListView):
    """Official findings, and the address at which one is recorded."""

    listing = OFFICIAL_FINDINGS

    def post(self, request: Request) -> HttpResponse:
        """Record what was said; a correction says which record it corrects, and why."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(OfficialFindingBody, request)
        document, corrects = body.get("document_id"), body.get("corrects")
        saved = record_official_finding(
            condition=condition_named(by, body["program"], body["condition"]),
            cycle=cycle_numbered(by, body["program"], body["cycle"]),
            finding=body["finding"],
            found_on=body["found_on"],
            by=by,
            as_of=clock.now(),
            document=evidence_seen(by, document, field="document_id") if document else None,
            note=body.get("note", ""),
            corrects=(official_finding_seen(by, corrects, field="corrects") if corrects else None),
        )
        return made(request, OFFICIAL_FINDINGS, by, "official-finding", saved.pk)


@extend_schema_view(
    get=describes_row("official_finding", OfficialFindingRow, "One official finding by its id.")
)
class OfficialFindingOne(RowView):
    """One official finding."""

    listing = OFFICIAL_FINDINGS
