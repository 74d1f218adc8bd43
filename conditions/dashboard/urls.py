"""Where the public pages are."""

from __future__ import annotations

from django.urls import path

from conditions.dashboard import citations, report_files, reports, views
from conditions.outbound.citations import FORMS

app_name = "dashboard"
REPORT = "programs/<slug:slug>/cycles/<int:number>/report/"
VERSION = f"{REPORT}<int:version>/"
CONDITION = "programs/<slug:slug>/conditions/<str:code>/"
urlpatterns = [
    path("", views.programs, name="programs"),
    path("healthz", views.healthz, name="healthz"),
    path("programs/<slug:slug>/", views.program, name="program"),
    path(CONDITION, views.condition, name="condition"),
    path("programs/<slug:slug>/cycles/<int:number>/", views.cycle, name="cycle"),
    path(REPORT, reports.report, name="report"),
    path(f"{REPORT}draft/", reports.draft, name="report_draft"),
    path(f"{REPORT}draft/report.docx", report_files.draft_docx, name="report_draft_docx"),
    path(f"{REPORT}draft/report.pdf", report_files.draft_pdf, name="report_draft_pdf"),
    path(VERSION, reports.report, name="report_version"),
    path(f"{VERSION}report.json", report_files.data, name="report_json"),
    path(f"{VERSION}report.docx", report_files.word_file, name="report_docx"),
    path(f"{VERSION}report.pdf", report_files.pdf_file, name="report_pdf"),
    path(f"{VERSION}annex.json", report_files.annex, name="report_annex"),
    *(
        path(f"{place}evidence.{form.ending}", view, {"form": form.name}, f"{name}_{form.name}")
        for place, view, name in (
            (VERSION, citations.of_report, "report"),
            (CONDITION, citations.of_condition, "condition"),
        )
        for form in FORMS
    ),
    path("programs/<slug:slug>/compare/", views.compare, name="compare"),
    path("programs/<slug:slug>/divergence/", views.divergence, name="divergence"),
    path("programs/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
]
