"""Review cycles, and the reminders about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conditions import clock
from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByClosing, ByCycleProgram, ByProgram
from conditions.admin.pages.coding import coding
from conditions.admin.pages.cycle import close, cycle, extend
from conditions.admin.pages.package import package
from conditions.admin.pages.publishing import key_judgements, publish
from conditions.admin.pages.skip import skip
from conditions.admin.site import site
from conditions.models import Reminder, ReviewCycle
from conditions.queries.duties import state_of


@admin.register(ReviewCycle, site=site)
class ReviewCycleAdmin(ActionAdmin):
    """Review cycles; a manager closes, extends and skips them on their page."""

    list_display = ("name", "program", "starts_on", "due_on", "scheduled_due_on", "state")
    list_filter = (ByProgram, ByClosing)
    list_select_related = ("program",)
    search_fields = ("program__slug", "program__title")
    date_hierarchy = "due_on"
    ordering = ("-program__is_default", "program__slug", "-number")

    def pages(self) -> list[tuple[str, Any, str]]:
        """Closing, extending and skipping, and what belongs to a review."""
        return [
            ("<int:object_id>/close/", close, "close"),
            ("<int:object_id>/extend/", extend, "extend"),
            ("<int:object_id>/skip/", skip, "skip"),
            ("<int:object_id>/coding/", coding, "coding"),
            ("<int:object_id>/key-judgements/", key_judgements, "keyjudgements"),
            ("<int:object_id>/publish/", publish, "publish"),
            ("<int:object_id>/package/", package, "package"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return cycle(self.admin_site, request, row_id(object_id))

    @admin.display(description="cycle", ordering="number")
    def name(self, row: ReviewCycle) -> str:
        """Its number, in words."""
        return str(row)

    @admin.display(description="state")
    def state(self, row: ReviewCycle) -> str:
        """What it is today."""
        return state_of(row, row.program.day_of(clock.now())).value.capitalize()


@admin.register(Reminder, site=site)
class ReminderAdmin(ActionAdmin):
    """Reminders owed and sent; one's own, or all for those who manage cycles."""

    list_display = ("recipient", "about", "kind", "offset", "falls_on", "state", "sent_at")
    list_filter = ("state", "kind", ByCycleProgram)
    list_select_related = ("recipient", "cycle__program", "condition", "event")
    search_fields = ("recipient__username", "cycle__program__slug", "event__verb")
    date_hierarchy = "owed_at"
    exclude = ("lease_owner", "lease_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        """Other people's reminders only for those who may close cycles."""
        rows = super().get_queryset(request)
        if request.user.has_perm("conditions.close_reviewcycle"):
            return rows
        return rows.filter(recipient=request.user)

    @admin.display(ordering="cycle__due_on")
    def about(self, row: Reminder) -> str:
        """The cycle, or the condition in it; for news, what happened there."""
        happened = f"{row.event.verb}: " if row.event else ""
        matter = f"{row.condition.code}, " if row.condition else ""
        return f"{happened}{matter}{row.cycle} of {row.cycle.program}"
