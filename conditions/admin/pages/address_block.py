"""The address on the page of a document: the last look, and our copy where it is lost."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from urllib.parse import urlencode

from conditions.models import Evidence, LinkHealth
from conditions.queries.link_health import LostLink, link_of, lost_links


class Address(TypedDict):
    """What the block shows: the last look, and what is held of a document that is lost."""

    link: LinkHealth | None
    lost: LostLink | None
    amend_query: str


def address(evidence: Evidence, *, known_at: datetime) -> Address:
    """What is known of the address of a document that this person may see."""
    if not evidence.url:
        return {"link": None, "lost": None, "amend_query": ""}
    link = link_of(evidence)
    lost = lost_links([evidence.pk], known_at=known_at) if link and link.lost_at else {}
    return {
        "link": link,
        "lost": lost.get(evidence.pk),
        "amend_query": urlencode({"url": link.final_url if link else ""}),
    }
