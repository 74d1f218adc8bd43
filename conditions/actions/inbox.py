"""The inbox: what is pasted waits there with its suggestions until a person files or dismisses it.

Nothing is decided here by the tracker. What a person decides is kept beside what was suggested, and
teaches: ``TriageDecision`` is the installation's own training data.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from conditions.actions.evidence import AlreadyOnFile as AlreadyOnFile
from conditions.actions.inbox_decisions import DecidedAlready as DecidedAlready
from conditions.actions.inbox_decisions import DismissalUnexplained as DismissalUnexplained
from conditions.actions.inbox_decisions import accept_existing as accept_existing
from conditions.actions.inbox_decisions import accept_item as accept_item
from conditions.actions.inbox_decisions import dismiss_item as dismiss_item
from conditions.actions.inbox_decisions import hold_waiting
from conditions.actions.inbox_decisions import reopen_item as reopen_item
from conditions.actions.inbox_faults import BadPaste as BadPaste
from conditions.actions.inbox_faults import Pasted, require_pasted
from conditions.actions.record import record_event, require_permission
from conditions.actions.triage_suggesting import suggested_for, triages_in_use
from conditions.models import InboxItem, User
from conditions.outbound.fetching import may_call_outside
from conditions.queries.evidence_lookup import find_by_url
from conditions.rules.addresses import canonical_address
from conditions.rules.authority import TRAVELS
from conditions.rules.headings import first_line
from conditions.rules.refusals import Conflict

NOT_READ_WHILE_OFF: Final = (
    "The page was not read: nothing is fetched from outside. An operator allows it with "
    "OUTSIDE_CALLS=true; until then, paste the text of the page."
)


class InInboxAlready(Conflict):
    """The address, or the same text, is in the inbox already; ``existing`` is the item."""

    def __init__(self, existing: InboxItem, url: str = "") -> None:
        state = existing.get_state_display().lower()
        # Whoever pastes need not be among those who may know what it became.
        filed = existing.evidence
        is_open = filed is None or filed.sensitivity in TRAVELS
        name = f"“{existing}”" if is_open else "a document that not everybody may see"
        super().__init__(
            f"This {'address' if url else 'text'} is in the inbox already, as {name} ({state}).",
            field="url" if url else "text",
            value=url or existing.title,
            remedy="Open that item instead of pasting it again.",
        )
        self.existing = existing


def paste_address(
    *,
    url: str,
    by: User | None,
    as_of: datetime,
    title: str = "",
    text: str = "",
    publisher: str = "",
    published_on: date | None = None,
    language: str = "",
) -> InboxItem:
    """Put an address into the inbox; without a text, its page is owed a reading by the worker.

    Raises BadPaste with every fault, InInboxAlready (``existing``) and AlreadyOnFile (``existing``,
    the evidence). Needs ``add_inboxitem``.
    """
    pasted = Pasted(url, title, text, publisher, published_on, language)
    return _paste(pasted, InboxItem.Origin.ADDRESS, needs="url", by=by, as_of=as_of)


def paste_text(
    *,
    title: str,
    text: str,
    by: User | None,
    as_of: datetime,
    publisher: str = "",
    published_on: date | None = None,
    language: str = "",
    url: str = "",
) -> InboxItem:
    """Put a text into the inbox, kept as given; without a title, its first line is the title.

    Raises what ``paste_address`` raises, InInboxAlready also where the same text waits already.
    Needs ``add_inboxitem``.
    """
    pasted = Pasted(url, title, text, publisher, published_on, language)
    return _paste(pasted, InboxItem.Origin.TEXT, needs="text", by=by, as_of=as_of)


def supply_text(
    *, item: InboxItem, text: str, by: User | None, as_of: datetime, title: str = ""
) -> InboxItem:
    """Give a waiting item the text of its page by hand, where the page was not read.

    The suggestion is made anew. The text that it had before stays in the event. Raises BadPaste
    and DecidedAlready. Needs ``change_inboxitem``.
    """
    require_permission(by, "change_inboxitem", to="give an inbox item its text")
    require_pasted(Pasted(title=title, text=text), as_of=as_of, needs="text")
    named = _one_line(title) or item.title or first_line(text)
    suggested = suggested_for(triages_in_use(), title=named, text=text)
    with transaction.atomic():
        held = hold_waiting(item)
        before = {"title": held.title, "text": held.text}
        held.title, held.text, held.suggested = named, text, suggested
        held.reading, held.last_error = InboxItem.Reading.GIVEN, ""
        held.next_attempt_at, held.lease_owner, held.lease_until = None, "", None
        held.save()
        record_event(
            verb="inboxitem.text_given",
            subject=held,
            by=by,
            as_of=as_of,
            before=before,
            after={"title": held.title, "characters": len(text)},
        )
    return held


def _paste(
    pasted: Pasted, origin: InboxItem.Origin, *, needs: str, by: User | None, as_of: datetime
) -> InboxItem:
    require_permission(by, "add_inboxitem", to="put things into the inbox")
    require_pasted(pasted, as_of=as_of, needs=needs)
    canonical = canonical_address(pasted.url) if pasted.url.strip() else ""
    title = _one_line(pasted.title) or first_line(pasted.text)
    item = InboxItem(
        origin=origin,
        url=pasted.url.strip(),
        canonical_url=canonical,
        title=title,
        text=pasted.text if pasted.text.strip() else "",
        publisher=_one_line(pasted.publisher),
        published_on=pasted.published_on,
        language=pasted.language.strip(),
        received_at=as_of,
        received_by=by,
        suggested=suggested_for(triages_in_use(), title=title, text=pasted.text),
    )
    if item.text:
        item.reading = InboxItem.Reading.GIVEN
    else:
        item.reading, item.next_attempt_at = InboxItem.Reading.OWED, as_of
        item.last_error = "" if may_call_outside() else NOT_READ_WHILE_OFF
    with transaction.atomic():
        _require_new(item)
        _create(item)
        record_event(
            verb="inboxitem.pasted",
            subject=item,
            by=by,
            as_of=as_of,
            after={"origin": str(origin), "title": item.title, "url": item.url},
        )
    return item


def _create(item: InboxItem) -> None:
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        # Somebody pasted the same address between our look and our write.
        _require_new(item)
        raise


def _require_new(item: InboxItem) -> None:
    if not item.canonical_url:
        again = InboxItem.objects.waiting().filter(url="", title=item.title, text=item.text).first()
        if again is not None:
            raise InInboxAlready(again)
        return
    on_file = find_by_url(item.url)
    if on_file is not None:
        raise AlreadyOnFile(on_file, item.url)
    existing = InboxItem.objects.at_address(item.canonical_url).first()
    if existing is not None:
        raise InInboxAlready(existing, item.url)


def _one_line(text: str) -> str:
    return " ".join(text.split())
