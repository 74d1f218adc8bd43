"""Programs, their conditions and how their texts are read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse

from conditions import clock
from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByCarriedOver, ByConditionLead, ByProgram
from conditions.admin.pages.assess import assess
from conditions.admin.pages.condition import condition
from conditions.admin.pages.confirm_unchanged import confirm_unchanged
from conditions.admin.pages.lead import lead
from conditions.admin.pages.waive import waive
from conditions.admin.pages.what_if import what_if_board
from conditions.admin.site import site
from conditions.models import Condition, Interpretation, Program
from conditions.queries.staleness import in_force_now


@admin.register(Program, site=site)
class ProgramAdmin(ActionAdmin):
    """Programs; they are loaded from packs, never typed."""

    list_display = (
        "short_title", "legal_stage", "country_name", "interval_days", "four_eyes", "is_public",
    )  # fmt: skip
    list_filter = ("legal_stage", "is_active")
    search_fields = ("slug", "title", "citation")
    exclude = ("marks", "status_scale", "reminder_ladder", "consecutive_rule", "recipients")

    def pages(self) -> list[tuple[str, Any, str]]:
        """The what-if board."""
        return [("<int:object_id>/what-if/", what_if_board, "whatif")]


@admin.register(Condition, site=site)
class ConditionAdmin(ActionAdmin):
    """Conditions; each opens the page on which analysts work."""

    list_display = ("code", "title", "program", "lead_name", "status_in_force", "judged_in")
    list_filter = (ByProgram, ByConditionLead, ByCarriedOver)
    list_select_related = ("program", "lead")
    search_fields = ("code", "title", "provision", "citation")
    ordering = ("-program__is_default", "program__slug", "position")

    def pages(self) -> list[tuple[str, Any, str]]:
        """Assess, confirm, waive, and the choice of a lead."""
        return [
            ("<int:object_id>/assess/", assess, "assess"),
            ("<int:object_id>/confirm/", confirm_unchanged, "confirm"),
            ("<int:object_id>/waive/", waive, "waive"),
            ("<int:object_id>/lead/", lead, "lead"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        """Each condition with its status in force."""
        now = in_force_now(clock.now()).filter(condition=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                in_force=Subquery(now.values("status")[:1]),
                in_cycle=Subquery(now.values("cycle__number")[:1]),
            )
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return condition(self.admin_site, request, row_id(object_id))

    @admin.display(description="lead", empty_value="nobody", ordering=F("lead__username"))
    def lead_name(self, row: Condition) -> str | None:
        """Who leads it."""
        return str(row.lead) if row.lead else None

    @admin.display(description="status in force")
    def status_in_force(self, row: Any) -> str:
        """The status of the judgement in force, with its code."""
        label = row.program.scale.label(row.in_force)
        return f"{row.in_force} {label}" if row.in_force else label

    @admin.display(description="judged in", empty_value="")
    def judged_in(self, row: Any) -> str | None:
        """The cycle in which it was judged."""
        return f"cycle {row.in_cycle}" if row.in_cycle else None


@admin.register(Interpretation, site=site)
class InterpretationAdmin(ActionAdmin):
    """Recorded readings of the text; append-only, and loaded with the pack."""

    list_display = ("question", "choice", "program", "condition", "decided_by", "decided_on")
    list_filter = (ByProgram,)
    list_select_related = ("program", "condition")
    search_fields = ("question", "choice", "basis")
    date_hierarchy = "decided_on"
