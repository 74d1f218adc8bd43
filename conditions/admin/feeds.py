"""Feeds that are read into the inbox."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.pages.feeds import add, change, feeds, hasten, pause
from conditions.admin.site import site
from conditions.models import Feed


@admin.register(Feed, site=site)
class FeedAdmin(ActionAdmin):
    """RSS and Atom feeds; added, changed and paused on pages of ours."""

    def pages(self) -> list[tuple[str, Any, str]]:
        """Pausing and taking up again, and reading at once."""
        return [
            ("<int:object_id>/pause/", pause, "pause"),
            ("<int:object_id>/read/", hasten, "hasten"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may add a feed; the page is ours."""
        return request.user.has_perm("conditions.add_feed")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Our own list in place of the stock one."""
        return feeds(self.admin_site, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own form in place of the stock one."""
        return add(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own form in place of the stock one."""
        return change(self.admin_site, request, row_id(object_id))
