"""What the filing of an inbox item begins with, wherever it is filed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from conditions.models import InboxItem, Source
from conditions.rules.languages import likely_language


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the form of the evidence begins with: fields of EvidenceItem, and who published it.

    ``summary`` is a plain line of our own, for a document that nobody has put into words yet.
    ``source_id`` is None of a publisher that is not on file. Credibility is the analyst's, 6
    (cannot be judged) until then. A language that nobody told is told by the script.
    """

    title: str
    url: str
    reference: str
    publisher: str
    source_id: int | None
    published_on: date | None
    language: str
    summary: str
    credibility: int = 6


def prefill_of(item: InboxItem) -> Prefill:
    """What is proposed for a filing of this item; nothing of it is decided. One query."""
    publisher = item.publisher or (item.feed.source.name if item.feed and item.feed.source else "")
    known = Source.objects.named(publisher)
    return Prefill(
        title=item.title,
        url=item.url,
        reference="" if item.url else f"Text received on {item.received_at:%Y-%m-%d}",
        publisher=publisher,
        source_id=known.pk if known else None,
        published_on=item.published_on,
        language=item.language or likely_language(f"{item.title} {item.text}"),
        summary=_summary(item, publisher),
    )


def _summary(item: InboxItem, publisher: str) -> str:
    by = f" by {publisher}" if publisher else ""
    day = item.published_on
    of = f" of {day.day} {day:%B %Y}" if day else ""
    return f"Report{by}{of}: {item.title.rstrip(' .')}."
