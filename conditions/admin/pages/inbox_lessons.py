"""What corrections teach: how often suggestions held here, and words proposed as field terms."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from conditions.actions.triage_suggesting import triages_in_use
from conditions.admin.rendering import page, require
from conditions.queries.triage_lessons import MOST_EXAMPLES, triage_lessons
from conditions.rules.triage.learning import FEWEST_DOCUMENTS, FEWEST_EXAMPLES


def lessons(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The figures of every program with field terms, from the decisions made here."""
    require(request, "view_triagedecision", to="see what corrections teach")
    terms = {slug: triage.lists for slug, triage in triages_in_use().items()}
    return page(
        site,
        request,
        "inbox_lessons",
        title="What corrections teach",
        lessons=triage_lessons(terms),
        fewest=FEWEST_EXAMPLES,
        fewest_documents=FEWEST_DOCUMENTS,
        most=MOST_EXAMPLES,
    )
