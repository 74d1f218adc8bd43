"""Accounts and API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from conditions import clock
from conditions.actions.accounts import note_password, save_account
from conditions.admin.base import ActionAdmin
from conditions.admin.history import history_page
from conditions.admin.pages.token import issue, revoke
from conditions.admin.rendering import person
from conditions.admin.site import site
from conditions.models import ApiToken, User


@admin.register(ApiToken, site=site)
class ApiTokenAdmin(ActionAdmin):
    """One's own keys to the API; a superuser sees everybody's."""

    list_display = ("name", "prefix", "scope", "user", "created_at", "expires_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("name", "prefix")
    exclude = ("digest",)

    def pages(self) -> list[tuple[str, Any, str]]:
        """Revoking."""
        return [("<int:object_id>/revoke/", revoke, "revoke")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may issue tokens sees the button; the page is ours."""
        return request.user.has_perm("conditions.add_apitoken")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """One's own."""
        rows = super().get_queryset(request)
        everybody = request.user.has_perm("conditions.change_user")
        return rows if everybody else rows.filter(user=person(request))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Our own page in place of the stock form."""
        return issue(self.admin_site, request)


@admin.register(User, site=site)
class AccountAdmin(UserAdmin):
    """Accounts, for superusers; a person's groups say what they may do."""

    list_display = ("username", "first_name", "last_name", "email", "roles", "is_active")
    list_filter = ("groups", "is_active", "is_superuser")
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Role", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Reminders", {"fields": ("time_zone", "reminder_hour", "reminder_mode")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Accounts are switched off, never deleted: what they wrote stays theirs."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Each account with its roles."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="role")
    def roles(self, row: User) -> str:
        """The groups, by name."""
        names = [group.name for group in row.groups.all()]
        return ", ".join([*names, *(["superuser"] if row.is_superuser else [])])

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """One action writes the account and its roles."""
        save_account(
            account=obj,
            groups=form.cleaned_data.get("groups"),
            by=person(request),
            as_of=clock.now(),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action wrote the groups already."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        """The events are the history; Django's own log would be a second one."""

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override]
        """Only a new password has not told its event yet."""
        if "password" in str(message).lower():
            note_password(account=obj, by=person(request), as_of=clock.now())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed this account."""
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            raise Http404("There is no such account.")
        return history_page(self.admin_site, request, found)
