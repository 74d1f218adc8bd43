"""Events: the record of every write."""

from __future__ import annotations

from textwrap import shorten

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin
from conditions.admin.filters import ByProgram
from conditions.admin.pages.event import event
from conditions.admin.site import site
from conditions.models import Event
from conditions.queries.lists.record import EVENTS
from conditions.rules.actors import SCHEDULER

REASON_SHOWN = 80


@admin.register(Event, site=site)
class EventAdmin(ActionAdmin):
    """Who did what, when and why; append-only."""

    list_display = ("at", "verb", "actor_name", "program", "condition_code", "cycle", "why")
    list_filter = (ByProgram, "subject_type")
    list_select_related = ("actor", "program", "condition", "cycle")
    search_fields = ("verb", "reason", "actor__username", "subject_id")
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Only what this person may know of."""
        return EVENTS.visible(request.user).order_by("-id")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Who and why are told to those who see drafts."""
        if request.user.has_perm("conditions.view_draft_assessment"):
            return self.list_display
        return ("at", "verb", "program", "condition_code", "cycle")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return event(self.admin_site, request, self.get_object(request, object_id))

    @admin.display(description="condition", ordering="condition__code")
    def condition_code(self, row: Event) -> str:
        """The condition's code; its own page has the rest."""
        return row.condition.code if row.condition else ""

    @admin.display(description="why", ordering="reason")
    def why(self, row: Event) -> str:
        """The beginning of the reason."""
        return shorten(row.reason, width=REASON_SHOWN, placeholder=" …")

    @admin.display(description="who", ordering="actor__username")
    def actor_name(self, row: Event) -> str:
        """The person, or the scheduler."""
        return str(row.actor or SCHEDULER)
