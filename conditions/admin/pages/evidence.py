"""The page of a document, and the look whether an address is on file already."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from conditions import clock
from conditions.admin.pages.address_block import address
from conditions.admin.pages.captures_block import copies
from conditions.admin.pages.cite import citations as cited
from conditions.admin.pages.intake import asked_items
from conditions.admin.pages.link_form import LinkForm
from conditions.admin.rendering import page, require
from conditions.models import Citation, Evidence
from conditions.queries.evidence_lookup import find_by_url
from conditions.queries.readers import sensitivities_for
from conditions.queries.voices import voice_of_document
from conditions.rules.addresses import BadAddress
from conditions.rules.dates import FactDate, Precision
from conditions.rules.evidence import CREDIBILITY, RELIABILITY, grade_chip
from conditions.rules.refusals import NotFound


class NoEvidence(NotFound):
    """There is no such document, or this person may not know of it."""


def visible_document(request: HttpRequest, object_id: int) -> Evidence:
    """The document if this person may see it. Raises NoEvidence."""
    rows = Evidence.objects.with_sensitivity(sensitivities_for(request.user))
    found = rows.select_related("source", "recorded_by").filter(pk=object_id).first()
    if found is None:
        raise NoEvidence("There is no such document.", field="id", value=object_id)
    return found


def evidence(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One document with its grade, its links and its versions."""
    require(request, "view_evidence", to="see evidence")
    found = visible_document(request, object_id)
    return show(site, request, found, LinkForm(items=asked_items()))


def show(
    site: AdminSite, request: HttpRequest, found: Evidence, form: LinkForm, *, status: int = 200
) -> HttpResponse:
    """The page of a document, with the form for one more link."""
    links = found.links.select_related("condition__program", "checklist_item", "withdrawn_by")
    return page(
        site,
        request,
        "evidence",
        title=found.title,
        status=status,
        evidence=found,
        grade=grade_chip(found.source.reliability, found.credibility),
        reliability=RELIABILITY[found.source.reliability],
        credibility=CREDIBILITY[found.credibility],
        fact_date=str(FactDate(found.fact_on, Precision(found.fact_precision))),
        links=links.order_by("withdrawn_at", "condition__program__slug", "condition__position"),
        versions=found.versions.select_related("recorded_by"),
        citations=_citations(request, found),
        form=form,
        one_voice=voice_of_document(request.user, found),
        **copies(found),
        **cited(found, known_at=clock.now()),
        **address(found, known_at=clock.now()),
    )


def known(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A fragment: the item on file under an address, or what is wrong with the address."""
    require(request, "add_evidence", to="file evidence")
    url = request.GET.get("url", "").strip()
    existing, wrong = None, ""
    if url:
        try:
            existing = find_by_url(url)
        except BadAddress as refusal:
            wrong = str(refusal)
    if existing and existing.sensitivity not in sensitivities_for(request.user):
        existing = None
    context = {"existing": existing, "wrong": wrong, "url": url}
    return TemplateResponse(request, "admin/parts/known.html", context)


def _citations(request: HttpRequest, found: Evidence) -> QuerySet[Citation]:
    rows = found.citations.select_related("assessment__condition", "assessment__cycle")
    if not request.user.has_perm("conditions.view_draft_assessment"):
        rows = rows.filter(assessment__approved_at__isnull=False)
    return rows.order_by("-assessment_id")[:50]
