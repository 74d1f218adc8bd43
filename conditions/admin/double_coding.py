"""Double codings: who was chosen to code what. What they say is on no list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByConditionProgram, ByCycle
from conditions.admin.pages.blind import code
from conditions.admin.pages.coding_steps import end, replace
from conditions.admin.site import site
from conditions.models import DoubleCoding


@admin.register(DoubleCoding, site=site)
class DoubleCodingAdmin(ActionAdmin):
    """Double codings of every cycle; each opens the page of its cycle."""

    list_display = (
        "condition_code", "program", "cycle_number", "first_coder", "second_coder", "standing",
    )  # fmt: skip
    list_filter = (ByConditionProgram, ByCycle)
    list_select_related = ("condition__program", "cycle", "first_coder", "second_coder")
    search_fields = ("condition__code", "condition__title")
    ordering = ("-cycle__due_on", "condition__position", "-id")

    def pages(self) -> list[tuple[str, Any, str]]:
        """The blind form, and what a manager may change."""
        return [
            ("<int:object_id>/code/", code, "code"),
            ("<int:object_id>/replace/", replace, "replace"),
            ("<int:object_id>/call-off/", end, "calloff"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DoubleCoding]:
        """Each with how many have coded, and nothing of what they said."""
        return super().get_queryset(request).annotate(sealed=Count("codings"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of its cycle in place of the stock form."""
        found = get_object_or_404(DoubleCoding, pk=row_id(object_id))
        return redirect("admin:conditions_reviewcycle_coding", found.cycle_id)

    @admin.display(description="condition", ordering="condition__position")
    def condition_code(self, row: DoubleCoding) -> str:
        """Code and title of the condition."""
        return f"{row.condition.code} {row.condition.title}"

    @admin.display(ordering="condition__program__slug")
    def program(self, row: DoubleCoding) -> str:
        """The program's short title."""
        return str(row.condition.program)

    @admin.display(description="cycle", ordering="cycle__number")
    def cycle_number(self, row: DoubleCoding) -> int:
        """The cycle's number."""
        return row.cycle.number

    @admin.display(description="state")
    def standing(self, row: Any) -> str:
        """How many have coded, or that it was called off."""
        return "called off" if row.called_off_at else f"{row.sealed} of 2 sealed"
