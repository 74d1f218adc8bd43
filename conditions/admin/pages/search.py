"""Search over what analysts look for: conditions, evidence, sources."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from conditions.admin.rendering import page, require
from conditions.models import Condition, Evidence, Source
from conditions.queries.readers import sensitivities_for

MOST = 20


def search(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Up to twenty of each kind that hold every word typed."""
    require(request, "view_condition", to="search")
    words = request.GET.get("q", "").split()[:8]
    conditions = Condition.objects.select_related("program")
    evidence = Evidence.objects.with_sensitivity(sensitivities_for(request.user))
    return page(
        site,
        request,
        "search",
        title="Search",
        q=" ".join(words),
        conditions=_holding(conditions, words, "code", "title", "provision"),
        evidence=_holding(
            evidence.select_related("source"), words, "title", "summary", "key", "source__name"
        ),
        sources=_holding(Source.objects.all(), words, "name", "ownership"),
    )


def _holding(rows: QuerySet[Any], words: list[str], *fields: str) -> list[Any]:
    if not words:
        return []
    for word in words:
        condition = Q()
        for field in fields:
            condition |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(condition)
    return list(rows[:MOST])
