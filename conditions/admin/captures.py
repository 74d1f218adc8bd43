"""Captures: what is owed and what failed, and the pages of single copies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from conditions.admin.outside import OutsideAdmin
from conditions.admin.pages.captures import ask, capture, open_capture, upload, verify
from conditions.admin.site import site
from conditions.models import CaptureOrder
from conditions.queries.captures import NoCapture, orders_for


@admin.register(CaptureOrder, site=site)
class CaptureOrderAdmin(OutsideAdmin):
    """Copies that are owed, were made, or were given up, each with its last reason."""

    list_display = ("evidence", "state", "attempts", "last_error", "next_attempt", "asked_at")
    list_filter = ("state",)
    list_select_related = ("evidence",)
    search_fields = ("evidence__title", "evidence__key", "evidence__url", "last_error")
    date_hierarchy = "asked_at"
    lacking = NoCapture

    def pages(self) -> list[tuple[str, Any, str]]:
        """One copy, its bytes and their check, and asking for and uploading another."""
        return [
            ("copy/<int:object_id>/", capture, "copy"),
            ("copy/<int:object_id>/open/", open_capture, "open"),
            ("copy/<int:object_id>/verify/", verify, "verify"),
            ("of/<int:object_id>/ask/", ask, "ask"),
            ("of/<int:object_id>/upload/", upload, "upload"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CaptureOrder]:
        """Only of documents that this person may see."""
        return orders_for(request.user)

    @admin.display(description="next attempt", ordering="next_attempt_at", empty_value="none")
    def next_attempt(self, row: CaptureOrder) -> Any:
        """When it is tried again, where it is."""
        return row.next_attempt_at if row.state == CaptureOrder.State.OWED else None
