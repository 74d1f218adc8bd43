"""Where looks at an address begin: with nothing known, for a new address or an amended one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from conditions.actions.record import record_event
from conditions.models import Evidence, LinkHealth

# What an event of link health tells of the row before and after: enough to say how it stood then.
TOLD = ("state", "since", "lost_at", "final_url", "url")


def unlooked(evidence: Evidence, *, as_of: datetime) -> LinkHealth:
    """The address of a document before anybody looked at it, due at once."""
    url = evidence.url
    host = (urlsplit(url).hostname or "")[:255]
    return LinkHealth(evidence=evidence, url=url, host=host, next_check_at=as_of)


def begin_anew(evidence: Evidence, *, as_of: datetime) -> None:
    """Forget what was known of the former address of ``evidence``, which has another one now.

    It says nothing about the new one; how it stood remains in the events.
    """
    former = LinkHealth.objects.select_for_update(of=("self",)).filter(pk=evidence.pk).first()
    if former is None:
        return
    row = unlooked(evidence, as_of=as_of)
    row.since = as_of
    row.save(force_update=True)
    tell_change(former, row, as_of=as_of, reason="The document has another address now.")


def tell_change(before: LinkHealth, after: LinkHealth, *, as_of: datetime, reason: str) -> None:
    """Record how an address stood and stands: what is asked of an earlier moment rests on this."""
    record_event(
        verb=LinkHealth.CHANGED,
        subject=after.evidence,
        by=None,
        as_of=as_of,
        before={name: getattr(before, name) for name in TOLD},
        after={name: getattr(after, name) for name in TOLD},
        reason=reason,
    )
