"""Captures: what is owed and what failed, and the pages of single copies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.pages.captures import ask, capture, open_capture, upload, verify
from conditions.admin.site import site
from conditions.models import CaptureOrder
from conditions.outbound.fetching import may_call_outside
from conditions.queries.captures import NoCapture, orders_for


@admin.register(CaptureOrder, site=site)
class CaptureOrderAdmin(ActionAdmin):
    """Copies that are owed, were made, or were given up, each with its last reason."""

    list_display = ("evidence", "state", "attempts", "last_error", "next_attempt", "asked_at")
    list_filter = ("state",)
    list_select_related = ("evidence",)
    search_fields = ("evidence__title", "evidence__key", "evidence__url", "last_error")
    date_hierarchy = "asked_at"
    change_list_template = "admin/captures_list.html"

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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, which also says when nothing is fetched."""
        context = {**(extra_context or {}), "may_call_outside": may_call_outside()}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of the document, where its copies are."""
        found = self.get_queryset(request).filter(pk=row_id(object_id)).first()
        if found is None or not self.has_view_permission(request):
            raise NoCapture("There is no such capture.", field="id", value=object_id)
        return redirect("admin:conditions_evidence_change", found.evidence_id)

    @admin.display(description="next attempt", ordering="next_attempt_at", empty_value="none")
    def next_attempt(self, row: CaptureOrder) -> Any:
        """When it is tried again, where it is."""
        return row.next_attempt_at if row.state == CaptureOrder.State.OWED else None
