"""The way around the admin: what a person's role lets them open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Entry:
    """One link in the navigation."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A few links under one heading."""

    label: str
    entries: tuple[Entry, ...]


# Heading, then (label, URL name, permission or empty for everybody).
_MAP = (
    (
        "Work",
        (
            ("Desk", "admin:index", ""),
            ("Inbox", "admin:conditions_inboxitem_changelist", "view_inboxitem"),
            ("Gaps", "admin:gaps", "view_inboxitem"),
            ("Conditions", "admin:conditions_condition_changelist", "view_condition"),
            ("Assessments", "admin:conditions_assessment_changelist", "view_assessment"),
        ),
    ),
    (
        "Evidence",
        (
            ("All evidence", "admin:conditions_evidence_changelist", "view_evidence"),
            ("File evidence", "admin:conditions_evidence_add", "add_evidence"),
            ("Imports", "admin:conditions_evidenceimport_changelist", "view_evidenceimport"),
            ("Feeds", "admin:conditions_feed_changelist", "view_feed"),
            ("Search log", "admin:conditions_searchentry_changelist", "view_searchentry"),
            ("Capture orders", "admin:conditions_captureorder_changelist", "view_captureorder"),
            ("Voices", "admin:conditions_voicesuggestion_changelist", "view_voicesuggestion"),
            ("Link health", "admin:conditions_linkhealth_changelist", "view_linkhealth"),
        ),
    ),
    (
        "Calendar",
        (
            ("Review cycles", "admin:conditions_reviewcycle_changelist", "view_reviewcycle"),
            (
                "Double codings",
                "admin:conditions_doublecoding_changelist",
                "view_doublecoding",
            ),
            ("Reminders", "admin:conditions_reminder_changelist", "view_reminder"),
        ),
    ),
    (
        "Reference",
        (
            ("Programs", "admin:conditions_program_changelist", "view_program"),
            (
                "Official findings",
                "admin:conditions_officialfinding_changelist",
                "view_officialfinding",
            ),
            (
                "Official reports",
                "admin:conditions_officialreport_changelist",
                "view_officialreport",
            ),
            (
                "Interpretations",
                "admin:conditions_interpretation_changelist",
                "view_interpretation",
            ),
            ("Sources", "admin:conditions_source_changelist", "view_source"),
            ("Events", "admin:conditions_event_changelist", "view_event"),
        ),
    ),
    (
        "You",
        (
            ("My settings", "admin:my_settings", ""),
            ("API tokens", "admin:conditions_apitoken_changelist", "view_apitoken"),
            ("Accounts", "admin:conditions_user_changelist", "view_user"),
        ),
    ),
)


def navigation(request: HttpRequest) -> tuple[Section, ...]:
    """The sections this person may open, with the present page marked."""
    sections = []
    for heading, links in _MAP:
        entries = tuple(
            Entry(label, url, url == request.path)
            for label, name, needed in links
            if (not needed or request.user.has_perm(f"conditions.{needed}"))
            and (url := reverse(name))
        )
        if entries:
            sections.append(Section(heading, entries))
    return tuple(sections)
