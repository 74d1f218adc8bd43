"""The search log: where the team looked for evidence, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByConditionProgram, ByCycle
from conditions.admin.pages.searches import correct_search, log_search, search_entry
from conditions.admin.site import site
from conditions.models import SearchEntry


@admin.register(SearchEntry, site=site)
class SearchEntryAdmin(ActionAdmin):
    """Searches for evidence; logged once, corrected by a new entry."""

    list_display = ("searched_on", "condition_code", "cycle_name", "where", "result", "standing")
    list_filter = ("result", ByConditionProgram, ByCycle)
    list_select_related = ("condition", "cycle__program", "checklist_item")
    search_fields = ("condition__code", "places", "terms", "note")
    date_hierarchy = "searched_on"

    def pages(self) -> list[tuple[str, Any, str]]:
        """The correction of one entry."""
        return [("<int:object_id>/correct/", correct_search, "correct")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchEntry]:
        """Each entry, and whether it was corrected."""
        return super().get_queryset(request).annotate(newer=F("corrected_by__id"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may log sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_searchentry")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return log_search(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return search_entry(self.admin_site, request, row_id(object_id))

    @admin.display(description="about", ordering="condition__code")
    def condition_code(self, row: SearchEntry) -> str:
        """The condition, and the checklist item where it is about one."""
        item = f", {row.checklist_item.code}" if row.checklist_item else ""
        return f"{row.condition.code}{item}"

    @admin.display(description="cycle", ordering="cycle__number")
    def cycle_name(self, row: SearchEntry) -> str:
        """The cycle's number, in words."""
        return f"{row.cycle}, {row.cycle.program}"

    @admin.display(description="where")
    def where(self, row: SearchEntry) -> str:
        """The places, cut to a line."""
        text = " ".join(row.places.split())
        return text if len(text) <= 80 else f"{text[:79]}…"

    @admin.display(description="entry")
    def standing(self, row: Any) -> str:
        """Whether this entry stands or was corrected."""
        return "corrected" if row.newer else "stands"
