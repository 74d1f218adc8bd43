"""Evidence and sources."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByLinkedProgram
from conditions.admin.pages.amend import amend
from conditions.admin.pages.cite import cite
from conditions.admin.pages.evidence import evidence, known
from conditions.admin.pages.exports import export_list, kept_back
from conditions.admin.pages.intake import intake
from conditions.admin.pages.links import add_link, withdraw
from conditions.admin.pages.source import add_source_page, source, source_form
from conditions.admin.site import site
from conditions.models import Evidence, Source
from conditions.queries.full_text import matching
from conditions.queries.readers import sensitivities_for
from conditions.rules.search_words import BadSearch, read_search


@admin.register(Evidence, site=site)
class EvidenceAdmin(ActionAdmin):
    """Documents; each opens its page, where it is amended, linked and unlinked."""

    list_display = ("title", "grade", "source", "published_on", "fact", "language", "sensitivity")
    list_filter = (ByLinkedProgram, "credibility", "sensitivity", "source__kind", "is_primary")
    change_list_template = "admin/evidence_list.html"
    list_select_related = ("source",)
    # What shows the box; what is typed is read as on the page of search.
    search_fields = ("title",)
    search_help_text = (
        "Words of the title, summary or stored copy, a key or an address, as on the page of search."
    )
    date_hierarchy = "published_on"

    def pages(self) -> list[tuple[str, Any, str]]:
        """Amending, linking, withdrawing, and the look whether an address is known."""
        return [
            ("known/", known, "known"),
            ("export.<str:kind>", export_list, "export"),
            ("<int:object_id>/amend/", amend, "amend"),
            ("<int:object_id>/cite/<slug:form>/", cite, "cite"),
            ("<int:object_id>/link/", add_link, "link"),
            ("link/<int:object_id>/withdraw/", withdraw, "withdraw"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may file evidence sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_evidence")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        """Only what this person may see."""
        rows = Evidence.objects.with_sensitivity(sensitivities_for(request.user))
        return rows.defer("text", "summary").order_by("-published_on", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The documents that full-text search finds; what it cannot read is told, finding none."""
        if not search_term.strip():
            return queryset, False
        try:
            search = read_search(search_term)
        except BadSearch as refusal:
            messages.error(request, str(refusal))
            return queryset.none(), False
        return matching(queryset, search), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with how many of its documents no file holds."""
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None)
        if context and "cl" in context:
            context["kept_back"] = kept_back(context["cl"].queryset, request.user)
        return answer

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own intake in place of the stock form."""
        return intake(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return evidence(self.admin_site, request, row_id(object_id))

    @admin.display(description="grade", ordering="credibility")
    def grade(self, row: Evidence) -> str:
        """The Admiralty grade."""
        return f"{row.source.reliability}{row.credibility}"

    @admin.display(description="happened", ordering="fact_on", empty_value="not known")
    def fact(self, row: Evidence) -> str | None:
        """The fact date, as precisely as it is known."""
        lengths = {"day": 10, "month": 7, "year": 4}
        return row.fact_on.isoformat()[: lengths[row.fact_precision]] if row.fact_on else None


@admin.register(Source, site=site)
class SourceAdmin(ActionAdmin):
    """Who publishes, and how reliable they are held."""

    list_display = ("name", "kind", "reliability", "language")
    list_filter = ("reliability", "kind")
    search_fields = ("name", "ownership")

    def pages(self) -> list[tuple[str, Any, str]]:
        """Describing and grading anew."""
        return [("<int:object_id>/edit/", source_form, "edit")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may add sources sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_source")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return add_source_page(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return source(self.admin_site, request, row_id(object_id))
