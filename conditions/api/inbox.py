"""The inbox: pasted into, read with its suggestions, filed from and dismissed."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.actions.evidence import AlreadyOnFile, EvidenceItem
from conditions.actions.inbox import (
    InInboxAlready,
    accept_existing,
    accept_item,
    dismiss_item,
    paste_address,
    paste_text,
    reopen_item,
    supply_text,
)
from conditions.actions.intake import Publisher
from conditions.actions.triage_suggesting import triages_in_use
from conditions.api.answering import answered
from conditions.api.bodies import NothingBody
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.inbox_bodies import DismissalBody, FilingBody, PasteBody, TextBody
from conditions.api.links import link_item
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.problems import OnFileAlready
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView, View
from conditions.models import InboxItem, User
from conditions.queries.inbox_item import inbox_item, item_seen
from conditions.queries.inbox_prefill import Prefill, prefill_of
from conditions.queries.lists.inbox import INBOX, InboxItemDetail, InboxItemRow, detail_of
from conditions.queries.lists.paging import row_of
from conditions.queries.named import evidence_seen


@extend_schema_view(
    get=describes_list("inbox", INBOX, "What came in, with what it seems to bear on."),
    post=describes_write(
        "paste_into_inbox",
        "Put an address or a text into the inbox, to be looked at; nothing is filed by it.",
        body=PasteBody,
        row=InboxItemRow,
        status=201,
    ),
)
class InboxList(ListView):
    """The inbox, and the address at which something is pasted into it."""

    listing = INBOX

    def post(self, request: Request) -> HttpResponse:
        """Paste an address, or a text."""
        self.check_parameters(request)
        by = person_writing(request)
        said = read_body(PasteBody, request)
        try:
            item = _pasted({"title": "", "text": "", "url": "", **said}, by)
        except AlreadyOnFile as refusal:
            raise _there(request, refusal, "evidence") from None
        except InInboxAlready as refusal:
            raise _there(request, refusal, "inbox-item") from None
        return made(request, INBOX, by, "inbox-item", item.pk)


@extend_schema_view(
    get=describes_row("inbox_item", InboxItemDetail, "One item, with passages and likely copies.")
)
class InboxOne(RowView):
    """One item, with everything that helps to decide on it."""

    listing = INBOX

    def get(self, request: Request, **key: Any) -> HttpResponse:
        """The item, and what is suggested for it; nothing of it is decided."""
        self.check_parameters(request)
        row = row_of(INBOX, request.user, as_of=clock.now(), **key)
        view = inbox_item(row.id, reader=request.user, triages=triages_in_use())
        return answered(request, detail_of(row, view), is_public=False)


@extend_schema_view(
    post=describes_write(
        "accept_inbox_item",
        "File an item as evidence with what it bears on, or link the document on file that it is.",
        body=FilingBody,
        row=InboxItemRow,
        status=200,
    )
)
class InboxAccept(View):
    """The address at which an item is filed."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """File the item."""
        self.check_parameters(request)
        by = person_writing(request)
        item = item_seen(by, pk)
        said = read_body(FilingBody, request)
        links = [
            link_item(by, one, f"links[{at}].") for at, one in enumerate(said.pop("links", ()))
        ]
        known = said.pop("evidence_id", None)
        try:
            if known is not None:
                evidence = evidence_seen(by, known, field="evidence_id")
                accept_existing(item=item, evidence=evidence, links=links, by=by, as_of=clock.now())
            else:
                prefill = prefill_of(item)
                accept_item(
                    item=item,
                    publisher=Publisher(said.pop("publisher", "") or prefill.publisher),
                    evidence_item=_described(prefill, said),
                    links=links,
                    by=by,
                    as_of=clock.now(),
                )
        except AlreadyOnFile as refusal:
            raise _there(request, refusal, "evidence") from None
        return _told(request, by, pk)


@extend_schema_view(
    post=describes_write(
        "dismiss_inbox_item",
        "Decide that an item is not filed, and why.",
        body=DismissalBody,
        row=InboxItemRow,
        status=200,
    )
)
class InboxDismiss(View):
    """The address at which an item is dismissed."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Dismiss the item."""
        self.check_parameters(request)
        by = person_writing(request)
        item = item_seen(by, pk)
        said = read_body(DismissalBody, request)
        dismiss_item(
            item=item,
            dismissed_as=said["dismissed_as"],
            reason=said.get("reason", ""),
            by=by,
            as_of=clock.now(),
        )
        return _told(request, by, pk)


@extend_schema_view(
    post=describes_write(
        "reopen_inbox_item",
        "Put a dismissed item back to those that wait.",
        body=NothingBody,
        row=InboxItemRow,
        status=200,
    )
)
class InboxReopen(View):
    """The address at which a dismissed item is put back."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Put the item back."""
        self.check_parameters(request)
        by = person_writing(request)
        item = item_seen(by, pk)
        read_body(NothingBody, request)
        reopen_item(item=item, by=by, as_of=clock.now())
        return _told(request, by, pk)


@extend_schema_view(
    post=describes_write(
        "supply_inbox_text",
        "Give a waiting item the text of its page, where that was not read.",
        body=TextBody,
        row=InboxItemRow,
        status=200,
    )
)
class InboxText(View):
    """The address at which an item is given its text by hand."""

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Give the item its text; the suggestion is made anew."""
        self.check_parameters(request)
        by = person_writing(request)
        item = item_seen(by, pk)
        said = read_body(TextBody, request)
        supply_text(item=item, by=by, as_of=clock.now(), **said)
        return _told(request, by, pk)


def _pasted(given: dict[str, Any], by: User) -> InboxItem:
    if given["text"].strip() and not given["url"]:
        return paste_text(**given, by=by, as_of=clock.now())
    return paste_address(**given, by=by, as_of=clock.now())


def _described(prefill: Prefill, said: dict[str, Any]) -> EvidenceItem:
    named = {field.name for field in fields(EvidenceItem)}
    proposed = {name: value for name, value in asdict(prefill).items() if name in named}
    return EvidenceItem(**{**proposed, **said, "source_id": 0})


def _there(request: Request, refusal: AlreadyOnFile | InInboxAlready, name: str) -> OnFileAlready:
    there = reverse(f"api:{name}", args=[refusal.existing.pk])
    return OnFileAlready(refusal, request.build_absolute_uri(there))


def _told(request: Request, by: User, pk: int) -> HttpResponse:
    row = row_of(INBOX, by, as_of=clock.now(), pk=pk)
    return answered(request, row, is_public=False)
