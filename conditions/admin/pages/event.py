"""One event in full."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse

from conditions.admin.history import Line, changes
from conditions.admin.rendering import page, require
from conditions.models import Event


def event(site: AdminSite, request: HttpRequest, found: Event | None) -> HttpResponse:
    """Who did what, with what it was before and after."""
    require(request, "view_event", to="see events")
    if found is None:
        raise Http404("There is no such event.")
    in_detail = request.user.has_perm("conditions.view_draft_assessment")
    line = Line(found, changes(found, found.before) if in_detail else ())
    return page(
        site,
        request,
        "event",
        title=found.verb.replace(".", " ").replace("_", " ").capitalize(),
        line=line,
        event=found,
        in_detail=in_detail,
    )
