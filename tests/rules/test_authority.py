"""Who may do what: the four roles, what each sensitivity asks, and four eyes."""

from __future__ import annotations

import pytest

from conditions.rules.authority import (
    GRANTS,
    OWN_PERMISSIONS,
    OtherEyesNeeded,
    Role,
    Sensitivity,
    may_approve,
    may_see,
    require_other_eyes,
    visible_sensitivities,
)

ANN, BEN, CLEO = 1, 2, 3

EVERYBODY = "viewer analyst reviewer manager"

# One line a permission, as an administrator would read it.
WHO_MAY = {
    "view_program": EVERYBODY,
    "view_assessment": EVERYBODY,
    "view_evidence": EVERYBODY,
    "view_event": EVERYBODY,
    "view_reminder": EVERYBODY,
    "view_officialfinding": EVERYBODY,
    "view_apitoken": EVERYBODY,
    "add_apitoken": EVERYBODY,
    "change_apitoken": EVERYBODY,
    "view_publication": EVERYBODY,
    "view_officialreport": EVERYBODY,
    "view_keyjudgements": EVERYBODY,
    "view_draft_assessment": "analyst reviewer manager",
    "view_doublecoding": "analyst reviewer manager",
    "view_coding": "analyst reviewer manager",
    "view_restricted_evidence": "analyst reviewer manager",
    "view_source_protected_evidence": "analyst reviewer manager",
    "add_evidence": "analyst manager",
    "change_evidence": "analyst manager",
    "add_evidencelink": "analyst manager",
    "withdraw_evidencelink": "analyst manager",
    "add_source": "analyst manager",
    "change_source": "analyst manager",
    "regrade_source": "analyst manager",
    "add_assessment": "analyst manager",
    "change_assessment": "analyst manager",
    "submit_assessment": "analyst manager",
    "withdraw_assessment": "analyst manager",
    "add_coding": "analyst manager",
    "add_keyjudgements": "analyst manager",
    "add_capture": "analyst manager",
    "open_capture": "analyst reviewer manager",
    "view_linkhealth": EVERYBODY,
    "view_searchentry": EVERYBODY,
    "view_feed": "analyst reviewer manager",
    "view_inboxitem": "analyst reviewer manager",
    "view_triagedecision": "analyst reviewer manager",
    "view_voicesuggestion": "analyst reviewer manager",
    "view_evidenceimport": "analyst reviewer manager",
    "add_feed": "analyst manager",
    "change_feed": "analyst manager",
    "add_inboxitem": "analyst manager",
    "change_inboxitem": "analyst manager",
    "add_searchentry": "analyst manager",
    "change_voicesuggestion": "analyst manager",
    "add_evidenceimport": "analyst manager",
    "approve_assessment": "reviewer manager",
    "return_assessment": "reviewer manager",
    "close_reviewcycle": "manager",
    "extend_reviewcycle": "manager",
    "skip_reviewcycle": "manager",
    "add_publication": "manager",
    "add_doublecoding": "manager",
    "change_doublecoding": "manager",
    "waive_condition": "manager",
    "assign_condition": "manager",
    "change_program": "manager",
    "load_program": "manager",
    "add_officialfinding": "manager",
    "add_officialreport": "manager",
    "add_interpretation": "manager",
    "delete_assessment": "",
    "delete_evidence": "",
    "change_officialfinding": "",
    "change_officialreport": "",
    "change_publication": "",
    "change_keyjudgements": "",
    "change_coding": "",
    "change_event": "",
    "add_event": "",
}


@pytest.mark.parametrize(("permission", "roles"), WHO_MAY.items())
def test_a_permission_belongs_to_these_roles(permission: str, roles: str):
    assert {role for role in Role if permission in GRANTS[role]} == {Role(r) for r in roles.split()}


def test_the_table_above_leaves_no_permission_out_but_plain_viewing():
    granted = frozenset().union(*GRANTS.values())
    assert {name for name in granted - WHO_MAY.keys() if not name.startswith("view_")} == set()


def test_nobody_may_delete_anything():
    assert not [name for names in GRANTS.values() for name in names if name.startswith("delete_")]


def test_a_reviewer_writes_nothing_but_their_own_tokens():
    writing = {name for name in GRANTS[Role.REVIEWER] if name.startswith(("add_", "change_"))}
    assert writing == {"add_apitoken", "change_apitoken"}


def test_each_role_sees_what_a_viewer_sees_and_a_manager_may_all():
    assert all(GRANTS[role] >= GRANTS[Role.VIEWER] for role in Role)
    assert all(GRANTS[role] <= GRANTS[Role.MANAGER] for role in Role)


def test_every_permission_of_our_own_is_granted_to_somebody_and_says_what_it_allows():
    own = {name: label for pairs in OWN_PERMISSIONS.values() for name, label in pairs}
    assert own.keys() <= GRANTS[Role.MANAGER]
    assert all(label.startswith("Can ") for label in own.values())
    assert all(
        name.endswith(f"_{model}") for model, pairs in OWN_PERMISSIONS.items() for name, _ in pairs
    )


def test_every_granted_permission_is_made_by_django_or_declared_as_our_own():
    own = {name for pairs in OWN_PERMISSIONS.values() for name, _ in pairs}
    standard = {name for name in GRANTS[Role.MANAGER] if name.split("_")[0] in ("add", "change")}
    viewing = {
        name for name in GRANTS[Role.MANAGER] if name.startswith("view_") and name.count("_") == 1
    }
    assert GRANTS[Role.MANAGER] == own | standard | viewing


@pytest.mark.parametrize(
    ("sensitivity", "nobody", "viewer", "analyst", "reviewer", "manager"),
    [
        ("public", True, True, True, True, True),
        ("team", False, True, True, True, True),
        ("restricted", False, False, True, True, True),
        ("source_protected", False, False, True, True, True),
    ],
)
def test_who_sees_evidence_of_a_sensitivity(
    sensitivity: str, nobody: bool, viewer: bool, analyst: bool, reviewer: bool, manager: bool
):
    assert may_see(sensitivity, frozenset()) is nobody
    assert [may_see(sensitivity, GRANTS[role]) for role in Role] == [
        viewer,
        analyst,
        reviewer,
        manager,
    ]


def test_the_visible_sensitivities_are_those_one_may_see():
    assert visible_sensitivities(()) == {Sensitivity.PUBLIC}
    assert visible_sensitivities(GRANTS[Role.VIEWER]) == {Sensitivity.PUBLIC, Sensitivity.TEAM}
    assert visible_sensitivities(GRANTS[Role.ANALYST]) == set(Sensitivity)


def test_seeing_restricted_evidence_does_not_uncover_a_protected_source():
    assert not may_see("source_protected", {"view_evidence", "view_restricted_evidence"})


@pytest.mark.parametrize(
    ("authors", "approver", "four_eyes", "allowed"),
    [
        ({ANN}, BEN, True, True),
        ({ANN}, ANN, True, False),
        ({ANN, BEN}, BEN, True, False),
        ({ANN, BEN}, CLEO, True, True),
        ({ANN}, ANN, False, True),
        ({ANN, BEN}, BEN, False, True),
    ],
)
def test_nobody_approves_what_they_wrote(
    authors: set[int], approver: int, four_eyes: bool, allowed: bool
):
    assert may_approve(authors, approver, four_eyes=four_eyes) is allowed
    if allowed:
        require_other_eyes(authors, approver, four_eyes=four_eyes)
    else:
        with pytest.raises(OtherEyesNeeded, match="You wrote in this assessment") as refused:
            require_other_eyes(authors, approver, four_eyes=four_eyes)
        assert refused.value.remedy == "Ask a reviewer who has not written in it."
