"""The admin site: the analysts' desk in front, our own pages inside, refusals told in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from conditions.admin import kept
from conditions.admin.answers import REFUSED, refused_page
from conditions.admin.navigation import navigation
from conditions.admin.pages.cite import cite_found
from conditions.admin.pages.desk import desk
from conditions.admin.pages.exports import export_search
from conditions.admin.pages.gaps import gaps
from conditions.admin.pages.search import search
from conditions.admin.pages.settings import send_test, settings
from conditions.admin.sign_in import SignInForm

View = Callable[..., HttpResponse]


class TrackerSite(AdminSite):
    """Stock Django admin with our desk as its index."""

    site_title = "Conditions tracker"
    site_header = "Conditions tracker"
    index_title = "Your desk"
    enable_nav_sidebar = False
    login_form = SignInForm

    def __init__(self) -> None:
        super().__init__(name="admin")
        self.disable_action("delete_selected")

    def get_urls(self) -> list[Any]:
        """Our own pages before the stock ones."""
        own = [
            path("search/", self.admin_view(self.page(search)), name="search"),
            path(
                "search/citations/<slug:form>/",
                self.admin_view(self.page(cite_found)),
                name="search_citations",
            ),
            path(
                "search/evidence.<str:kind>",
                self.admin_view(self.page(export_search)),
                name="search_export",
            ),
            path("gaps/", self.admin_view(self.page(gaps)), name="gaps"),
            path("settings/", self.admin_view(self.page(settings)), name="my_settings"),
            path(
                "settings/test/",
                self.admin_view(self.page(send_test)),
                name="send_test",
            ),
        ]
        return own + super().get_urls()

    def page(self, view: View) -> View:
        """A page function that is handed the site, ready for a URL."""

        def handed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(self, request, *args, **kwargs)

        return update_wrapper(handed, view)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The desk of whoever is signed in."""
        return desk(self, request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows: names, the way around, and what the person may do."""
        allowed = self.has_permission(request)
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": "/",
            "has_permission": allowed,
            "is_popup": False,
            "is_nav_sidebar_enabled": False,
            "navigation": navigation(request) if allowed else (),
        }

    def admin_view(  # type: ignore[override]
        self, view: View, cacheable: bool = False
    ) -> View:
        """``view`` for people with an account; refusals become pages, typed text is kept."""

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self._sign_in_first(request)
            try:
                return view(request, *args, **kwargs)
            except REFUSED as error:
                return refused_page(request, error, self.each_context(request))

        answer: View = inner if cacheable else never_cache(inner)
        return update_wrapper(csrf_protect(answer), view)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in; what was typed before the session ended is shown again where it belongs."""
        held = kept.unsign(request.POST.get(kept.FIELD, ""))
        answer = super().login(request, {"kept": held, **(extra_context or {})})
        if held is not None and request.user.is_authenticated:
            return kept.hold(request, held)
        return answer

    def sign_in_page(self, request: HttpRequest, held: kept.Kept) -> HttpResponse:
        """The sign-in page in answer to a form that nobody signed in has sent."""
        context = {
            **self.each_context(request),
            "title": "Sign in again",
            "form": SignInForm(request),
            "app_path": reverse("admin:login"),
            "next": held.path,
            "kept": held,
        }
        return TemplateResponse(request, "admin/login.html", context, status=401)

    def _sign_in_first(self, request: HttpRequest) -> HttpResponse:
        if request.path == reverse("admin:logout"):
            return redirect("admin:index")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        if request.method == "POST" and not request.user.is_authenticated:
            return self.sign_in_page(request, kept.keep(request))
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))


site = TrackerSite()
