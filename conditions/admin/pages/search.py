"""Search over what analysts look for: evidence by words and limits, the rest by name."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from conditions.admin.pages.search_form import MOST_OFFERED, SearchForm, offered
from conditions.admin.rendering import page, require
from conditions.models import Condition, Source
from conditions.outbound.citations import FORMS
from conditions.queries.lists.filters import number
from conditions.queries.readers import sensitivities_for
from conditions.queries.search import SearchPage, search_evidence
from conditions.queries.works import MOST_CITED
from conditions.rules.authority import TRAVELS
from conditions.rules.refusals import Refusal

MOST = 20
# As many as a name is made of; each is looked for in every row.
_WORDS = 8
_AFTER = number("after", "The last document of the page before.")


def search(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A page of evidence with the passages found, and up to twenty conditions and sources."""
    require(request, "view_condition", to="search")
    form = SearchForm(request.GET)
    is_clear = form.read()
    words = request.GET.get("q", "").split()[:_WORDS] if is_clear and form.search else []
    found = _evidence(request, form) if is_clear else None
    conditions = Condition.objects.select_related("program")
    may_choose = offered()
    return page(
        site,
        request,
        "search",
        title="Search",
        status=200 if is_clear else 400,
        form=form,
        offered=may_choose,
        is_cut=any(len(names) == MOST_OFFERED for names in may_choose.values()),
        most_offered=MOST_OFFERED,
        q=form.search.typed if form.search else "",
        is_first="after" not in request.GET,
        next=_with(request.GET, after=found.after) if found and found.after else None,
        from_start=_with(request.GET),
        conditions=_holding(conditions, words, "code", "title", "provision", "checklist__code"),
        evidence=found,
        forms=FORMS,
        most_cited=MOST_CITED,
        keeps_back=bool(sensitivities_for(request.user) - TRAVELS),
        sources=_holding(Source.objects.all(), words, "name", "ownership"),
    )


def _evidence(request: HttpRequest, form: SearchForm) -> SearchPage | None:
    if not form.is_asked:
        return None
    try:
        after = _AFTER.read(request.GET["after"]) if "after" in request.GET else None
    except Refusal:
        # A link that was cut short: begin at the first page.
        after = None
    return search_evidence(form.search, reader=request.user, filters=form.filters, after=after)


def _with(query: QueryDict, **changes: Any) -> str:
    copy = query.copy()
    copy.pop("after", None)
    for name in [name for name in copy if not copy[name]]:
        del copy[name]
    copy.update({name: str(value) for name, value in changes.items()})
    return copy.urlencode()


def _holding(rows: QuerySet[Any], words: list[str], *fields: str) -> list[Any]:
    if not words:
        return []
    for word in words:
        condition = Q()
        for field in fields:
            condition |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(condition)
    return list(rows.distinct()[:MOST])
