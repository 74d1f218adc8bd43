"""The status scale, and what two judgements on it say: trend, reversal, flash, distribution."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.refusals import Invalid
from conditions.rules.scale import DEFAULT_SCALE, Affirmative, Grade, Scale, UnknownStatus
from conditions.rules.status import (
    Trend,
    distribution,
    dropped_two_steps,
    is_reversed,
    trend_between,
)

CODES = [grade.code for grade in DEFAULT_SCALE.grades]
ROWS = [
    {"code": "N", "label": "No", "rank": 0, "meaning": "Not done.", "affirmative": "no"},
    {"code": "Y", "label": "Yes", "rank": 1, "meaning": "Done.", "affirmative": "yes"},
]


@pytest.mark.parametrize(
    ("code", "label", "rank", "affirmative"),
    [
        ("0", "Not met", 0, "no"),
        ("1", "Initial steps", 1, "on_effort"),
        ("2", "Partially met", 2, "on_effort"),
        ("3", "Largely met", 3, "yes"),
        ("4", "Met", 4, "yes"),
        ("U", "Cannot be assessed", None, "no"),
        ("W", "Waived", None, "not_applicable"),
    ],
)
def test_the_default_scale(code: str, label: str, rank: int | None, affirmative: str):
    grade = DEFAULT_SCALE.grade(code)
    assert (grade.label, grade.rank, grade.affirmative) == (label, rank, Affirmative(affirmative))
    assert DEFAULT_SCALE.label(code) == label
    assert grade.meaning.endswith(".")


def test_not_yet_assessed_is_a_label_and_no_status():
    assert DEFAULT_SCALE.label(None) == "Not yet assessed"
    assert DEFAULT_SCALE.rank(None) is None
    assert "Not yet assessed" not in [grade.label for grade in DEFAULT_SCALE.grades]


def test_strong_and_weak_codes_leave_out_what_has_no_rank():
    assert DEFAULT_SCALE.strong_codes() == ("3", "4")
    assert DEFAULT_SCALE.weak_codes() == ("0", "1", "2")


@pytest.mark.parametrize("code", ["5", "u", "", "Met", " 4"])
def test_an_unknown_status_is_refused_with_those_that_exist(code: str):
    with pytest.raises(UnknownStatus) as refused:
        DEFAULT_SCALE.grade(code)
    assert (refused.value.field, refused.value.value) == ("status", code)
    assert refused.value.remedy == "Give one of 0, 1, 2, 3, 4, U, W."


def test_a_program_may_bring_its_own_scale():
    scale = Scale.from_rows(ROWS)
    assert scale.grade("Y") == Grade("Y", "Yes", 1, "Done.", Affirmative.YES)
    assert trend_between("N", "Y", scale) is Trend.IMPROVING


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "rank"),
        (ROWS[:1], "rank"),
        (ROWS[::-1], "rank"),
        ([ROWS[0], ROWS[0]], "code"),
        ([ROWS[0], ROWS[1] | {"rank": 2}], "rank"),
        ([ROWS[0], ROWS[1] | {"rank": True}], "rank"),
        ([ROWS[0], ROWS[1] | {"rank": "1"}], "rank"),
        ([ROWS[0], ROWS[1] | {"code": ""}], "code"),
        ([ROWS[0], ROWS[1] | {"code": 1}], "code"),
        ([ROWS[0], ROWS[1] | {"code": "GREEN"}], "code"),
        ([ROWS[0], ROWS[1] | {"label": " "}], "label"),
        ([ROWS[0], ROWS[1] | {"affirmative": True}], "affirmative"),
        ([ROWS[0], ROWS[1] | {"affirmative": "maybe"}], "affirmative"),
        ([ROWS[0], ROWS[1] | {"colour": "green"}], "colour"),
    ],
)
def test_a_scale_that_orders_nothing_is_refused(rows: list[dict[str, object]], field: str):
    with pytest.raises(Invalid) as refused:
        Scale.from_rows(rows)
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("previous", "current", "trend"),
    [
        (None, "0", "new"),
        (None, "4", "new"),
        (None, "U", "new"),
        ("1", "2", "improving"),
        ("0", "4", "improving"),
        ("2", "2", "no_change"),
        ("3", "1", "deteriorating"),
        ("4", "3", "deteriorating"),
        ("U", "2", None),
        ("2", "U", None),
        ("U", "U", None),
        ("2", "W", None),
        ("W", "2", None),
        ("2", None, None),
        (None, None, None),
    ],
)
def test_the_trend_from_one_judgement_to_the_next(
    previous: str | None, current: str | None, trend: str | None
):
    proposed = trend_between(previous, current, DEFAULT_SCALE)
    assert proposed == (Trend(trend) if trend else None)


@pytest.mark.parametrize(
    ("earlier", "current", "expected"),
    [
        (["3"], "2", True),
        (["4"], "0", True),
        (["4", "1"], "2", True),
        (["3", "U", None], "1", True),
        (["4"], "3", False),  # lower, yet still largely met
        (["3"], "4", False),
        (["2"], "0", False),
        ([], "0", False),
        ([None, "U", "W"], "0", False),
        (["4"], "U", False),
        (["4"], "W", False),
        (["4"], None, False),
    ],
)
def test_reversed_is_once_good_enough_and_no_longer(
    earlier: list[str | None], current: str | None, expected: bool
):
    assert is_reversed(earlier, current, DEFAULT_SCALE) is expected


@pytest.mark.parametrize(
    ("previous", "current", "expected"),
    [
        ("4", "2", True),
        ("2", "0", True),
        ("4", "0", True),
        ("4", "3", False),
        ("1", "0", False),
        ("0", "4", False),
        ("4", "U", False),
        ("U", "0", False),
        (None, "0", False),
        ("4", None, False),
    ],
)
def test_a_fall_of_two_grades(previous: str | None, current: str | None, expected: bool):
    assert dropped_two_steps(previous, current, DEFAULT_SCALE) is expected


def test_the_distribution_counts_every_status_in_order_and_what_is_not_assessed():
    counts = distribution(["2", None, "U", "2", "0", None], DEFAULT_SCALE)
    assert [(count.label, count.count) for count in counts] == [
        ("Not met", 1),
        ("Initial steps", 0),
        ("Partially met", 2),
        ("Largely met", 0),
        ("Met", 0),
        ("Cannot be assessed", 1),
        ("Waived", 0),
        ("Not yet assessed", 2),
    ]


def test_a_status_nobody_knows_is_not_silently_left_out_of_the_distribution():
    with pytest.raises(UnknownStatus):
        distribution(["2", "X"], DEFAULT_SCALE)


@given(st.lists(st.none() | st.sampled_from(CODES)))
def test_the_distribution_loses_nobody(codes: list[str | None]):
    assert sum(count.count for count in distribution(codes, DEFAULT_SCALE)) == len(codes)
