"""Official reports: that they were sent, and when they should be public."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from conditions import clock
from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByCycle, ByCycleProgram
from conditions.admin.pages.official_report import official_report, record_report
from conditions.admin.site import site
from conditions.models import OfficialReport
from conditions.queries.readers import sensitivities_for
from conditions.rules.release import state_on, window_of


@admin.register(OfficialReport, site=site)
class OfficialReportAdmin(ActionAdmin):
    """Reports of the assessor of record; recorded once a cycle, replaced by a new record."""

    list_display = ("cycle_name", "program", "submitted_on", "window", "release", "standing")
    list_filter = (ByCycleProgram, ByCycle)
    list_select_related = ("cycle__program",)
    search_fields = ("cycle__program__slug", "cycle__program__title", "note")
    date_hierarchy = "submitted_on"

    def pages(self) -> list[tuple[str, Any, str]]:
        """The replacement of one record."""
        return [("<int:object_id>/replace/", record_report, "replace")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficialReport]:
        """Each record, and whether it was replaced."""
        return super().get_queryset(request).annotate(newer=F("replaced_by__id"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may record sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_officialreport")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return record_report(self.admin_site, request, 0)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        visible = sensitivities_for(request.user)
        return official_report(self.admin_site, request, row_id(object_id), sensitivities=visible)

    @admin.display(description="cycle", ordering="cycle__number")
    def cycle_name(self, row: OfficialReport) -> str:
        """The cycle's number, in words."""
        return str(row.cycle)

    @admin.display(ordering="cycle__program__slug")
    def program(self, row: OfficialReport) -> str:
        """The program's short title."""
        return str(row.cycle.program)

    @admin.display(description="expected to be public")
    def window(self, row: OfficialReport) -> str:
        """From which to which day its text should appear."""
        window = window_of(row.submitted_on)
        return f"{window.opens_on:%d %b %Y} to {window.closes_on:%d %b %Y}"

    @admin.display(description="release")
    def release(self, row: OfficialReport) -> str:
        """Where its release stands today."""
        today = row.cycle.program.day_of(clock.now())
        return state_on(window_of(row.submitted_on), row.released_on, today).value.capitalize()

    @admin.display(description="record")
    def standing(self, row: Any) -> str:
        """Whether this record stands or was replaced."""
        return "replaced" if row.newer else "stands"
