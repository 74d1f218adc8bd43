"""Where each face begins."""

from __future__ import annotations

from django.urls import include, path

from conditions.admin.site import site

handler404 = "conditions.dashboard.refusals.page_missing"

urlpatterns = [
    path("admin/", site.urls),
    path("api/v1/", include("conditions.api.urls")),
    path("", include("conditions.dashboard.urls")),
]
