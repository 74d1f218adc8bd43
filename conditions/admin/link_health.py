"""Link health: which documents still stand at their addresses, and which are lost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from conditions.admin.filters import ByLinkedProgram
from conditions.admin.outside import OutsideAdmin
from conditions.admin.pages.links_again import look_again
from conditions.admin.site import site
from conditions.models import Condition, LinkHealth
from conditions.queries.link_health import links_for
from conditions.rules.refusals import NotFound


class NoLink(NotFound):
    """There is no such address, or it is that of a document that this person may not see."""


class ByProgramOfDocument(ByLinkedProgram):
    """One program, by way of what the document bears on."""

    path = "evidence__links__condition__program"


class ByCondition(SimpleListFilter):
    """One condition, by way of the links that stand."""

    title = "condition"
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The conditions of the chosen program, or of all."""
        rows = Condition.objects.order_by("program__slug", "position")
        if program := request.GET.get("program", ""):
            rows = rows.filter(program__slug=program)
        return [(str(pk), code) for pk, code in rows.values_list("pk", "code")[:60]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows whose document bears on that condition."""
        value = self.value() or ""
        if not value.isdecimal() or len(value) > 18:
            return queryset
        return queryset.filter(
            evidence__links__condition=int(value), evidence__links__withdrawn_at=None
        ).distinct()


class ByLoss(SimpleListFilter):
    """Whether the document was missed twice in a row."""

    title = "loss"
    parameter_name = "lost"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Lost, not lost."""
        return [("yes", "No longer at its address"), ("no", "Not lost")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in that position."""
        if self.value() in ("yes", "no"):
            return queryset.filter(lost_at__isnull=self.value() == "no")
        return queryset


@admin.register(LinkHealth, site=site)
class LinkHealthAdmin(OutsideAdmin):
    """Addresses with what the last look found; each leads to its document."""

    list_display = ("document", "found", "lost_at", "last_look", "next_look")
    list_display_links = None
    list_filter = ("state", ByLoss, ByProgramOfDocument, ByCondition)
    list_select_related = ("evidence",)
    search_fields = ("evidence__title", "evidence__key", "url", "host")
    lacking = NoLink

    def pages(self) -> list[tuple[str, Any, str]]:
        """Having one address looked at again."""
        return [("<int:object_id>/again/", look_again, "again")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkHealth]:
        """Only of documents that this person may see."""
        return links_for(request.user)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Lost ones first, the newest loss on top."""
        return [F("lost_at").desc(nulls_last=True), "next_check_at"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With a button for those who may ask for captures."""
        shown = list(super().get_list_display(request))
        return [*shown, "again"] if request.user.has_perm("conditions.add_capture") else shown

    @admin.display(description="document", ordering="evidence__title")
    def document(self, row: LinkHealth) -> str:
        """The document, with its address below."""
        there = reverse("admin:conditions_evidence_change", args=[row.pk])
        return format_html(
            '<a href="{}#address">{}</a><span class="small">{}</span>',
            there,
            row.evidence.title,
            row.url if len(row.url) <= 44 else f"{row.url[:43]}…",
        )

    @admin.display(description="state", ordering="state")
    def found(self, row: LinkHealth) -> str:
        """The state, and why."""
        why = format_html('<span class="small">{}</span>', row.reason) if row.reason else ""
        return format_html("{}{}", row.get_state_display(), why)

    @admin.display(description="last look", ordering="checked_at", empty_value="none yet")
    def last_look(self, row: LinkHealth) -> Any:
        """When it was looked at last."""
        return row.checked_at

    @admin.display(description="next look", ordering="next_check_at")
    def next_look(self, row: LinkHealth) -> Any:
        """When it is due."""
        return row.next_check_at

    @admin.display(description="to do")
    def again(self, row: LinkHealth) -> str:
        """A button of the list's own form, sent to another address."""
        return format_html(
            '<button type="submit" formaction="{}">Look again now'
            '<span class="unseen">: {}</span></button>',
            reverse("admin:conditions_linkhealth_again", args=[row.pk]),
            row.evidence.title,
        )
