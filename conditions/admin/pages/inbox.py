"""The inbox as a list: what came in, what it seems to bear on, and the way into each item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.inbox import dismiss_item
from conditions.admin.answers import Told, told
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.inbox_done import done_notice
from conditions.admin.pages.inbox_sift import NARROWING, SiftForm
from conditions.admin.rendering import page, person, require
from conditions.models import InboxItem
from conditions.outbound.fetching import may_call_outside
from conditions.queries.inbox_item import item_seen
from conditions.queries.inbox_page import InboxPage, InboxRow, inbox_page
from conditions.rules.refusals import Refusal

WAITING = InboxItem.State.WAITING.value


@dataclass(frozen=True, slots=True)
class Tab:
    """One state with the number of its items."""

    label: str
    address: str
    count: int
    is_current: bool


def inbox(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What waits first; narrowed by what was asked for."""
    require(request, "view_inboxitem", to="see the inbox")
    asked, now = request.GET, clock.now()
    refusal: Told | None = None
    try:
        found = inbox_page(reader=person(request), asked=_wanted(asked), as_of=now)
    except Refusal as error:
        refusal = told(error)
        found = inbox_page(reader=person(request), asked={}, as_of=now)
    state = asked.get("state", WAITING) if refusal is None else WAITING
    aside, first = _apart(found.rows) if state == WAITING else ((), found.rows)
    return page(
        site,
        request,
        "inbox",
        title="Inbox",
        status=200 if refusal is None else 400,
        refusal=refusal,
        found=found,
        first=first,
        aside=aside,
        state=state,
        tabs=_tabs(found, asked, state),
        form=SiftForm(asked),
        is_narrowed=any(asked.get(name) for name in NARROWING),
        is_first="after" not in asked,
        next=_with(asked, after=found.after) if found.after else "",
        from_start=_with(asked),
        here=_with(asked, after=asked.get("after", "")),
        as_of=now,
        done=done_notice(request),
        may_paste=request.user.has_perm("conditions.add_inboxitem"),
        may_decide=request.user.has_perm("conditions.change_inboxitem"),
        may_call_outside=may_call_outside(),
    )


def dismiss(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Dismiss one item of the list as not about any program; back to where one was."""
    require(request, "change_inboxitem", to="decide on what is in the inbox")
    back = QueryDict(request.POST.get("here", ""), mutable=True)
    if request.method == "POST":
        item = item_seen(person(request), number(str(request.POST.get("item", ""))))
        dismiss_item(
            item=item,
            dismissed_as=InboxItem.Dismissal.NOT_ABOUT.value,
            reason="",
            by=person(request),
            as_of=clock.now(),
        )
        back["done"] = str(item.pk)
    address = reverse("admin:conditions_inboxitem_changelist")
    return redirect(f"{address}?{back.urlencode()}" if back else address)


def _wanted(asked: QueryDict) -> dict[str, str]:
    names = (*NARROWING, "state", "after")
    return {name: value for name in names if (value := asked.get(name))}


def _apart(rows: Iterable[InboxRow]) -> tuple[tuple[InboxRow, ...], tuple[InboxRow, ...]]:
    """What is about no program, as far as its text tells, and the rest; both in their order."""
    listed = tuple(rows)
    aside = tuple(row for row in listed if _is_stranger(row))
    return aside, tuple(row for row in listed if row not in aside)


def _is_stranger(row: InboxRow) -> bool:
    is_unread = row.reading in (InboxItem.Reading.OWED, InboxItem.Reading.FAILED)
    return not is_unread and bool(row.hints) and not any(hint.about for hint in row.hints)


def _tabs(found: InboxPage, asked: QueryDict, state: str) -> list[Tab]:
    counts = found.counts
    return [
        Tab(label, "?" + _with(asked, state=value, after=""), count, value == state)
        for value, label, count in (
            (WAITING, "Waiting", counts.waiting),
            (InboxItem.State.ACCEPTED.value, "Filed", counts.accepted),
            (InboxItem.State.DISMISSED.value, "Dismissed", counts.dismissed),
        )
    ]


def _with(query: QueryDict, **changes: str) -> str:
    copy = query.copy()
    copy.pop("done", None)
    copy.pop("after", None)
    for name, value in changes.items():
        copy[name] = value
    for name in [name for name in copy if not copy[name]]:
        del copy[name]
    return copy.urlencode()
