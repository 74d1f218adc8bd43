"""The inbox and its feeds, as rows."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from conditions.models import Evidence, Feed
from conditions.queries.inbox import UNTOLD, visible_inbox
from conditions.queries.inbox_item import InboxView, ProgramView, ProposedLink
from conditions.queries.inbox_prefill import Prefill
from conditions.queries.likely_copies import LikelyCopy
from conditions.queries.lists.filters import number, yes_no
from conditions.queries.lists.inbox_filters import INBOX_FILTERS, narrowed
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader, Sensitivity


@dataclass(frozen=True, slots=True)
class InboxItemRow:
    """Something that came in. ``suggested`` is by program: about it or not, conditions with score
    and stance; a person decides. ``last_error`` says why its page was not read.
    """

    id: int
    origin: str
    feed_id: int | None
    feed: str | None
    url: str
    title: str
    publisher: str
    published_on: date | None
    language: str
    received_at: datetime
    received_by: str | None
    reading: str
    last_error: str
    suggested: dict[str, Any]
    state: str
    dismissed_as: str
    reason: str
    evidence_id: int | None
    evidence: str | None
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class InboxItemDetail(InboxItemRow):
    """Something that came in, with the passages that say what it seems to bear on.

    Places of passages count in ``title`` and in ``text``; ``is_cut`` where there is more of it.
    ``prefill`` and ``links`` are what a filing may begin with; nothing of it is decided.
    """

    text: str
    is_cut: bool
    programs: tuple[ProgramView, ...]
    copies: tuple[LikelyCopy, ...]
    prefill: Prefill
    links: tuple[ProposedLink, ...]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed that is read into the inbox; ``failures`` are those in a row."""

    id: int
    title: str
    url: str
    source_id: int | None
    source: str | None
    language: str
    is_active: bool
    last_read_at: datetime | None
    next_poll_at: datetime
    failures: int
    last_error: str
    added_at: datetime
    added_by: str | None


def values_of(row: InboxItemRow) -> dict[str, Any]:
    """What a row says, by name, for a row that says more."""
    return {field.name: getattr(row, field.name) for field in fields(InboxItemRow)}


def detail_of(row: InboxItemRow, view: InboxView) -> InboxItemDetail:
    """A row with everything that is shown beside it."""
    return InboxItemDetail(
        **values_of(row),
        text=view.text,
        is_cut=view.is_cut,
        programs=view.programs,
        copies=view.copies,
        prefill=view.prefill,
        links=view.links,
    )


def visible_feeds(reader: Reader) -> QuerySet[Feed]:
    """The feeds this reader may see: all with ``view_feed``, else none."""
    rows = Feed.objects.all()
    return rows if reader.has_perm("conditions.view_feed") else rows.none()


def _as_seen(rows: list[InboxItemRow], reader: Reader, as_of: datetime) -> list[InboxItemRow]:
    """What was filed as a document hidden from the reader tells only that it came in."""
    unseen = {level.value for level in Sensitivity} - sensitivities_for(reader)
    filed = {row.evidence_id for row in rows if row.evidence_id is not None}
    if not unseen or not filed:
        return rows
    hidden = set(
        Evidence.objects.filter(pk__in=filed, sensitivity__in=unseen).values_list("pk", flat=True)
    )
    return [replace(row, **_UNTOLD) if row.evidence_id in hidden else row for row in rows]


_UNTOLD: Final[dict[str, Any]] = {
    **{field.name: UNTOLD[field.name] for field in fields(InboxItemRow) if field.name in UNTOLD},
    **{"evidence_id": None, "evidence": None},
}
INBOX = Listing(
    row=InboxItemRow,
    columns=(
        *("id", "origin", "feed_id", "feed__title", "url", "title", "publisher", "published_on"),
        *("language", "received_at", "received_by__username", "reading", "last_error"),
        *("suggested", "state", "dismissed_as", "reason", "evidence_id", "evidence__key"),
        *("decided_at", "decided_by__username"),
    ),
    visible=visible_inbox,
    filters=INBOX_FILTERS,
    orderings=("-received_at", "received_at", "-id", "id"),
    narrow=narrowed,
    complete=_as_seen,
)
FEEDS = Listing(
    row=FeedRow,
    columns=(
        *("id", "title", "url", "source_id", "source__name", "language", "is_active"),
        *("last_read_at", "next_poll_at", "failures", "last_error", "added_at"),
        "added_by__username",
    ),
    visible=visible_feeds,
    filters=(
        yes_no("is_active", "Whether it is read.", "is_active"),
        number("source", "The source's id.", "source_id"),
    ),
    orderings=("id", "-id", "title", "-title"),
)
