"""Drawing a sample that anybody can check, and giving everything two coders."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.sampling import BadDraw, Draw, TooFewCoders, pair_up

CODES = ("ISIS", "MINORITIES", "NEIGHBOURS", "TERRORISM", "FIGHTERS", "RIGHTS")


def test_a_draw_can_be_checked_by_hand() -> None:
    drawn = Draw(seed="5eed", size=2, pool=CODES).chosen()
    by_hand = sorted((hashlib.sha256(f"5eed:{code}".encode()).hexdigest(), code) for code in CODES)
    assert drawn == {code for _, code in by_hand[:2]}


@given(seed=st.text(), size=st.integers(1, len(CODES)), order=st.permutations(CODES))
def test_the_same_seed_draws_the_same_whatever_the_order(
    seed: str, size: int, order: list[str]
) -> None:
    drawn = Draw(seed, size, CODES).chosen()
    assert len(drawn) == size
    assert drawn == Draw(seed, size, tuple(order)).chosen()


def test_seeds_draw_each_condition_about_equally_often() -> None:
    drawn = [code for seed in range(600) for code in Draw(str(seed), 3, CODES).chosen()]
    assert all(250 < drawn.count(code) < 350 for code in CODES)


@pytest.mark.parametrize("size", [0, -1, 7])
def test_only_what_is_there_can_be_drawn(size: int) -> None:
    with pytest.raises(BadDraw) as refusal:
        Draw("5eed", size, CODES)
    assert (refusal.value.field, refusal.value.value) == ("size", size)
    assert "from 1 to 6" in refusal.value.remedy


def test_the_lead_codes_first_and_the_others_take_turns() -> None:
    assert pair_up({"A": 1, "B": None, "C": 1, "D": 2}, [1, 2, 3]) == {
        "A": (1, 2),
        "B": (3, 1),
        "C": (1, 2),
        "D": (2, 3),
    }


@pytest.mark.parametrize("people", [[], [1], [1, 1]])
def test_nobody_is_paired_with_themselves(people: list[int]) -> None:
    with pytest.raises(TooFewCoders) as refusal:
        pair_up({"A": 1}, people)
    assert "Name one more person" in refusal.value.remedy


def test_a_lead_may_code_who_is_not_among_the_people_who_take_turns() -> None:
    assert pair_up({"A": 9}, [1]) == {"A": (9, 1)}
