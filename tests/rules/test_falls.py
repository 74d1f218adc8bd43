"""Falls: two steps or more lower, or reversed, told once."""

from __future__ import annotations

import pytest

from conditions.rules.falls import Fall, fall_sentence, falls_between
from conditions.rules.scale import DEFAULT_SCALE

# The judgement before, the one now, those that held earlier, and how it fell.
FALLS = [
    (None, "0", "", ()),
    ("2", "2", "", ()),
    ("2", "3", "", ()),
    ("2", "1", "", ()),
    ("2", "0", "", (Fall.TWO_STEPS,)),
    ("4", "3", "4", ()),
    ("3", "2", "3", (Fall.REVERSED,)),
    ("4", "2", "4", (Fall.TWO_STEPS, Fall.REVERSED)),
    ("4", "0", "4", (Fall.TWO_STEPS, Fall.REVERSED)),
    # Reversed already: staying so, or one step further down, is no second fall.
    ("2", "2", "32", ()),
    ("2", "1", "32", ()),
    ("2", "0", "32", (Fall.TWO_STEPS,)),
    # What cannot be assessed, or is waived, has no place in the order.
    ("U", "2", "3U", (Fall.REVERSED,)),
    ("U", "0", "U", ()),
    ("4", "U", "4", ()),
    ("4", "W", "4", ()),
    ("4", None, "4", ()),
]


@pytest.mark.parametrize(("before", "now", "earlier", "falls"), FALLS)
def test_how_a_condition_fell(before, now, earlier: str, falls: tuple[Fall, ...]):
    assert falls_between(before, now, list(earlier), DEFAULT_SCALE) == falls


def test_a_fall_is_told_with_both_statuses():
    both = (Fall.TWO_STEPS, Fall.REVERSED)
    assert fall_sentence("4", "1", both, DEFAULT_SCALE) == (
        "From 4 Met to 1 Initial steps: 3 steps lower; "
        "reversed, as it was once good enough to affirm."
    )
    assert fall_sentence("U", "1", (Fall.REVERSED,), DEFAULT_SCALE).startswith(
        "From U Cannot be assessed to 1 Initial steps: reversed"
    )
