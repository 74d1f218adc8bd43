"""Lists of work that waits for other sites: each row leads to the page of its document."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions.admin.base import ActionAdmin, row_id
from conditions.outbound.fetching import may_call_outside
from conditions.rules.refusals import NotFound


class OutsideAdmin(ActionAdmin):
    """A list of rows with an ``evidence_id``; ``lacking`` is raised where there is no such row."""

    change_list_template = "admin/captures_list.html"
    lacking: ClassVar[type[NotFound]]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, which also says when nothing leaves for the outside."""
        context = {**(extra_context or {}), "may_call_outside": may_call_outside()}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of the document, where the rest is told."""
        found = self.get_queryset(request).filter(pk=row_id(object_id)).first()
        if found is None or not self.has_view_permission(request):
            raise self.lacking("No row of this list has this number.", field="id", value=object_id)
        return redirect("admin:conditions_evidence_change", found.evidence_id)
