"""The evidence of a report or of a condition as citations, to take along into other programs."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from conditions.dashboard.report_files import kept, publication_at, read_publication
from conditions.dashboard.views import page
from conditions.dashboard.visits import Opened, arrive
from conditions.outbound.citations import form_named, written
from conditions.queries.condition_page import condition_of
from conditions.queries.report_addresses import file_name
from conditions.queries.works import works_of_condition, works_of_report


@page
def of_report(
    request: HttpRequest, slug: str, number: int, version: int, form: str
) -> HttpResponse:
    """The documents of a published annex: public ones only, as they read when they were cited."""
    visit, _, row = publication_at(request, slug, number, version)
    chosen = form_named(form)
    body = written(chosen, works_of_report(read_publication(row)))
    name = file_name(slug, number, version, chosen.ending)
    return kept(visit, hashlib.sha256(body).hexdigest(), lambda: body, chosen.media_type, name)


@page
def of_condition(request: HttpRequest, slug: str, code: str, form: str) -> HttpResponse:
    """The documents linked to a condition that this reader may see, as known at a moment."""
    chosen = form_named(form)

    def write(opened: Opened) -> HttpResponse:
        condition = condition_of(opened.program, code)
        works = works_of_condition(
            condition.pk, opened.as_of, sensitivities=opened.audience.sensitivities
        )
        return HttpResponse(written(chosen, works), content_type=chosen.media_type)

    response = arrive(request, slug).answer(write)
    if response.status_code == 200:
        name = f"{slug}-{code}-evidence.{chosen.ending}"
        disposition = content_disposition_header(True, name)
        response.headers["Content-Disposition"] = disposition or "attachment"
    return response
