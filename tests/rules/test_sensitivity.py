"""Which single change turns the answer: a truth table over the three ways to certify."""

from __future__ import annotations

import pytest

from conditions.rules.rollup import Standing
from conditions.rules.scale import DEFAULT_SCALE
from conditions.rules.sensitivity import turns


def of(rule: str, *statuses: str | None, test: str = "outcome") -> list[tuple[str | None, ...]]:
    standings = [
        Standing(f"C{place}", status, test) for place, status in enumerate(statuses, start=1)
    ]
    return [(turn.needs, turn.lifts, turn.loses) for turn in turns(rule, standings, DEFAULT_SCALE)]


NOTHING = (None, None, None)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        # One stands in the way: it alone decides, and needs 3.
        (("3", "2"), [NOTHING, ("3", "3", None)]),
        (("3", "U"), [NOTHING, ("3", "3", None)]),
        (("3", None), [NOTHING, ("3", "3", None)]),
        # Two stand in the way: neither decides alone.
        (("2", "U"), [("3", None, None), ("3", None, None)]),
        # Affirmative: either loses it at 2.
        (("3", "4"), [(None, None, "2"), (None, None, "2")]),
        # What is waived needs nothing, and would lose it if it were judged low.
        (("3", "W"), [(None, None, "2"), (None, None, "2")]),
        # Nothing left to certify is not affirmative; either alone would make it so.
        (("W", "W"), [(None, "3", None), (None, "3", None)]),
    ],
)
def test_all_together(
    statuses: tuple[str | None, ...], expected: list[tuple[str | None, ...]]
) -> None:
    assert of("all", *statuses) == expected


def test_any_of_them() -> None:
    assert of("any", "2", "U") == [("3", "3", None), ("3", "3", None)]
    assert of("any", "3", "0") == [(None, None, "2"), ("3", None, None)]
    assert of("any", "3", "3") == [NOTHING, NOTHING]


def test_each_by_itself_is_its_own_whole() -> None:
    assert of("per_condition", "3", "1") == [(None, None, "2"), ("3", "3", None)]


def test_an_effort_needs_less() -> None:
    assert of("all", "0", test="effort") == [("1", "1", None)]
    limb = Standing("C1", "1", "outcome_or_effort", "effort")
    assert [turn.loses for turn in turns("all", [limb], DEFAULT_SCALE)] == ["0"]
    unnamed = Standing("C1", "1", "outcome_or_effort")
    assert [turn.lifts for turn in turns("all", [unnamed], DEFAULT_SCALE)] == ["3"]
