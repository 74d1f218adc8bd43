"""The browsable page of the API, all of it from this host."""

from __future__ import annotations

from django.views.generic import TemplateView


class DocsPage(TemplateView):
    """Swagger UI over the OpenAPI document; its start is a file of ours, not a script in a page."""

    template_name = "api/docs.html"
