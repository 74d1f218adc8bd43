"""Consecutive periods: Y affirmative, N not affirmative, - no report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.escalation import (
    EFFECT_SENTENCES,
    ConsecutiveRule,
    LegalEffect,
    Outcome,
    Streak,
    count,
    official_outcome,
    own_outcome,
)
from conditions.rules.refusals import Invalid
from conditions.rules.rollup import Standing
from conditions.rules.scale import DEFAULT_SCALE

OUTCOMES = {
    "Y": Outcome.AFFIRMATIVE,
    "N": Outcome.NOT_AFFIRMATIVE,
    "-": Outcome.MISSING,
}
TWO = ConsecutiveRule(2, "Sanctions should be put back.", LegalEffect.SENSE_OF_LEGISLATURE)
PACK = {
    "periods": 2,
    "consequence": "Targeted sanctions on individuals.",
    "legal_effect": "permissive",
    "citation": "Public Law 119-60, section 8369",
    "mark": "S",
    "sources": [],
}


@pytest.mark.parametrize(
    ("periods", "history", "current", "fired_at"),
    [
        (2, "", 0, ()),
        (2, "N", 1, ()),
        (2, "NN", 2, (2,)),
        (2, "NY", 0, ()),
        (2, "NYN", 1, ()),
        (2, "NYNN", 2, (4,)),
        (2, "YNN", 2, (3,)),
        # A missing report neither adds nor resets.
        (2, "-", 0, ()),
        (2, "--", 0, ()),
        (2, "N-", 1, ()),
        (2, "N-N", 2, (3,)),
        (2, "N--N", 2, (4,)),
        (2, "NN-", 2, (2,)),
        (2, "Y-N", 1, ()),
        # It fires once, and again only after an affirmative period.
        (2, "NNN", 3, (2,)),
        (2, "NNNN", 4, (2,)),
        (2, "NN-NN", 4, (2,)),
        (2, "NNYNN", 2, (2, 5)),
        (2, "NNYN", 1, (2,)),
        (2, "NNYY", 0, (2,)),
        (1, "N", 1, (1,)),
        (1, "NN", 2, (1,)),
        (1, "NYN", 1, (1, 3)),
        (3, "NN", 2, ()),
        (3, "NN-N", 3, (4,)),
    ],
)
def test_consecutive_periods_are_counted(
    periods: int, history: str, current: int, fired_at: tuple[int, ...]
):
    rule = ConsecutiveRule(periods, "Something follows.", LegalEffect.PERMISSIVE)
    streak = count(rule, [OUTCOMES[letter] for letter in history])
    assert streak == Streak(current=current, needed=periods, fired_at=fired_at)


histories = st.text("YN-", max_size=20).map(lambda text: [OUTCOMES[letter] for letter in text])


@given(histories)
def test_missing_periods_change_no_count(history: list[Outcome]):
    reported = [outcome for outcome in history if outcome is not Outcome.MISSING]
    assert count(TWO, history).current == count(TWO, reported).current
    assert len(count(TWO, history).fired_at) == len(count(TWO, reported).fired_at)


@given(histories, histories)
def test_what_fired_once_stays_fired(history: list[Outcome], later: list[Outcome]):
    fired = count(TWO, history).fired_at
    assert count(TWO, history + later).fired_at[: len(fired)] == fired


def test_the_rule_is_read_from_a_pack_with_its_legal_effect():
    rule = ConsecutiveRule.from_mapping(PACK)
    assert (rule.periods, rule.legal_effect) == (2, LegalEffect.PERMISSIVE)
    assert rule.consequence == "Targeted sanctions on individuals."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"periods": 0}, "periods"),
        ({"periods": "2"}, "periods"),
        ({"periods": None}, "periods"),
        ({"consequence": ""}, "consequence"),
        ({"legal_effect": "automatic"}, "legal_effect"),
        ({"legal_effect": None}, "legal_effect"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(change: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        ConsecutiveRule.from_mapping(PACK | change)
    assert refused.value.field == field
    assert refused.value.remedy.startswith("Give ")


# What was said on each condition, in the order of the text: A affirmed, N not affirmed, s silent,
# x no report submitted, - nothing on record. Then what the period comes to where all conditions
# are certified together, where any of them is enough, and where each is certified by itself.
WORDS = {"A": "affirmed", "N": "not_affirmed", "s": "silent", "x": "not_submitted", "-": None}
OFFICIAL = [
    ("A", "Y", "Y", "Y"),
    ("N", "N", "N", "N"),
    ("s", "-", "-", "-"),
    ("x", "-", "-", "-"),
    ("-", "-", "-", "-"),
    ("AA", "Y", "Y", "Y"),
    ("NN", "N", "N", "N"),
    ("AN", "N", "Y", "N"),
    ("NA", "N", "Y", "N"),
    ("As", "-", "Y", "-"),
    ("Ax", "-", "Y", "-"),
    ("A-", "-", "Y", "-"),
    ("Ns", "N", "-", "N"),
    ("Nx", "N", "-", "N"),
    ("N-", "N", "-", "N"),
    ("ANs", "N", "Y", "N"),
    ("sss", "-", "-", "-"),
    ("xxx", "-", "-", "-"),
    ("sx-", "-", "-", "-"),
    # Nothing was asked, so nothing was answered.
    ("", "-", "-", "-"),
]


@pytest.mark.parametrize(("said", "together", "any_is_enough", "each"), OFFICIAL)
def test_what_a_period_came_to_by_the_official_findings(
    said: str, together: str, any_is_enough: str, each: str
):
    findings = [WORDS[letter] for letter in said]
    assert official_outcome("all", findings) is OUTCOMES[together]
    assert official_outcome("any", findings) is OUTCOMES[any_is_enough]
    assert official_outcome("per_condition", findings) is OUTCOMES[each]


# Our own statuses: 4 met, 0 not met, U cannot be assessed, W waived, - not yet assessed.
OWN = [
    ("44", "Y", "Y"),
    ("40", "N", "Y"),
    ("00", "N", "N"),
    ("4U", "-", "Y"),
    ("0U", "N", "-"),
    ("4-", "-", "Y"),
    ("0-", "N", "-"),
    ("UU", "-", "-"),
    ("--", "-", "-"),
    # What is waived does not stand in the way, and by itself answers nothing.
    ("4W", "Y", "Y"),
    ("0W", "N", "N"),
    ("WW", "-", "-"),
    ("", "-", "-"),
]


@pytest.mark.parametrize(("judged", "together", "any_is_enough"), OWN)
def test_what_a_period_came_to_by_our_judgements(judged: str, together: str, any_is_enough: str):
    standings = [
        Standing(f"C{place}", None if code == "-" else code, "outcome")
        for place, code in enumerate(judged)
    ]
    assert own_outcome("all", standings, DEFAULT_SCALE) is OUTCOMES[together]
    assert own_outcome("per_condition", standings, DEFAULT_SCALE) is OUTCOMES[together]
    assert own_outcome("any", standings, DEFAULT_SCALE) is OUTCOMES[any_is_enough]


@pytest.mark.parametrize("rule", ["all", "any", "per_condition"])
@given(st.lists(st.sampled_from(["silent", "not_submitted", None]), max_size=8))
def test_silence_never_decides(rule: str, findings: list[str | None]):
    assert official_outcome(rule, findings) is Outcome.MISSING
    assert official_outcome("all", [*findings, "not_affirmed"]) is Outcome.NOT_AFFIRMATIVE


def test_each_legal_effect_is_told_in_its_own_strength():
    assert set(EFFECT_SENTENCES) == set(LegalEffect)
    assert EFFECT_SENTENCES[LegalEffect.MANDATORY] == "The text orders it."
    assert "does not order" in EFFECT_SENTENCES[LegalEffect.PERMISSIVE]
    assert "binds nobody" in EFFECT_SENTENCES[LegalEffect.SENSE_OF_LEGISLATURE]
