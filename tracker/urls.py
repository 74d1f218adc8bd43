"""Where each face begins."""

from __future__ import annotations

import logging
from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

handler404 = "conditions.dashboard.refusals.page_missing"

urlpatterns: list[URLPattern | URLResolver] = []

# Until every face is in: one that cannot be imported yet is said, and the others serve.
for prefix, module in {
    "admin/": "conditions.admin.site",
    "api/v1/": "conditions.api.urls",
    "": "conditions.dashboard.urls",
}.items():
    try:
        face = import_module(module)
    except ImportError as missing:
        logging.getLogger(__name__).warning("No addresses under /%s yet: %s", prefix, missing)
    else:
        urlpatterns.append(path(prefix, face.site.urls if prefix == "admin/" else include(face)))
