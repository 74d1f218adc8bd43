"""Who sees what of the inbox: its items, and of what became a hidden document only that it came."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet

from conditions.models import InboxItem
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader

HIDDEN: Final = "A document you may not see"
UNTITLED: Final = "A text without a title"
UNTOLD: Final[dict[str, Any]] = {
    **{"title": HIDDEN, "published_on": None, "suggested": {}, "text": "", "url": ""},
    **dict.fromkeys(("canonical_url", "publisher", "external_id", "last_error", "reason"), ""),
}


def visible_inbox(reader: Reader) -> QuerySet[InboxItem]:
    """The items this reader may see: all with ``view_inboxitem``, else none."""
    rows = InboxItem.objects.all()
    return rows if reader.has_perm("conditions.view_inboxitem") else rows.none()


def is_hidden(item: InboxItem, reader: Reader) -> bool:
    """Whether it was filed as a document that this reader may not see."""
    evidence = item.evidence
    return evidence is not None and evidence.sensitivity not in sensitivities_for(reader)


def as_seen(item: InboxItem, reader: Reader) -> InboxItem:
    """The item for this reader: of one that is hidden only that it came in. Not to be saved."""
    if is_hidden(item, reader):
        for name, value in UNTOLD.items():
            setattr(item, name, value)
    return item
