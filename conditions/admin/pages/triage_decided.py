"""An item that was decided: what was suggested, what a person made of it, who and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from conditions.admin.rendering import page
from conditions.models import InboxItem, TriageDecision
from conditions.queries.inbox import is_hidden
from conditions.rules.actors import OPERATOR

_MOST = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a program: whether the item is about it, and which stance on what."""

    about: bool
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One decision for one program beside its suggestion."""

    program: str
    suggested: Told
    decided: Told
    agrees: bool
    decided_at: datetime
    decided_by: str


def decided(site: AdminSite, request: HttpRequest, item: InboxItem) -> HttpResponse:
    """The page of an item that waits no longer."""
    rows = item.decisions.select_related("program", "decided_by").order_by("-decided_at", "id")
    hidden = is_hidden(item, request.user)
    return page(
        site,
        request,
        "triage_decided",
        title=str(item),
        item=item,
        evidence=None if hidden else item.evidence,
        is_hidden=hidden,
        lines=[] if hidden else [_line(row) for row in rows[:_MOST]],
        may_decide=request.user.has_perm("conditions.change_inboxitem"),
    )


def _line(row: TriageDecision) -> Line:
    return Line(
        program=row.program.short_title,
        suggested=_told(row.suggested),
        decided=_told(row.decided),
        agrees=row.agrees,
        decided_at=row.decided_at,
        decided_by=str(row.decided_by or OPERATOR),
    )


def _told(said: Mapping[str, Any]) -> Told:
    return Told(bool(said.get("about")), tuple(sorted(said.get("conditions", {}).items())))
