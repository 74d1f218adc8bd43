"""What documents bear on: read, linked and withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.evidence import LinkItem, link_evidence, withdraw_link
from conditions.api.answering import answered
from conditions.api.bodies import EvidenceLinkBody, WithdrawalBody
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView, View
from conditions.models import User
from conditions.queries.lists.evidence import EVIDENCE_LINKS, EvidenceLinkRow
from conditions.queries.lists.paging import row_of
from conditions.queries.named import condition_named, evidence_seen, item_named, link_seen


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
            link=link_item(by, body, ""),
            by=by,
            as_of=clock.now(),
            carry=body.get("carry", True),
        )
        return made(request, EVIDENCE_LINKS, by, "evidence-link", saved[0].pk)


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


def link_item(by: User, said: dict[str, Any], place: str) -> LinkItem:
    """A link as it was sent, in rows; ``place`` is where in the body it stands."""
    condition = condition_named(by, said["program"], said["condition"])
    code = said.get("checklist_item")
    item = item_named(condition, code, field=f"{place}checklist_item") if code else None
    return LinkItem(
        condition_id=condition.pk,
        stance=said["stance"],
        checklist_item_id=item.pk if item else None,
        note=said.get("note", ""),
    )
