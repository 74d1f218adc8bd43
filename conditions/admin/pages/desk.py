"""The desk: the first page after signing in."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from conditions import clock
from conditions.admin.rendering import page, person
from conditions.queries.desk import desk_of


def desk(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """What is this person's to do, most urgent first."""
    as_of = clock.now()
    user = person(request)
    return page(
        site,
        request,
        "desk",
        title="Your desk",
        desk=desk_of(user, as_of=as_of),
        as_of=as_of,
        may_write=user.has_perm("conditions.add_assessment"),
        may_review=user.has_perm("conditions.approve_assessment"),
        may_assign=user.has_perm("conditions.assign_condition"),
        sees_drafts=user.has_perm("conditions.view_draft_assessment"),
    )
