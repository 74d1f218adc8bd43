"""Voices: the board of documents that may be copies of one wire, and the pages to decide on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.pages.voices import board, confirm_pair, confirm_several, dismiss, pair
from conditions.admin.site import site
from conditions.models import VoiceSuggestion
from conditions.queries.voices import suggestions_for


@admin.register(VoiceSuggestion, site=site)
class VoiceSuggestionAdmin(ActionAdmin):
    """What was suggested to be one voice; people decide on it here."""

    def pages(self) -> list[tuple[str, Any, str]]:
        """Confirming a group or a pair, and dismissing a pair."""
        return [
            ("group/", confirm_several, "group"),
            ("<int:object_id>/confirm/", confirm_pair, "confirm"),
            ("<int:object_id>/dismiss/", dismiss, "dismiss"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VoiceSuggestion]:
        """Only of documents that this person may see, both of them."""
        return suggestions_for(request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The board instead of a list of rows."""
        return board(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The two documents side by side."""
        return pair(self.admin_site, request, row_id(object_id))
