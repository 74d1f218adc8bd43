"""Citations in the admin: of one document to copy or download, and of what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from conditions import clock
from conditions.admin.pages.search_form import SearchForm
from conditions.admin.rendering import require
from conditions.models import Evidence
from conditions.outbound.attachments import attached
from conditions.outbound.citations import FORMS, Form, form_named, written
from conditions.queries.named import evidence_seen
from conditions.queries.works import Work, work_of, works_found
from conditions.rules.authority import TRAVELS
from conditions.rules.refusals import Conflict, Invalid


class NoSearch(Invalid):
    """Citations were asked for of no search, or of one that is unclear."""


class StaysHere(Conflict):
    """The document may not leave in a file."""


class Citations(TypedDict):
    """What the block shows: each form with the text to copy, and whether it may be a file."""

    cited: list[tuple[Form, str]]
    may_travel: bool


def citations(evidence: Evidence, *, known_at: datetime) -> Citations:
    """A document that this person may see, in every form. One query."""
    work = work_of(evidence, known_at)
    return {
        "cited": [(form, form.write([work])) for form in reversed(FORMS)],
        "may_travel": evidence.sensitivity in TRAVELS,
    }


def cite(site: AdminSite, request: HttpRequest, object_id: int, form: str) -> HttpResponse:
    """One document as a file of citations."""
    require(request, "view_evidence", to="see evidence")
    chosen = form_named(form)
    found = evidence_seen(request.user, object_id)
    if found.sensitivity not in TRAVELS:
        raise StaysHere(
            "Restricted and source-protected documents do not leave in a file.",
            field="sensitivity",
            value=found.sensitivity,
            remedy="Copy the citation from the page of the document, if you may pass it on.",
        )
    return _file(chosen, [work_of(found, clock.now())], found.key)


def cite_found(site: AdminSite, request: HttpRequest, form: str) -> HttpResponse:
    """What a search found as a file of citations, the newest filed first."""
    require(request, "view_evidence", to="see evidence")
    chosen = form_named(form)
    typed = SearchForm(request.GET)
    if not typed.read() or not typed.is_asked:
        field, messages = next(iter(typed.errors.items()), ("q", ["Nothing was searched for."]))
        raise NoSearch(
            " ".join(map(str, messages)),
            field=field,
            value=request.GET.get(field, ""),
            remedy="Search first, then follow the links above what was found.",
        )
    works = works_found(
        typed.search, reader=request.user, filters=typed.filters, known_at=clock.now()
    )
    return _file(chosen, works, "search")


def _file(form: Form, works: Sequence[Work], name: str) -> HttpResponse:
    answer = HttpResponse(written(form, works), content_type=form.media_type)
    return attached(answer, f"{name}.{form.ending}")
