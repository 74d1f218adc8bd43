"""Where each face begins."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

FACES = {"": "conditions.dashboard.urls", "api/v1/": "conditions.api.urls"}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in FACES.items() if find_spec(module)
]
if find_spec("conditions.admin.site"):
    urlpatterns.append(path("admin/", import_module("conditions.admin.site").site.urls))
