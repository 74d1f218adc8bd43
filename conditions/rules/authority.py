"""Authority: who may do and see what, and whose eyes must see a judgement before it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from conditions.rules.refusals import NotAllowed
from conditions.rules.workflow import WorkState as WorkState
from conditions.rules.workflow import require_editable as require_editable
from conditions.rules.workflow import require_transition as require_transition


class Role(StrEnum):
    """What a person is here to do; each role is a group of the same name."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    MANAGER = "manager"


class Sensitivity(StrEnum):
    """How far an item of evidence may travel."""

    PUBLIC = "public"
    TEAM = "team"
    RESTRICTED = "restricted"
    SOURCE_PROTECTED = "source_protected"


# What may leave in a file; restricted documents and protected sources never do.
TRAVELS: Final = frozenset({Sensitivity.PUBLIC.value, Sensitivity.TEAM.value})


class Reader(Protocol):
    """Anybody who reads: a person, a program with its token, or nobody in particular."""

    def has_perm(self, perm: str, /) -> bool:
        """Whether this reader holds a permission such as ``conditions.view_program``."""
        ...


class OtherEyesNeeded(NotAllowed):
    """Nobody approves what they wrote: somebody else has to look at it."""


_VIEWED: Final = (
    "program",
    "condition",
    "checklistitem",
    "conditionversion",
    "interpretation",
    "crosswalk",
    "source",
    "sourcegrade",
    "evidence",
    "evidenceversion",
    "evidencelink",
    "assessment",
    "assessmentauthor",
    "finding",
    "citation",
    "reviewcycle",
    "cyclerevision",
    "officialfinding",
    "officialreport",
    "keyjudgements",
    "publication",
    "publicationfile",
    "capture",
    "custodyentry",
    "linkhealth",
    "searchentry",
    "reminder",
    "event",
    "apitoken",
)
_READING: Final = frozenset(f"view_{model}" for model in _VIEWED) | {
    "add_apitoken",
    "change_apitoken",
}
_SEEING_ALL: Final = frozenset(
    {
        "view_draft_assessment",
        "view_restricted_evidence",
        "view_source_protected_evidence",
        "view_doublecoding",
        "view_coding",
        "open_capture",
        "view_captureorder",
        "view_feed",
        "view_inboxitem",
        "view_triagedecision",
        "view_voicesuggestion",
        "view_evidenceimport",
    }
)
_WRITING: Final = frozenset(
    {
        "add_assessment",
        "change_assessment",
        "submit_assessment",
        "withdraw_assessment",
        "add_coding",
        "add_keyjudgements",
        "add_evidence",
        "change_evidence",
        "add_evidencelink",
        "withdraw_evidencelink",
        "add_source",
        "change_source",
        "regrade_source",
        "add_capture",
        "add_feed",
        "change_feed",
        "add_inboxitem",
        "change_inboxitem",
        "add_searchentry",
        "change_voicesuggestion",
        "add_evidenceimport",
    }
)
_REVIEWING: Final = frozenset({"approve_assessment", "return_assessment"})
_MANAGING: Final = frozenset(
    {
        "close_reviewcycle",
        "extend_reviewcycle",
        "skip_reviewcycle",
        "add_publication",
        "add_doublecoding",
        "change_doublecoding",
        "assign_condition",
        "waive_condition",
        "change_program",
        "load_program",
        "add_interpretation",
        "add_officialfinding",
        "add_officialreport",
    }
)

GRANTS: Final[Mapping[Role, frozenset[str]]] = MappingProxyType(
    {
        Role.VIEWER: _READING,
        Role.ANALYST: _READING | _SEEING_ALL | _WRITING,
        Role.REVIEWER: _READING | _SEEING_ALL | _REVIEWING,
        Role.MANAGER: _READING | _SEEING_ALL | _WRITING | _REVIEWING | _MANAGING,
    }
)

# The permissions that Django does not make by itself, for the models they belong to.
OWN_PERMISSIONS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "assessment": (
            ("view_draft_assessment", "Can see assessments that are not approved"),
            ("submit_assessment", "Can submit an assessment for review"),
            ("approve_assessment", "Can approve an assessment of somebody else"),
            ("return_assessment", "Can return an assessment to its author"),
            ("withdraw_assessment", "Can withdraw an assessment that is not submitted"),
        ),
        "evidence": (
            ("view_restricted_evidence", "Can see restricted evidence"),
            ("view_source_protected_evidence", "Can see evidence whose source is protected"),
        ),
        "evidencelink": (("withdraw_evidencelink", "Can withdraw an evidence link"),),
        "source": (("regrade_source", "Can change how reliable a source is held"),),
        "reviewcycle": (
            ("close_reviewcycle", "Can close a review cycle"),
            ("extend_reviewcycle", "Can extend a review cycle"),
            ("skip_reviewcycle", "Can skip a review cycle"),
        ),
        "condition": (
            ("assign_condition", "Can assign the lead of a condition"),
            ("waive_condition", "Can propose that a condition is waived"),
        ),
        "capture": (("open_capture", "Can open the stored copy of a document"),),
        "program": (("load_program", "Can load a program pack"),),
    }
)

_PERMISSION_TO_SEE: Final[Mapping[Sensitivity, str | None]] = MappingProxyType(
    {
        Sensitivity.PUBLIC: None,
        Sensitivity.TEAM: "view_evidence",
        Sensitivity.RESTRICTED: "view_restricted_evidence",
        Sensitivity.SOURCE_PROTECTED: "view_source_protected_evidence",
    }
)


def may_see(sensitivity: str, permissions: Collection[str]) -> bool:
    """Whether these bare codenames (``view_evidence``) open evidence of a sensitivity."""
    needed = _PERMISSION_TO_SEE[Sensitivity(sensitivity)]
    return needed is None or needed in permissions


def visible_sensitivities(permissions: Collection[str]) -> frozenset[Sensitivity]:
    """All sensitivities of evidence that these bare codenames open; public evidence always."""
    return frozenset(level for level in Sensitivity if may_see(level, permissions))


def may_approve(author_ids: Collection[int], approver_id: int, *, four_eyes: bool) -> bool:
    """Whether this person may approve what the authors wrote (domain 2.5, four-eyes principle)."""
    return not four_eyes or approver_id not in author_ids


def require_other_eyes(author_ids: Collection[int], approver_id: int, *, four_eyes: bool) -> None:
    """Raise OtherEyesNeeded, with the sentence the person reads, where ``may_approve`` says no."""
    if not may_approve(author_ids, approver_id, four_eyes=four_eyes):
        raise OtherEyesNeeded(
            "You wrote in this assessment, so you cannot approve it.",
            field="approved_by",
            value=approver_id,
            remedy="Ask a reviewer who has not written in it.",
        )
