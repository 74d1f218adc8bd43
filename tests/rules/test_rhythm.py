"""The rhythm of a cycle: its phases tile it, and the pace through them only rises."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.calendar import LONGEST_INTERVAL, SHORTEST_INTERVAL
from conditions.rules.rhythm import Expected, PhaseKind, expected, phase_on, phases
from conditions.rules.values import BadValue
from tests.days import DAY, FOURTH_DUE, LAW_FIRST_DUE, LAW_SECOND_DUE, THIRD_DUE

CYCLE_4 = phases(THIRD_DUE, FOURTH_DUE)
CODING, REVIEW, CLOSE = date(2027, 1, 29), date(2027, 2, 8), date(2027, 2, 18)


def lengths(days: int) -> str:
    """The phases of a cycle of so many days, in a line."""
    found = phases(THIRD_DUE, THIRD_DUE + days * DAY)
    return " ".join(f"{phase.kind} {(phase.ends_on - phase.starts_on).days}" for phase in found)


def test_a_cycle_of_120_days():
    assert [(phase.kind, phase.starts_on, phase.ends_on) for phase in CYCLE_4] == [
        (PhaseKind.EVIDENCE, THIRD_DUE, CODING),
        (PhaseKind.CODING, CODING, REVIEW),
        (PhaseKind.REVIEW, REVIEW, CLOSE),
        (PhaseKind.CLOSE, CLOSE, FOURTH_DUE),
    ]


def test_in_the_180_days_of_the_law_only_the_evidence_takes_longer():
    begins = [phase.starts_on for phase in phases(LAW_FIRST_DUE, LAW_SECOND_DUE)]
    assert begins == [LAW_FIRST_DUE, date(2026, 8, 10), date(2026, 8, 20), date(2026, 8, 30)]


@pytest.mark.parametrize(
    ("days", "phases_and_days"),
    [
        (3660, "evidence 3625 coding 10 review 10 close 15"),
        (180, "evidence 145 coding 10 review 10 close 15"),
        (121, "evidence 86 coding 10 review 10 close 15"),
        (120, "evidence 85 coding 10 review 10 close 15"),
        (119, "evidence 85 coding 10 review 10 close 14"),
        (90, "evidence 64 coding 8 review 7 close 11"),
        (60, "evidence 43 coding 5 review 5 close 7"),
        (30, "evidence 22 coding 2 review 3 close 3"),
        (7, "evidence 4 coding 1 review 1 close 1"),
        (4, "evidence 1 coding 1 review 1 close 1"),
        (3, "coding 1 review 1 close 1"),
        (2, "review 1 close 1"),
        (1, "close 1"),
    ],
)
def test_the_length_of_each_phase(days: int, phases_and_days: str):
    assert lengths(days) == phases_and_days


@pytest.mark.parametrize("due_on", [THIRD_DUE, THIRD_DUE - DAY])
def test_a_cycle_without_a_day_has_no_phases(due_on: date):
    with pytest.raises(BadValue, match="Give a due date after the first day") as refusal:
        phases(THIRD_DUE, due_on)
    assert (refusal.value.field, refusal.value.value) == ("due_on", due_on)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (THIRD_DUE - DAY, None),
        (THIRD_DUE, "evidence"),
        (CODING - DAY, "evidence"),
        (CODING, "coding"),
        (REVIEW - DAY, "coding"),
        (REVIEW, "review"),
        (CLOSE - DAY, "review"),
        (CLOSE, "close"),
        (FOURTH_DUE - DAY, "close"),
        (FOURTH_DUE, None),
        (FOURTH_DUE + DAY, None),
    ],
)
def test_the_phase_of_a_day(day: date, kind: str | None):
    phase = phase_on(CYCLE_4, day)
    assert (phase and phase.kind) == kind


@pytest.mark.parametrize(
    ("day", "coded", "approved"),
    [
        (THIRD_DUE - DAY, 0, 0),
        (CODING, 0, 0),
        (CODING + DAY, 0, 0),
        (CODING + 2 * DAY, 1, 0),
        (CODING + 5 * DAY, 3, 0),
        (REVIEW - DAY, 5, 0),
        (REVIEW, 6, 0),
        (REVIEW + 5 * DAY, 6, 3),
        (CLOSE - DAY, 6, 5),
        (CLOSE, 6, 6),
        (FOURTH_DUE + DAY, 6, 6),
    ],
)
def test_how_many_of_six_conditions_are_expected(day: date, coded: int, approved: int):
    assert expected(6, CYCLE_4, day) == Expected(coded, approved)


def test_work_without_a_phase_of_its_own_is_expected_from_the_first_day():
    two_days = phases(THIRD_DUE, THIRD_DUE + 2 * DAY)
    assert expected(6, two_days, THIRD_DUE - DAY) == Expected(0, 0)
    assert expected(6, two_days, THIRD_DUE) == Expected(6, 0)
    assert expected(6, two_days, THIRD_DUE + DAY) == Expected(6, 6)


starts = st.dates(date(1990, 1, 1), date(2100, 12, 31))
any_length = st.integers(SHORTEST_INTERVAL, LONGEST_INTERVAL)


@given(starts, any_length)
def test_the_four_phases_tile_every_cycle(starts_on: date, days: int):
    due_on = starts_on + timedelta(days)
    found = phases(starts_on, due_on)
    assert [phase.kind for phase in found] == list(PhaseKind)
    assert (found[0].starts_on, found[-1].ends_on) == (starts_on, due_on)
    assert all(one.ends_on == other.starts_on for one, other in pairwise(found))
    assert all(phase.starts_on < phase.ends_on for phase in found)


@given(starts, any_length, st.data())
def test_a_longer_cycle_never_has_a_shorter_end(starts_on: date, days: int, data: st.DataObject):
    longer = data.draw(st.integers(days, LONGEST_INTERVAL))
    for one, other in zip(
        phases(starts_on, starts_on + timedelta(days))[1:],
        phases(starts_on, starts_on + timedelta(longer))[1:],
        strict=True,
    ):
        assert timedelta(days) - (one.starts_on - starts_on) <= (
            timedelta(longer) - (other.starts_on - starts_on)
        )


@given(starts, st.integers(1, 400), st.integers(0, 50), st.data())
def test_the_pace_rises_to_all_and_approval_never_leads(
    starts_on: date, days: int, of: int, data: st.DataObject
):
    found = phases(starts_on, starts_on + timedelta(days))
    day = starts_on + timedelta(data.draw(st.integers(-2, days + 2)))
    today, tomorrow = expected(of, found, day), expected(of, found, day + DAY)
    assert 0 <= today.approved <= today.coded <= of
    assert today.coded <= tomorrow.coded
    assert today.approved <= tomorrow.approved
    assert expected(of, found, found[-1].ends_on) == Expected(of, of)
