"""Rows, constraints, and one QuerySet each; as-of is vocabulary here."""

from conditions.models.assessments import Assessment
from conditions.models.captures import (
    Capture,
    CaptureBody,
    CaptureOrder,
    CustodyEntry,
)
from conditions.models.codings import Coding, DoubleCoding
from conditions.models.conditions import ChecklistItem, Condition, ConditionVersion, Crosswalk
from conditions.models.cycles import CycleRevision, ReviewCycle
from conditions.models.events import Event
from conditions.models.evidence import Evidence, EvidenceLink, EvidenceVersion
from conditions.models.findings import AssessmentAuthor, Citation, Finding
from conditions.models.imports import EvidenceImport
from conditions.models.inbox import Feed, InboxItem, TriageDecision
from conditions.models.installation import grant_roles
from conditions.models.link_health import LinkHealth
from conditions.models.official import OfficialFinding, OfficialReport
from conditions.models.people import ApiToken, User
from conditions.models.programs import Interpretation, Program
from conditions.models.publications import KeyJudgements, Publication, PublicationFile
from conditions.models.reminders import Pulse, Reminder
from conditions.models.search_texts import EvidenceText
from conditions.models.searches import SearchEntry
from conditions.models.sources import Source, SourceGrade
from conditions.models.voices import TextComparison, VoiceSuggestion

__all__ = [
    "ApiToken",
    "Assessment",
    "AssessmentAuthor",
    "Capture",
    "CaptureBody",
    "CaptureOrder",
    "ChecklistItem",
    "Citation",
    "Coding",
    "Condition",
    "ConditionVersion",
    "Crosswalk",
    "CustodyEntry",
    "CycleRevision",
    "DoubleCoding",
    "Event",
    "Evidence",
    "EvidenceImport",
    "EvidenceLink",
    "EvidenceText",
    "EvidenceVersion",
    "Feed",
    "Finding",
    "InboxItem",
    "Interpretation",
    "KeyJudgements",
    "LinkHealth",
    "OfficialFinding",
    "OfficialReport",
    "Program",
    "Publication",
    "PublicationFile",
    "Pulse",
    "Reminder",
    "ReviewCycle",
    "SearchEntry",
    "Source",
    "SourceGrade",
    "TextComparison",
    "TriageDecision",
    "User",
    "VoiceSuggestion",
    "grant_roles",
]
