"""How our own pages are put into the admin's frame."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from conditions.models import User
from conditions.rules.refusals import NotAllowed


class NotYours(NotAllowed):
    """A page that this person's role does not open."""


def page(
    site: AdminSite,
    request: HttpRequest,
    template: str,
    *,
    title: str,
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    """``template`` inside the admin, with its way around."""
    request.current_app = site.name
    return TemplateResponse(
        request,
        f"admin/{template}.html",
        {**site.each_context(request), "title": title, "subtitle": None, **context},
        status=status,
    )


def person(request: HttpRequest) -> User:
    """Who is signed in; ``admin_view`` lets nobody else through."""
    return cast(User, request.user)


def require(request: HttpRequest, codename: str, *, to: str) -> None:
    """Raise NotYours unless this person holds ``conditions.<codename>``."""
    if not request.user.has_perm(f"conditions.{codename}"):
        raise NotYours(
            f"Your role does not let you {to}.",
            field="by",
            value=request.user.get_username(),
            remedy="Ask a manager for the role, or a colleague who has it.",
        )
