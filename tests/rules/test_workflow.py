"""The steps of an assessment, all twenty-five of them, and where its text may change."""

from __future__ import annotations

import pytest

from conditions.rules.workflow import (
    NoSuchStep,
    WorkState,
    may_edit,
    may_transition,
    require_editable,
    require_transition,
)

# from \ to     draft  submitted approved returned withdrawn
STEPS = {
    "draft": (False, True, False, False, True),
    "submitted": (False, False, True, True, False),
    "approved": (False, False, False, False, False),
    "returned": (False, True, False, False, True),
    "withdrawn": (False, False, False, False, False),
}
TARGETS = ("draft", "submitted", "approved", "returned", "withdrawn")
CASES = [
    (state, target, allowed)
    for state, row in STEPS.items()
    for target, allowed in zip(TARGETS, row, strict=True)
]


def test_the_table_covers_every_state():
    assert set(STEPS) == set(TARGETS) == set(WorkState)


@pytest.mark.parametrize(("state", "target", "allowed"), CASES)
def test_one_step(state: str, target: str, allowed: bool):
    assert may_transition(state, target) is allowed
    if allowed:
        require_transition(state, target)
    else:
        with pytest.raises(NoSuchStep, match=f"This assessment is {state}") as refused:
            require_transition(state, target)
        assert (refused.value.field, refused.value.value) == ("state", state)


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("draft", "From draft it can become submitted or withdrawn."),
        ("submitted", "From submitted it can become approved or returned."),
        ("returned", "From returned it can become submitted or withdrawn."),
        ("approved", "What was approved stays; write a correction that says what it corrects."),
        ("withdrawn", "What was withdrawn stays so; begin a new assessment."),
    ],
)
def test_a_refused_step_says_what_is_possible(state: str, remedy: str):
    with pytest.raises(NoSuchStep) as refused:
        require_transition(state, "draft")
    assert refused.value.remedy == remedy


@pytest.mark.parametrize(
    ("state", "editable"),
    [
        ("draft", True),
        ("returned", True),
        ("submitted", False),
        ("approved", False),
        ("withdrawn", False),
    ],
)
def test_text_changes_only_in_its_authors_hands(state: str, editable: bool):
    assert may_edit(state) is editable
    if editable:
        require_editable(state)
    else:
        with pytest.raises(NoSuchStep, match=f"This assessment is {state}, so its text"):
            require_editable(state)
