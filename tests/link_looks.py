"""Addresses as looks at them left them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from conditions.actions.captures import upload_capture
from conditions.actions.link_beginnings import tell_change
from conditions.models import Capture, Evidence, LinkHealth
from tests.days import DAY, TODAY, noon


def make_link(evidence: Evidence, state: str = "ok", **fields: Any) -> LinkHealth:
    """The address of ``evidence``, looked at yesterday."""
    seen = noon(TODAY) - DAY
    row = LinkHealth.objects.create(
        **{
            "evidence": evidence,
            "url": evidence.url,
            "host": urlsplit(evidence.url).hostname or "",
            "state": state,
            "since": seen,
            "checked_at": seen,
            "http_status": 200,
            "next_check_at": seen + 7 * DAY,
            **fields,
        }
    )
    _tell(row)
    return row


def lose(evidence: Evidence, *, at: datetime, **fields: Any) -> LinkHealth:
    """The address of ``evidence``, missed twice by ``at``."""
    return make_link(
        evidence,
        "gone",
        **{
            "since": at - DAY,
            "checked_at": at,
            "failures": 2,
            "lost_at": at,
            "http_status": 404,
            "reason": "The site answered 404.",
            **fields,
        },
    )


def find_again(row: LinkHealth, *, at: datetime) -> None:
    """The document of ``row`` stands at its address again."""
    _change(row, at=at, state="ok", failures=0, lost_at=None)


def lose_again(row: LinkHealth, *, at: datetime) -> None:
    """The document of ``row`` is gone once more, missed twice by ``at``."""
    _change(row, at=at, state="gone", failures=2, lost_at=at)


def _change(row: LinkHealth, *, at: datetime, **fields: Any) -> None:
    before = LinkHealth.objects.get(pk=row.pk)
    for name, value in {"since": at, "checked_at": at, **fields}.items():
        setattr(row, name, value)
    row.save()
    tell_change(before, row, as_of=at, reason="")


def _tell(row: LinkHealth) -> None:
    """What looks would have recorded: the state when it was first seen, then the loss."""
    if row.since is None:
        return
    first = LinkHealth.objects.get(pk=row.pk)
    first.lost_at = None
    unlooked = LinkHealth(evidence=row.evidence, url=row.url)
    tell_change(unlooked, first, as_of=row.since, reason="")
    if row.lost_at:
        tell_change(first, row, as_of=row.lost_at, reason=row.reason)


def keep_copy(evidence: Evidence, *, at: datetime) -> Capture:
    """A copy of ``evidence``, kept at ``at``."""
    return upload_capture(
        evidence=evidence,
        filename="copy.txt",
        body=f"Copy of {evidence.key}".encode(),
        by=None,
        as_of=at,
    )
