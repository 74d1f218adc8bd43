"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from conditions.api import (
    assessments,
    confirming,
    cycle_steps,
    evidence,
    links,
    official,
    official_reports,
    page,
    publications,
    reading,
    root,
    sources,
    status,
    steps,
    waiving,
)

app_name = "api"

urlpatterns = [
    path("", root.RootView.as_view(), name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", page.DocsPage.as_view(), name="docs"),
    path("programs/", reading.ProgramList.as_view(), name="programs"),
    path("programs/<slug:slug>/", reading.ProgramOne.as_view(), name="program"),
    path(
        "programs/<slug:slug>/status/",
        status.ProgramStatusView.as_view(),
        name="program-status",
    ),
    path("conditions/", reading.ConditionList.as_view(), name="conditions"),
    path("conditions/<int:pk>/", reading.ConditionOne.as_view(), name="condition"),
    path(
        "conditions/<int:pk>/confirm-unchanged/",
        confirming.ConditionConfirm.as_view(),
        name="condition-confirm-unchanged",
    ),
    path("conditions/<int:pk>/waive/", waiving.ConditionWaive.as_view(), name="condition-waive"),
    path("checklist-items/", reading.ChecklistItemList.as_view(), name="checklist-items"),
    path("checklist-items/<int:pk>/", reading.ChecklistItemOne.as_view(), name="checklist-item"),
    path("sources/", sources.SourceList.as_view(), name="sources"),
    path("sources/<int:pk>/", sources.SourceOne.as_view(), name="source"),
    path("evidence/", evidence.EvidenceList.as_view(), name="evidence-list"),
    path("evidence/<int:pk>/", evidence.EvidenceOne.as_view(), name="evidence"),
    path("evidence-links/", links.EvidenceLinkList.as_view(), name="evidence-links"),
    path("evidence-links/<int:pk>/", links.EvidenceLinkOne.as_view(), name="evidence-link"),
    path(
        "evidence-links/<int:pk>/withdraw/",
        links.EvidenceLinkWithdraw.as_view(),
        name="evidence-link-withdraw",
    ),
    path("assessments/", assessments.AssessmentList.as_view(), name="assessments"),
    path("assessments/<int:pk>/", assessments.AssessmentOne.as_view(), name="assessment"),
    path(
        "assessments/<int:pk>/submit/",
        steps.AssessmentSubmit.as_view(),
        name="assessment-submit",
    ),
    path(
        "assessments/<int:pk>/return/",
        steps.AssessmentReturn.as_view(),
        name="assessment-return",
    ),
    path(
        "assessments/<int:pk>/approve/",
        steps.AssessmentApprove.as_view(),
        name="assessment-approve",
    ),
    path(
        "assessments/<int:pk>/withdraw/",
        steps.AssessmentWithdraw.as_view(),
        name="assessment-withdraw",
    ),
    path("cycles/", reading.CycleList.as_view(), name="cycles"),
    path("cycles/<int:pk>/", reading.CycleOne.as_view(), name="cycle"),
    path("cycles/<int:pk>/close/", cycle_steps.CycleClose.as_view(), name="cycle-close"),
    path("cycles/<int:pk>/extend/", cycle_steps.CycleExtend.as_view(), name="cycle-extend"),
    path("cycles/<int:pk>/skip/", cycle_steps.CycleSkip.as_view(), name="cycle-skip"),
    path(
        "cycles/<int:pk>/key-judgements/",
        cycle_steps.CycleKeyJudgements.as_view(),
        name="cycle-key-judgements",
    ),
    path("official-findings/", official.OfficialFindingList.as_view(), name="official-findings"),
    path(
        "official-findings/<int:pk>/",
        official.OfficialFindingOne.as_view(),
        name="official-finding",
    ),
    path(
        "official-reports/",
        official_reports.OfficialReportList.as_view(),
        name="official-reports",
    ),
    path(
        "official-reports/<int:pk>/",
        official_reports.OfficialReportOne.as_view(),
        name="official-report",
    ),
    path("publications/", publications.PublicationList.as_view(), name="publications"),
    path("publications/<int:pk>/", publications.PublicationOne.as_view(), name="publication"),
    path(
        "publications/<int:pk>/content/",
        publications.PublicationContent.as_view(),
        name="publication-content",
    ),
    path("events/", reading.EventList.as_view(), name="events"),
    path("events/<int:pk>/", reading.EventOne.as_view(), name="event"),
    re_path(r".*", root.NowhereView.as_view(), name="nowhere"),
]
