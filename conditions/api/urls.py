"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from conditions.api import (
    assessments,
    captures,
    citations,
    confirming,
    cycle_steps,
    evidence,
    feeds,
    inbox,
    links,
    official,
    official_reports,
    page,
    publications,
    reading,
    root,
    searches,
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
    path(
        "evidence/<int:pk>/captures/", captures.EvidenceCaptures.as_view(), name="evidence-captures"
    ),
    path(
        "evidence/<int:pk>/captures/<int:capture>/content/",
        captures.CaptureContent.as_view(),
        name="capture-content",
    ),
    path(
        "evidence/<int:pk>/citation/",
        citations.EvidenceCitationOne.as_view(),
        name="evidence-citation",
    ),
    path("evidence-links/", links.EvidenceLinkList.as_view(), name="evidence-links"),
    path("evidence-links/<int:pk>/", links.EvidenceLinkOne.as_view(), name="evidence-link"),
    path(
        "evidence-links/<int:pk>/withdraw/",
        links.EvidenceLinkWithdraw.as_view(),
        name="evidence-link-withdraw",
    ),
    path("inbox/", inbox.InboxList.as_view(), name="inbox"),
    path("inbox/<int:pk>/", inbox.InboxOne.as_view(), name="inbox-item"),
    path("inbox/<int:pk>/accept/", inbox.InboxAccept.as_view(), name="inbox-item-accept"),
    path("inbox/<int:pk>/dismiss/", inbox.InboxDismiss.as_view(), name="inbox-item-dismiss"),
    path("inbox/<int:pk>/reopen/", inbox.InboxReopen.as_view(), name="inbox-item-reopen"),
    path("inbox/<int:pk>/text/", inbox.InboxText.as_view(), name="inbox-item-text"),
    path("feeds/", feeds.FeedList.as_view(), name="feeds"),
    path("feeds/<int:pk>/", feeds.FeedOne.as_view(), name="feed"),
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
    path("search-log/", searches.SearchList.as_view(), name="search-log"),
    path("search-log/<int:pk>/", searches.SearchOne.as_view(), name="search-entry"),
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
