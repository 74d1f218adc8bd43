"""The report on a cycle: the newest, each version at its own address, and the draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions.dashboard.report_files import may_read_annex, read_publication, require_team
from conditions.dashboard.views import page
from conditions.dashboard.visits import Context, Opened, arrive
from conditions.outbound import citations
from conditions.outbound.reports.sheet import sheet_of
from conditions.queries.publications import (
    NoPublication,
    PublishedLine,
    publication_of,
    versions_of,
)
from conditions.queries.report import Report
from conditions.queries.report_drafts import draft_report

FORMS = (
    *(("pdf", "PDF"), ("docx", "Word"), ("json", "Data (JSON)")),
    *((form.name, f"Evidence as {form.label}") for form in citations.FORMS),
)
DRAFT_FORMS = (("draft_pdf", "Draft as PDF"), ("draft_docx", "Draft in Word"))


class Form(NamedTuple):
    """One form in which a report can be had."""

    label: str
    address: str


@page
def report(
    request: HttpRequest, slug: str, number: int, version: int | None = None
) -> HttpResponse:
    """The newest version of a cycle's report, or the one that was asked for."""

    def context(opened: Opened) -> Context:
        known = _known(versions_of(opened.program, number), opened)
        chosen = version if version is not None else known[-1].version if known else 1
        row = publication_of(opened.program, number, chosen)
        _require_known(row.version, known, opened)
        forms = _forms(FORMS, slug, number, row.version)
        if may_read_annex(opened.audience.reader):
            forms += _forms((("annex", "Annex (team)"),), slug, number, row.version)
        newest = known[-1] if known[-1].version > row.version else None
        return _told(opened, read_publication(row), forms) | {"newest": newest}

    return arrive(request, slug).page("dashboard/report.html", context)


@page
def draft(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The report as it would be published now, for those who see drafts."""
    visit = arrive(request, slug)
    require_team(request, visit)

    def context(opened: Opened) -> Context:
        told = draft_report(opened.program, number, opened.as_of)
        return _told(opened, told, _forms(DRAFT_FORMS, slug, number))

    return visit.page("dashboard/report.html", context)


def _known(lines: Sequence[PublishedLine], opened: Opened) -> list[PublishedLine]:
    return [line for line in lines if line.known_at <= opened.as_of.known_at]


def _require_known(version: int, known: Sequence[PublishedLine], opened: Opened) -> None:
    if version not in {line.version for line in known}:
        raise NoPublication(
            "This report was not published by then.",
            field="known_at",
            value=opened.as_of.known_at.isoformat(),
            remedy="Leave out known_at, or choose a later moment.",
        )


def _forms(names: Sequence[tuple[str, str]], *place: object) -> list[Form]:
    return [Form(label, reverse(f"dashboard:report_{name}", args=place)) for name, label in names]


def _told(opened: Opened, told: Report, forms: list[Form]) -> Context:
    return {
        "report": told,
        "sheet": sheet_of(told),
        "forms": forms,
        # A report has its own two clocks; a reader's only choose among its versions.
        "as_of": opened.as_of if opened.as_of.given else None,
        "permalink": None,
    }
