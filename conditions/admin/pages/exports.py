"""Evidence as a spreadsheet, in the shape in which it is brought in."""

from __future__ import annotations

from typing import Final, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse

from conditions import clock
from conditions.actions.evidence_exports import record_evidence_export
from conditions.admin.pages.search_form import SearchForm
from conditions.admin.rendering import person, require
from conditions.models import Evidence, Program
from conditions.outbound.attachments import attached
from conditions.outbound.sheets import (
    CSV_TYPE,
    XLSX_TYPE,
    TooMuchForWorkbook,
    evidence_csv,
    evidence_xlsx,
)
from conditions.queries.evidence_sheet import sheet_rows
from conditions.queries.readers import sensitivities_for
from conditions.queries.search import found_by
from conditions.rules.authority import TRAVELS, Reader
from conditions.rules.refusals import Invalid
from conditions.rules.search_words import read_search

KINDS: Final = ("csv", "xlsx")
# A workbook is made whole before any of it leaves: this many documents take about 2 s of a core.
MOST_IN_WORKBOOK: Final = 5_000


class BadExport(Invalid):
    """A list that cannot be told from its address."""


def export_list(site: AdminSite, request: HttpRequest, kind: str) -> HttpResponse:
    """The documents of the list as it is narrowed. Raises BadSearch."""
    require(request, "view_evidence", to="download evidence")
    if typed := request.GET.get("q", "").strip():
        read_search(typed)
    admin = site.get_model_admin(Evidence)
    try:
        rows = admin.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:
        raise _unclear(request.GET) from None
    return _answer(request, rows, kind)


def export_search(site: AdminSite, request: HttpRequest, kind: str) -> HttpResponse:
    """Everything that a search finds."""
    require(request, "view_evidence", to="download evidence")
    form = SearchForm(request.GET)
    if not form.read() or not form.is_asked:
        raise _unclear(request.GET)
    rows = found_by(form.search, reader=request.user, filters=form.filters)
    return _answer(request, rows, kind)


def kept_back(rows: QuerySet[Evidence], reader: Reader) -> int:
    """How many of these documents no file holds. One query where the reader may see such."""
    unsent = sensitivities_for(reader) - TRAVELS
    return rows.order_by().filter(sensitivity__in=unsent).count() if unsent else 0


def _answer(request: HttpRequest, rows: QuerySet[Evidence], kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404("There is no such format.")
    program, now = _program(request), clock.now()
    seen = sensitivities_for(request.user) & TRAVELS
    rows = rows.order_by().with_sensitivity(seen)  # type: ignore[attr-defined]
    count = rows.count()
    if kind == "xlsx" and count > MOST_IN_WORKBOOK:
        raise _too_many(count)
    record_evidence_export(
        program=program,
        count=count,
        kind=kind,
        sensitivities=seen,
        by=person(request),
        as_of=now,
    )
    found = sheet_rows(rows, program=program)
    name = f"evidence-{now:%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        return attached(HttpResponse(evidence_xlsx(found), content_type=XLSX_TYPE), name)
    answer = StreamingHttpResponse(evidence_csv(found), content_type=CSV_TYPE)
    return cast(HttpResponse, attached(answer, name))


def _program(request: HttpRequest) -> Program:
    """Whose codes the sheet uses: the program the list is narrowed to, or the default."""
    programs = Program.objects.for_reader(request.user)
    slug = request.GET.get("program", "")
    found = programs.filter(slug=slug).first() if slug else None
    found = found or programs.order_by("-is_default", "slug").first()
    if found is None:
        raise Http404("There is no program.")
    return found


def _too_many(count: int) -> TooMuchForWorkbook:
    return TooMuchForWorkbook(
        f"These are {count:,} documents; a workbook is made here of at most {MOST_IN_WORKBOOK:,}.",
        field="format",
        value="xlsx",
        remedy="Narrow the list, download it as CSV, or have whoever runs the tracker make the "
        "workbook: python manage.py export_evidence FILE.xlsx --program SLUG.",
    )


def _unclear(query: QueryDict) -> BadExport:
    return BadExport(
        "This list cannot be told from its address.",
        field="query",
        value=query.urlencode()[:200],
        remedy="Open the list or search, narrow it there, and download it from its page.",
    )
