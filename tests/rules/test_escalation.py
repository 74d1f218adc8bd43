"""Consecutive periods: Y affirmative, N not affirmative, - no report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.escalation import ConsecutiveRule, LegalEffect, Outcome, Streak, count
from conditions.rules.refusals import Invalid

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
