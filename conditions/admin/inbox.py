"""The inbox: what came in from feeds and by hand, and what people made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.pages.inbox import dismiss, inbox
from conditions.admin.pages.inbox_lessons import lessons
from conditions.admin.pages.inbox_paste import paste
from conditions.admin.pages.triage import reopen, triage
from conditions.admin.site import site
from conditions.models import InboxItem
from conditions.queries.inbox import is_hidden


@admin.register(InboxItem, site=site)
class InboxItemAdmin(ActionAdmin):
    """Items that wait, and those that were filed or dismissed; each opens its triage."""

    def pages(self) -> list[tuple[str, Any, str]]:
        """Pasting, dismissing from the list, reopening, and what corrections teach."""
        return [
            ("paste/", paste, "paste"),
            ("dismiss/", dismiss, "dismiss"),
            ("lessons/", lessons, "lessons"),
            ("<int:object_id>/reopen/", reopen, "reopen"),
        ]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> InboxItem | None:
        """The item whose history is asked for; none where it is hidden, for that tells its text."""
        found = super().get_object(request, object_id, from_field)
        return None if found is None or is_hidden(found, request.user) else found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Our own list in place of the stock one."""
        return inbox(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return triage(self.admin_site, request, row_id(object_id))
