"""Evidence: read, filed and amended."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.evidence import (
    AlreadyOnFile,
    EvidenceChangedMeanwhile,
    EvidenceItem,
    amend_evidence,
    file_evidence,
)
from conditions.api.answering import answered, expected_revision, stale
from conditions.api.bodies import AmendmentBody, EvidenceBody
from conditions.api.description import CHANGE, describes_list, describes_row, describes_write
from conditions.api.links import link_item
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.problems import OnFileAlready
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.queries.lists.evidence import EVIDENCE, EVIDENCE_DETAIL, EvidenceDetail
from conditions.queries.lists.paging import row_of
from conditions.queries.named import evidence_seen


@extend_schema_view(
    get=describes_list("evidence", EVIDENCE, "Published items, in our own words."),
    post=describes_write(
        "file_evidence",
        "File a document, with what it bears on. One on file already is refused with its address.",
        body=EvidenceBody,
        row=EvidenceDetail,
        status=201,
    ),
)
class EvidenceList(ListView):
    """Evidence, and the address at which a document is filed."""

    listing = EVIDENCE

    def post(self, request: Request) -> HttpResponse:
        """File a document, with what it bears on."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(EvidenceBody, request)
        said = body.pop("links", ())
        links = [link_item(by, one, f"links[{at}].") for at, one in enumerate(said)]
        carry = body.pop("carry", True)
        try:
            saved = file_evidence(
                item=EvidenceItem(**body), by=by, as_of=clock.now(), links=links, carry=carry
            )
        except AlreadyOnFile as refusal:
            raise _on_file(request, refusal) from None
        return made(request, EVIDENCE_DETAIL, by, "evidence", saved.pk)


@extend_schema_view(
    get=describes_row("evidence", EvidenceDetail, "One published item with its longer notes."),
    patch=describes_write(
        "amend_evidence",
        "Say otherwise about a document, with a reason; the earlier text stays on record.",
        body=AmendmentBody(partial=True),
        row=EvidenceDetail,
        status=200,
        refusals=CHANGE,
    ),
)
class EvidenceOne(RowView):
    """One document, and the address at which it is amended."""

    listing = EVIDENCE_DETAIL

    def patch(self, request: Request, pk: int) -> HttpResponse:
        """Amend what is said about a document; what is left out stays."""
        self.check_parameters(request)
        by = person_writing(request)
        evidence = evidence_seen(by, pk)
        expected = expected_revision(request, evidence.revision)
        body = read_body(AmendmentBody, request, partial=True)
        reason = body.pop("reason", "")
        try:
            amend_evidence(
                evidence=evidence,
                item=replace(EvidenceItem.of(evidence), **body),
                by=by,
                as_of=clock.now(),
                expected_revision=expected,
                reason=reason,
            )
        except EvidenceChangedMeanwhile:
            raise stale(request.headers["if-match"]) from None
        except AlreadyOnFile as refusal:
            raise _on_file(request, refusal) from None
        row = row_of(EVIDENCE_DETAIL, by, as_of=clock.now(), pk=pk)
        return answered(request, row, is_public=False)


def _on_file(request: Request, refusal: AlreadyOnFile) -> OnFileAlready:
    there = reverse("api:evidence", args=[refusal.existing.pk])
    return OnFileAlready(refusal, request.build_absolute_uri(there))
