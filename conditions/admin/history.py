"""The history of one object: who, what, before and after, when, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.http import HttpRequest
from django.template.response import TemplateResponse

from conditions.admin.rendering import page
from conditions.models import Condition, Event, Program, ReviewCycle
from conditions.queries.lists.record import EVENTS

PER_PAGE = 50
# Accounts and tokens belong to no program; who may open one may read its history.
PRIVATE = ("user", "apitoken")


@dataclass(frozen=True, slots=True)
class Line:
    """One event with the fields it changed, each as (name, before, after)."""

    event: Event
    changes: tuple[tuple[str, Any, Any], ...]


def history_page(site: AdminSite, request: HttpRequest, obj: Model) -> TemplateResponse:
    """The events of ``obj``, newest first; of a program, condition or cycle also what is in it."""
    kind = str(obj._meta.model_name)
    own = Q(subject_type=kind, subject_id=str(obj.pk))
    for model, field in ((Program, "program"), (Condition, "condition"), (ReviewCycle, "cycle")):
        if isinstance(obj, model):
            own |= Q(**{field: obj})
    seen = Event.objects.all() if kind in PRIVATE else EVENTS.visible(request.user)
    events = seen.filter(own).select_related("actor", "condition", "cycle").order_by("-id")
    found = Paginator(events, PER_PAGE).get_page(request.GET.get("p"))
    in_detail = kind in PRIVATE or request.user.has_perm("conditions.view_draft_assessment")
    return page(
        site,
        request,
        "history",
        title=f"History of {obj}",
        object=obj,
        opts=obj._meta,
        found=found,
        in_detail=in_detail,
        lines=_lines(found) if in_detail else [Line(event, ()) for event in found],
    )


def _lines(events: Iterable[Event]) -> list[Line]:
    """Each event against what it says was before, or else against the event before it."""
    lines: list[Line] = []
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for event in reversed(list(events)):
        subject = (event.subject_type, event.subject_id)
        lines.append(Line(event, changes(event, event.before or last.get(subject))))
        if event.after:
            last[subject] = event.after
    return lines[::-1]


def changes(event: Event, before: Mapping[str, Any] | None) -> tuple[tuple[str, Any, Any], ...]:
    """The fields that an event changed; all of them where something new was recorded."""
    before = before or {}
    after: Mapping[str, Any] = event.after or {}
    names = dict.fromkeys([*before, *after])
    return tuple(
        (name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
