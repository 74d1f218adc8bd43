"""The signs that a condition will be late: one day before, on and after each bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from conditions.rules.lateness import SENTENCES, Progress, Sign, signs_of
from conditions.rules.rhythm import phases
from tests.days import DAY, FOURTH_DUE, THIRD_DUE

RHYTHM = phases(THIRD_DUE, FOURTH_DUE)
CODING_ENDS = RHYTHM[1].ends_on
REVIEW_ENDS = RHYTHM[2].ends_on
CALM = Progress(state="not_started", has_lead=True, lead_is_active=True, touched_on=THIRD_DUE)


def of(state: str, *, waited: int, on: date = THIRD_DUE + 40 * DAY) -> list[str]:
    progress = replace(CALM, state=state, touched_on=on - waited * DAY)
    return [sign.value for sign in signs_of(progress, RHYTHM, on)]


def test_nothing_is_late_on_the_first_day() -> None:
    assert signs_of(CALM, RHYTHM, THIRD_DUE) == ()


def test_a_condition_without_a_lead_is_told_from_the_first_day() -> None:
    nobody = replace(CALM, has_lead=False, lead_is_active=False)
    assert signs_of(nobody, RHYTHM, THIRD_DUE) == (Sign.NO_LEAD,)
    gone = replace(CALM, lead_is_active=False)
    assert signs_of(gone, RHYTHM, THIRD_DUE) == (Sign.LEAD_LEFT,)


@pytest.mark.parametrize(
    ("state", "waited", "expected"),
    [
        ("not_started", 29, []),
        ("not_started", 30, ["still"]),
        ("draft", 29, []),
        ("draft", 30, ["still"]),
        ("returned", 7, []),
        ("returned", 8, ["returned_long_ago"]),
        ("submitted", 7, []),
        ("submitted", 8, ["review_waits"]),
        ("approved", 90, []),
    ],
)
def test_work_that_lies_still(state: str, waited: int, expected: list[str]) -> None:
    assert of(state, waited=waited) == expected


@pytest.mark.parametrize("state", ["not_started", "draft", "returned"])
def test_what_is_not_coded_is_late_from_the_end_of_coding(state: str) -> None:
    assert of(state, waited=0, on=CODING_ENDS - DAY) == []
    assert of(state, waited=0, on=CODING_ENDS) == ["coding_late"]


def test_what_is_not_approved_is_late_from_the_end_of_review() -> None:
    assert of("submitted", waited=0, on=REVIEW_ENDS - DAY) == []
    assert of("submitted", waited=0, on=REVIEW_ENDS) == ["review_late"]
    assert of("approved", waited=0, on=FOURTH_DUE + 30 * DAY) == []


def test_every_sign_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Sign)
