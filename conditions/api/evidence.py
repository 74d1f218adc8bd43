"""Evidence, its links and its sources: read, filed, amended, linked and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.evidence import (
    AlreadyOnFile,
    EvidenceChangedMeanwhile,
    EvidenceItem,
    LinkItem,
    amend_evidence,
    file_evidence,
    link_evidence,
    withdraw_link,
)
from conditions.actions.sources import SourceItem, add_source
from conditions.api.answering import answered, expected_revision, stale
from conditions.api.bodies import (
    AmendmentBody,
    EvidenceBody,
    EvidenceLinkBody,
    SourceBody,
    WithdrawalBody,
)
from conditions.api.description import CHANGE, describes_list, describes_row, describes_write
from conditions.api.parsing import read_body
from conditions.api.problems import OnFileAlready
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView, View
from conditions.models import User
from conditions.queries.lists.evidence import (
    EVIDENCE,
    EVIDENCE_DETAIL,
    EVIDENCE_LINKS,
    SOURCES,
    EvidenceDetail,
    EvidenceLinkRow,
    SourceRow,
)
from conditions.queries.lists.paging import Listing, row_of
from conditions.queries.named import condition_named, evidence_seen, item_named, link_seen


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
        return _made(request, SOURCES, by, "source", saved.pk)


@extend_schema_view(get=describes_row("source", SourceRow, "One source by its id."))
class SourceOne(RowView):
    """One source."""

    listing = SOURCES


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
        links = [_link(by, one, f"links[{at}].") for at, one in enumerate(body.pop("links", ()))]
        carry = body.pop("carry", True)
        try:
            saved = file_evidence(
                item=EvidenceItem(**body), by=by, as_of=clock.now(), links=links, carry=carry
            )
        except AlreadyOnFile as refusal:
            raise _on_file(request, refusal) from None
        return _made(request, EVIDENCE_DETAIL, by, "evidence", saved.pk)


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
            raise stale(request.META["HTTP_IF_MATCH"]) from None
        except AlreadyOnFile as refusal:
            raise _on_file(request, refusal) from None
        row = row_of(EVIDENCE_DETAIL, by, as_of=clock.now(), pk=pk)
        return answered(request, row, is_public=False)


@extend_schema_view(
    get=describes_list("evidence_links", EVIDENCE_LINKS, "What documents bear on, and how."),
    post=describes_write(
        "link_evidence",
        "Say that a document on file bears on a condition.",
        body=EvidenceLinkBody,
        row=EvidenceLinkRow,
        status=201,
    ),
)
class EvidenceLinkList(ListView):
    """Links, and the address at which one is recorded."""

    listing = EVIDENCE_LINKS

    def post(self, request: Request) -> HttpResponse:
        """Say that a document on file bears on a condition."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(EvidenceLinkBody, request)
        saved = link_evidence(
            evidence=evidence_seen(by, body["evidence_id"], field="evidence_id"),
            link=_link(by, body, ""),
            by=by,
            as_of=clock.now(),
            carry=body.get("carry", True),
        )
        return _made(request, EVIDENCE_LINKS, by, "evidence-link", saved[0].pk)


@extend_schema_view(get=describes_row("evidence_link", EvidenceLinkRow, "One link by its id."))
class EvidenceLinkOne(RowView):
    """One link."""

    listing = EVIDENCE_LINKS


@extend_schema_view(
    post=describes_write(
        "withdraw_evidence_link",
        "Take back a link, with a reason; it stays on record.",
        body=WithdrawalBody,
        row=EvidenceLinkRow,
        status=200,
    )
)
class EvidenceLinkWithdraw(View):
    """The address at which a link is taken back."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Take back a link, with a reason."""
        self.check_parameters(request)
        by = person_writing(request)
        link = link_seen(by, pk)
        body = read_body(WithdrawalBody, request)
        withdraw_link(
            link=link,
            reason=body["reason"],
            by=by,
            as_of=clock.now(),
            carry=body.get("carry", True),
        )
        row = row_of(EVIDENCE_LINKS, by, as_of=clock.now(), pk=pk)
        return answered(request, row, is_public=False)


def _link(by: User, said: dict[str, Any], place: str) -> LinkItem:
    condition = condition_named(by, said["program"], said["condition"])
    code = said.get("checklist_item")
    item = item_named(condition, code, field=f"{place}checklist_item") if code else None
    return LinkItem(
        condition_id=condition.pk,
        stance=said["stance"],
        checklist_item_id=item.pk if item else None,
        note=said.get("note", ""),
    )


def _made(request: Request, listing: Listing[Any], by: User, name: str, pk: int) -> HttpResponse:
    row = row_of(listing, by, as_of=clock.now(), pk=pk)
    there = request.build_absolute_uri(reverse(f"api:{name}", args=[pk]))
    return answered(request, row, is_public=False, status=201, Location=there)


def _on_file(request: Request, refusal: AlreadyOnFile) -> OnFileAlready:
    there = reverse("api:evidence", args=[refusal.existing.pk])
    return OnFileAlready(refusal, request.build_absolute_uri(there))
