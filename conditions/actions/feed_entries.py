"""Entries of feeds: which are new, which are known, and what the new ones become in the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conditions.actions.inbox_faults import latest_day
from conditions.actions.triage_suggesting import suggested_for, triages_in_use
from conditions.models import Evidence, Feed, InboxItem
from conditions.outbound.feeds import Entry
from conditions.rules.addresses import BadAddress, canonical_address
from conditions.rules.feeds import SHORT_TEXT
from conditions.rules.headings import first_line

# Pages of one feed stand on one site: they are read one after the other, not at once.
POLITE_PAUSE: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a feed brought: items not seen before, oldest first, and how many were seen where."""

    new: tuple[InboxItem, ...]
    known: int
    on_file: int


def sort_entries(feed: Feed, entries: Sequence[Entry], *, as_of: datetime) -> Sorted:
    """Hold entries against the inbox, whatever became of them there, and against the evidence.

    What is known is not brought again, also when it was dismissed. Three queries at most.
    """
    addressed = [(entry, _canonical(entry.url)) for entry in entries]
    addresses = {canonical for _, canonical in addressed if canonical}
    ids = {entry.external_id for entry in entries}
    taken_ids = set(
        InboxItem.objects.filter(feed=feed, external_id__in=ids).values_list(
            "external_id", flat=True
        )
    )
    taken, filed = (
        set(rows.at_addresses(addresses).values_list("canonical_url", flat=True))
        for rows in (InboxItem.objects, Evidence.objects)
    )
    fresh: list[tuple[Entry, str]] = []
    known = on_file = 0
    for entry, canonical in addressed:
        if entry.external_id in taken_ids or (canonical and canonical in taken):
            known += 1
        elif canonical and canonical in filed:
            on_file += 1
        elif canonical or entry.title or entry.text:
            fresh.append((entry, canonical))
            taken_ids.add(entry.external_id)
            taken.add(canonical)
    return Sorted(_items(feed, fresh, as_of=as_of), known, on_file)


def _items(
    feed: Feed, fresh: Sequence[tuple[Entry, str]], *, as_of: datetime
) -> tuple[InboxItem, ...]:
    triages = triages_in_use() if fresh else {}
    items = []
    owed = 0
    for entry, canonical in fresh:
        item = _item(feed, entry, canonical, as_of=as_of)
        item.suggested = suggested_for(triages, title=item.title, text=item.text)
        if item.url and len(item.text) < SHORT_TEXT:
            item.reading = InboxItem.Reading.OWED
            item.next_attempt_at = as_of + owed * POLITE_PAUSE
            owed += 1
        items.append(item)
    # Feeds begin with the newest; the list of the inbox ends with the highest number first.
    return tuple(reversed(items))


def _item(feed: Feed, entry: Entry, canonical: str, *, as_of: datetime) -> InboxItem:
    day = entry.published_on
    return InboxItem(
        origin=InboxItem.Origin.FEED,
        feed=feed,
        external_id=entry.external_id,
        url=entry.url if canonical else "",
        canonical_url=canonical,
        # An address has a page that tells its title; a text alone is called by its first line.
        title=entry.title or ("" if canonical else first_line(entry.text)),
        text=entry.text,
        publisher=entry.publisher or (feed.source.name if feed.source else ""),
        published_on=day if day is not None and day <= latest_day(as_of) else None,
        language=feed.language,
        received_at=as_of,
    )


def _canonical(url: str) -> str:
    try:
        return canonical_address(url) if url else ""
    except BadAddress:
        return ""
