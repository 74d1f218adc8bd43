"""What all our changelists share: rows that only actions write, and history from the events."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from conditions.admin.history import history_page
from conditions.rules.refusals import NotAllowed

# Ids are 64 bits wide; a longer number overflows in the driver.
LONGEST_ID = 18


class NoStockWrite(NotAllowed):
    """The stock forms of the admin would write around the actions."""


def row_id(text: str) -> int:
    """The id in an address. Raises Http404 for anything that no row can have."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise Http404("There is no such object.")
    return int(text)


class ActionAdmin(ModelAdmin):
    """Rows to look at and narrow down; every write goes through an action on a page of ours."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    show_facets = ShowFacets.NEVER
    view_on_site = False
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added by a stock form."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is changed by a stock form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is ever deleted."""
        return False

    def get_urls(self) -> list[Any]:
        """Our own pages of this model before the stock ones."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                route,
                self.admin_site.admin_view(self.admin_site.page(view)),  # type: ignore[attr-defined]
                name=f"{name}_{label}",
            )
            for route, view, label in self.pages()
        ]
        return own + super().get_urls()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Django's own rule; a number longer than any id is an unclear filter, not a failure."""
        if isinstance(value, str) and value.isdecimal() and len(value) > LONGEST_ID:
            raise IncorrectLookupParameters(f"{lookup}: no row has the number {value[:40]}.")
        return super().lookup_allowed(lookup, value, request)

    def pages(self) -> list[tuple[str, Any, str]]:
        """(route, page function, end of its URL name) of the pages this model has beside stock."""
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who did what to this object, when and why, with what it was before."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404("There is no such object.")
        return history_page(self.admin_site, request, obj)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Refuse: see the class."""
        raise NoStockWrite(
            "This cannot be saved here.", field=str(obj), remedy="Use the page's own buttons."
        )

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Refuse: see the class."""
        raise NoStockWrite("Nothing is ever deleted.", field=str(obj))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Refuse: see the class."""
        raise NoStockWrite("Nothing is ever deleted.", field=self.opts.model_name or "")

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """The events are the history; Django's own log would be a second one."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """The events are the history; Django's own log would be a second one."""
