"""From findings to a proposed status, and from statuses to a certification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.rollup import (
    Answer,
    CertificationRule,
    ConditionTest,
    ItemFinding,
    Standing,
    answer_of,
    certify,
    propose,
)
from conditions.rules.scale import DEFAULT_SCALE


def findings(text: str) -> list[ItemFinding]:
    """Statuses in a line: - is not yet assessed, ! marks a hard hurdle."""
    return [
        ItemFinding(
            None if word.startswith("-") else word.rstrip("!"), hard_hurdle=word.endswith("!")
        )
        for word in text.split()
    ]


@pytest.mark.parametrize(
    ("test", "items", "status", "reason"),
    [
        ("outcome", "0 2 4", "2", "Median of 3 judged items."),
        ("outcome", "4 2 0", "2", "Median of 3 judged items."),
        ("outcome", "1 2 3 4", "2", "Median of 4 judged items."),
        ("outcome", "3", "3", "Median of 1 judged item."),
        ("effort", "0 0 4", "0", "Median of 3 judged items."),
        ("outcome", "1! 4 4", "1", "Median of 3 judged items, capped by a hard hurdle."),
        ("outcome", "1! 0! 4 4 4", "0", "Median of 5 judged items, capped by a hard hurdle."),
        ("outcome", "4! 2 2", "2", "Median of 3 judged items."),
        ("outcome", "2! 2 2", "2", "Median of 3 judged items."),
        ("outcome", "U! 3 4", "3", "Median of 2 judged items. Left out: 1 cannot be assessed."),
        (
            "outcome_or_effort",
            "2 U - W - 4",
            "2",
            "Median of 2 judged items."
            " Left out: 1 cannot be assessed, 1 waived, 2 not yet assessed.",
        ),
        (
            "absence_of_conduct",
            "4 4 1",
            "1",
            "Lowest of 3 judged items, as conduct must be absent.",
        ),
        (
            "absence_of_conduct",
            "4 U",
            "4",
            "Lowest of 1 judged item, as conduct must be absent. Left out: 1 cannot be assessed.",
        ),
        ("outcome", "", None, "No checklist item is judged yet."),
        ("outcome", "- -", None, "No checklist item is judged yet."),
        ("outcome", "U -", None, "No checklist item is judged yet."),
        ("outcome", "W -", None, "No checklist item is judged yet."),
        ("outcome", "U U", "U", "No item can be assessed."),
        ("outcome", "U W", "U", "No item can be assessed."),
        ("outcome", "W W", "W", "Every item is waived."),
    ],
)
def test_a_status_is_proposed_from_the_findings(
    test: str, items: str, status: str | None, reason: str
):
    proposal = propose(findings(items), test, DEFAULT_SCALE)
    assert (proposal.status, proposal.reason) == (status, reason)


codes = st.sampled_from(["0", "1", "2", "3", "4", "U", "W"])
items = st.lists(st.builds(ItemFinding, st.none() | codes, st.booleans()))


@given(items, st.sampled_from(ConditionTest))
def test_every_finding_is_counted_once(found: list[ItemFinding], test: str):
    proposal = propose(found, test, DEFAULT_SCALE)
    assert len(found) == (
        proposal.judged + proposal.cannot_be_assessed + proposal.waived + proposal.not_yet_assessed
    )


@given(items, st.sampled_from(ConditionTest))
def test_a_proposal_lies_between_the_findings_and_under_every_hurdle(
    found: list[ItemFinding], test: str
):
    proposed = DEFAULT_SCALE.rank(propose(found, test, DEFAULT_SCALE).status)
    ranks = {
        finding: rank
        for finding in found
        if (rank := DEFAULT_SCALE.rank(finding.status)) is not None
    }
    assert (proposed is None) is not bool(ranks)
    if proposed is not None:
        assert min(ranks.values()) <= proposed <= max(ranks.values())
        assert all(proposed <= rank for finding, rank in ranks.items() if finding.hard_hurdle)


@pytest.mark.parametrize(
    ("status", "outcome", "effort", "either", "either_on_effort", "absence"),
    [
        ("0", "no", "no", "no", "no", "no"),
        ("1", "no", "yes", "no", "yes", "no"),
        ("2", "no", "yes", "no", "yes", "no"),
        ("3", "yes", "yes", "yes", "yes", "yes"),
        ("4", "yes", "yes", "yes", "yes", "yes"),
        ("U", "open", "open", "open", "open", "open"),
        (None, "open", "open", "open", "open", "open"),
        ("W", "waived", "waived", "waived", "waived", "waived"),
    ],
)
def test_what_a_status_lets_one_certify(
    status: str | None,
    outcome: str,
    effort: str,
    either: str,
    either_on_effort: str,
    absence: str,
):
    words = {
        Answer.AFFIRMATIVE: "yes",
        Answer.NOT_AFFIRMATIVE: "no",
        Answer.UNDETERMINED: "open",
        Answer.NOT_REQUIRED: "waived",
    }
    cases = {
        ("outcome", ""): outcome,
        ("effort", ""): effort,
        ("outcome_or_effort", ""): either,
        ("outcome_or_effort", "effort"): either_on_effort,
        ("absence_of_conduct", ""): absence,
    }
    answers = {
        (test, limb): words[answer_of(Standing("L2", status, test, limb), DEFAULT_SCALE)]
        for test, limb in cases
    }
    assert answers == cases


def test_naming_the_effort_limb_does_not_help_a_test_of_outcome():
    standing = Standing("ISIS", "2", "outcome", limb="effort")
    assert answer_of(standing, DEFAULT_SCALE) is Answer.NOT_AFFIRMATIVE


def standings(text: str) -> list[Standing]:
    """A, B, C ... with the statuses of a line; - is not yet assessed."""
    return [
        Standing(code, None if status == "-" else status, "outcome")
        for code, status in zip("ABCDEF", text.split(), strict=False)
    ]


@pytest.mark.parametrize(
    ("rule", "statuses", "answer", "reason"),
    [
        ("all", "4 3 4", "affirmative", "Affirmative: A, B, C."),
        ("all", "4 W 4", "affirmative", "Affirmative: A, C."),
        ("all", "4 2 0", "not_affirmative", "Not affirmative: B, C."),
        ("all", "4 2 U", "not_affirmative", "Not affirmative: B."),
        ("all", "4 U -", "undetermined", "Undetermined: B, C."),
        ("all", "W W", "not_required", "No condition is left to certify."),
        ("all", "", "not_required", "No condition is left to certify."),
        ("any", "0 4 -", "affirmative", "Affirmative: B."),
        ("any", "0 - 1", "undetermined", "Undetermined: B."),
        ("any", "0 1 W", "not_affirmative", "Not affirmative: A, B."),
        ("any", "W W", "not_required", "No condition is left to certify."),
        ("per_condition", "4 0 - W", None, "Each condition by itself: 1 of 3 affirmative."),
    ],
)
def test_conditions_are_certified_by_the_rule_of_the_program(
    rule: str, statuses: str, answer: str | None, reason: str
):
    certification = certify(rule, standings(statuses), DEFAULT_SCALE)
    assert certification.answer == (Answer(answer) if answer else None)
    assert certification.reason == reason
    assert len(certification.by_condition) == len(statuses.split())


@given(st.sampled_from(CertificationRule), st.lists(st.none() | codes, max_size=6))
def test_a_waiver_never_stands_in_the_way(rule: str, statuses: list[str | None]):
    without = [Standing(str(n), status, "outcome") for n, status in enumerate(statuses)]
    waived = [*without, Standing("waived", "W", "outcome")]
    assert (
        certify(rule, waived, DEFAULT_SCALE).answer == certify(rule, without, DEFAULT_SCALE).answer
    )
