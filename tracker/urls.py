"""Where each face begins."""

from __future__ import annotations

from django.urls import include, path

from conditions.admin.site import site

handler403 = "conditions.dashboard.refusals.page_closed"
handler404 = "conditions.dashboard.refusals.page_missing"
handler500 = "tracker.failures.failed"

urlpatterns = [
    path("admin/", site.urls),
    path("api/v1/", include("conditions.api.urls")),
    path("", include("conditions.dashboard.urls")),
]
