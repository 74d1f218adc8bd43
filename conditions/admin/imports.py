"""Imports: spreadsheets of evidence on their way in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.base import ActionAdmin, row_id
from conditions.admin.filters import ByProgram
from conditions.admin.pages.imports import check, errors, imported, mapping, template, upload
from conditions.admin.pages.imports_steps import discard, file_rows
from conditions.admin.site import site
from conditions.models import EvidenceImport
from conditions.rules.actors import OPERATOR


@admin.register(EvidenceImport, site=site)
class EvidenceImportAdmin(ActionAdmin):
    """Spreadsheets that were uploaded; each opens its page, where it is matched and filed."""

    list_display = ("filename", "program", "stands", "rows_total", "wrong", "by", "created_at")
    list_filter = (ByProgram, "state")
    list_select_related = ("program", "created_by")
    search_fields = ("filename", "sha256")
    date_hierarchy = "created_at"
    change_list_template = "admin/imports_list.html"

    def pages(self) -> list[tuple[str, Any, str]]:
        """Matching columns, what was found, and each step from there."""
        return [
            ("template.<str:kind>", template, "template"),
            ("<int:object_id>/columns/", mapping, "mapping"),
            ("<int:object_id>/errors.csv", errors, "errors"),
            ("<int:object_id>/check/", check, "check"),
            ("<int:object_id>/file/", file_rows, "file"),
            ("<int:object_id>/discard/", discard, "discard"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceImport]:
        """Without the files."""
        return EvidenceImport.objects.defer("body", "faults")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may bring in spreadsheets sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_evidenceimport")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return upload(self.admin_site, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return imported(self.admin_site, request, row_id(object_id))

    @admin.display(description="where it stands", ordering="state")
    def stands(self, row: EvidenceImport) -> str:
        """The state in words."""
        return row.get_state_display()

    @admin.display(description="errors", ordering="faults_total")
    def wrong(self, row: EvidenceImport) -> int:
        """How many errors the check found."""
        return row.faults_total

    @admin.display(description="uploaded by", ordering="created_by", empty_value=OPERATOR)
    def by(self, row: EvidenceImport) -> str | None:
        """Who uploaded it."""
        return str(row.created_by) if row.created_by else None
