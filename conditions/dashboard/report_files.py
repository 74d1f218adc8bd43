"""A report as files: its data and annex as they were hashed, Word and PDF."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags

from conditions.dashboard.views import page
from conditions.dashboard.visits import Visit, arrive, as_of_asked, surroundings
from conditions.models import Program, Publication
from conditions.outbound.reports import pdf
from conditions.queries.answers import RELEASE, SHELF, Answer
from conditions.queries.front import programs_of
from conditions.queries.printing import press_state, printed_file
from conditions.queries.publications import publication_of
from conditions.queries.report import Report, read_report
from conditions.queries.report_addresses import file_name
from conditions.queries.report_drafts import draft_report
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotFound

JSON = "application/json"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# In seconds: the worker looks for new reports every minute.
RETRY_AFTER = 60
Write = Callable[[], bytes]


@page
def data(request: HttpRequest, slug: str, number: int, version: int) -> HttpResponse:
    """The very bytes that the printed SHA-256 is the hash of."""
    visit, _, row = publication_at(request, slug, number, version)
    name = file_name(slug, number, version, "json")
    return kept(visit, row.sha256, row.content.encode, JSON, name)


@page
def annex(request: HttpRequest, slug: str, number: int, version: int) -> HttpResponse:
    """The rows under a publication and their hashes, for those who see all that is cited."""
    visit, _, row = publication_at(request, slug, number, version)
    if not may_read_annex(visit.audience.reader):
        raise nowhere(request)
    sha256 = json.loads(row.content)["annex_sha256"]
    name = file_name(slug, number, version, "annex.json")
    return kept(visit, sha256, row.annex.encode, JSON, name)


@page
def word_file(request: HttpRequest, slug: str, number: int, version: int) -> HttpResponse:
    """One version in Word, written when it is asked for: the same bytes for everybody."""
    visit, _, row = publication_at(request, slug, number, version)
    etag = f"{row.sha256}.{RELEASE}"

    def write() -> bytes:
        found = SHELF.find(etag) or Answer(_word(read_publication(row)), DOCX)
        SHELF.keep(etag, found)
        return found.body

    return kept(visit, etag, write, DOCX, file_name(slug, number, version, "docx"))


@page
def pdf_file(request: HttpRequest, slug: str, number: int, version: int) -> HttpResponse:
    """One version as PDF, as the worker printed it; until then, where else it can be read."""
    visit, program, row = publication_at(request, slug, number, version)
    found = printed_file(row.pk)
    if found is None:
        return _waiting(visit, program, number, version, press_state().cannot)
    name = file_name(slug, number, version, "pdf")
    return kept(visit, found.sha256, lambda: found.body, PDF, name)


@page
def draft_docx(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The draft in Word."""
    _, _, told = _draft(request, slug, number)
    return _unkept(_word(told), DOCX, file_name(slug, number, None, "docx"))


@page
def draft_pdf(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The draft as PDF, printed while the reader waits."""
    visit, program, told = _draft(request, slug, number)
    try:
        body = pdf.printed(told)
    except pdf.CannotPrint as error:
        return _waiting(visit, program, number, None, str(error))
    except (pdf.PressBusy, pdf.PrintingFailed):
        return _waiting(visit, program, number, None, "")
    return _unkept(body, PDF, file_name(slug, number, None, "pdf"))


def _word(report: Report) -> bytes:
    # Loaded on use: with lxml it weighs a tenth of the web process, which seldom needs it.
    written: Callable[[Report], bytes] = importlib.import_module(
        "conditions.outbound.reports.docx"
    ).written
    return written(report)


def may_read_annex(reader: Reader) -> bool:
    """Whether a reader sees everything that a publication rests on."""
    return reader.has_perm("conditions.view_source_protected_evidence")


def require_team(request: HttpRequest, visit: Visit) -> None:
    """Raise as for an address that leads nowhere, unless the reader sees drafts."""
    if not visit.audience.reader.has_perm("conditions.view_draft_assessment"):
        raise nowhere(request)


def nowhere(request: HttpRequest) -> NotFound:
    """The refusal of an address that leads nowhere, for this reader or for all."""
    return NotFound(
        "No page has this address.",
        field="address",
        value=request.path,
        remedy="Start from the list of programs.",
    )


def read_publication(row: Publication) -> Report:
    """The report in a publication."""
    return read_report(json.loads(row.content), sha256=row.sha256)


def publication_at(
    request: HttpRequest, slug: str, number: int, version: int
) -> tuple[Visit, Program, Publication]:
    """One published version, and who asks for it. Raises NoProgram, NoPublication."""
    visit = arrive(request, slug)
    program = programs_of(visit.front, visit.audience.reader)[0]
    return visit, program, publication_of(program, number, version)


def _draft(request: HttpRequest, slug: str, number: int) -> tuple[Visit, Program, Report]:
    visit = arrive(request, slug)
    require_team(request, visit)
    program = programs_of(visit.front, visit.audience.reader)[0]
    as_of = as_of_asked(request, program, visit.today)
    return visit, program, draft_report(program, number, as_of)


def kept(visit: Visit, etag: str, write: Write, kind: str, name: str) -> HttpResponse:
    """A file that never changes: sent once, and then 304."""
    wanted = parse_etags(visit.request.headers.get("If-None-Match", ""))
    strong = f'"{etag}"'
    response: HttpResponse
    if strong in wanted or "*" in wanted:
        response = HttpResponseNotModified()
    else:
        response = _file(write(), kind, name)
    response.headers["ETag"] = strong
    is_public = visit.audience.key == "public"
    response.headers["Cache-Control"] = "no-cache" if is_public else "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def _unkept(body: bytes, kind: str, name: str) -> HttpResponse:
    response = _file(body, kind, name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    disposition = content_disposition_header(kind not in (JSON, PDF), name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response


def _waiting(
    visit: Visit, program: Program, number: int, version: int | None, cannot: str
) -> HttpResponse:
    context = surroundings(visit.request, visit.audience, visit.front) | {
        "program": program,
        "number": number,
        "version": version,
        "cannot": cannot,
        "remedy": pdf.REMEDY,
    }
    response = render(visit.request, "dashboard/report_waiting.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
