"""Assessments and official findings."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import (
    ByConditionProgram,
    ByCycle,
    ByLead,
    ByStaleness,
    ByStatus,
)
from conditions.admin.pages.assessment import approve, assessment, send_back
from conditions.admin.pages.no_report import no_report
from conditions.admin.pages.official import official, record
from conditions.admin.pages.withdraw import withdraw
from conditions.admin.site import site
from conditions.models import Assessment, OfficialFinding
from conditions.queries.lists.assessments import visible_assessments
from conditions.queries.readers import sensitivities_for


@admin.register(Assessment, site=site)
class AssessmentAdmin(ActionAdmin):
    """Assessments in every work state a person may see; each opens its review page."""

    list_display = (
        "condition_code", "program", "cycle_number", "status_words", "trend", "confidence",
        "state", "author", "valid_from",
    )  # fmt: skip
    list_filter = ("state", ByConditionProgram, ByCycle, ByStatus, ByLead, ByStaleness)
    list_select_related = ("condition__program", "cycle", "author")
    search_fields = ("condition__code", "condition__title", "rationale")
    date_hierarchy = "valid_from"
    ordering = ("-cycle__due_on", "condition__position", "-id")

    def pages(self) -> list[tuple[str, Any, str]]:
        """The two decisions of a reviewer, and an author's own."""
        return [
            ("<int:object_id>/review/", assessment, "review"),
            ("<int:object_id>/approve/", approve, "approve"),
            ("<int:object_id>/return/", send_back, "return"),
            ("<int:object_id>/withdraw/", withdraw, "withdraw"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        """Drafts only for those who may see them."""
        return visible_assessments(request.user).order_by(*self.ordering)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return assessment(self.admin_site, request, row_id(object_id))

    @admin.display(description="condition", ordering="condition__position")
    def condition_code(self, row: Assessment) -> str:
        """Code and title of the condition."""
        return f"{row.condition.code} {row.condition.title}"

    @admin.display(ordering="condition__program__slug")
    def program(self, row: Assessment) -> str:
        """The program's short title."""
        return str(row.condition.program)

    @admin.display(description="cycle", ordering="cycle__number")
    def cycle_number(self, row: Assessment) -> int:
        """The cycle's number."""
        return row.cycle.number

    @admin.display(description="status", ordering="status", empty_value="")
    def status_words(self, row: Assessment) -> str | None:
        """The status with its code."""
        label = row.condition.program.scale.label(row.status) if row.status else ""
        return f"{row.status} {label}" if row.status else None


@admin.register(OfficialFinding, site=site)
class OfficialFindingAdmin(ActionAdmin):
    """What the assessor of record said; recorded once, corrected by a new record."""

    list_display = ("condition_code", "program", "cycle_number", "finding", "found_on", "standing")
    list_filter = (ByConditionProgram, ByCycle, "finding")
    list_select_related = ("condition__program", "cycle")
    search_fields = ("condition__code", "condition__title", "note")
    date_hierarchy = "found_on"

    def pages(self) -> list[tuple[str, Any, str]]:
        """The correction of one record, and that no report was submitted on a whole cycle."""
        return [
            ("<int:object_id>/correct/", record, "correct"),
            ("no-report/", no_report, "none"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OfficialFinding]:
        """Each record, and whether it was corrected."""
        return super().get_queryset(request).annotate(corrected_by=F("corrections__id"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may record sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_officialfinding")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return record(self.admin_site, request, 0)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        visible = sensitivities_for(request.user)
        return official(self.admin_site, request, row_id(object_id), sensitivities=visible)

    @admin.display(description="condition", ordering="condition__position")
    def condition_code(self, row: OfficialFinding) -> str:
        """Code and title of the condition."""
        return f"{row.condition.code} {row.condition.title}"

    @admin.display(ordering="condition__program__slug")
    def program(self, row: OfficialFinding) -> str:
        """The program's short title."""
        return str(row.condition.program)

    @admin.display(description="cycle", ordering="cycle__number")
    def cycle_number(self, row: OfficialFinding) -> int:
        """The cycle's number."""
        return row.cycle.number

    @admin.display(description="record")
    def standing(self, row: Any) -> str:
        """Whether this record stands or was corrected."""
        return "corrected" if row.corrected_by else "stands"
