"""The reminder ladder on the named days of cycle 4, and what no sequence of sweeps can lose."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.ladder import FURTHEST, Ladder, Rung, RungKind, rungs_reached
from conditions.rules.refusals import Invalid
from tests.days import DAY, FOURTH_DUE, THIRD_DUE

LADDER = Ladder()


def reached(day: date, ladder: Ladder = LADDER, **dates: date) -> tuple[Rung, ...]:
    return rungs_reached(ladder, **{"starts_on": THIRD_DUE, "due_on": FOURTH_DUE} | dates, day=day)


def told(rung: Rung) -> str:
    return f"{rung.kind} {rung.offset:+d}{' managers' if rung.to_managers else ''}"


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        (date(2026, 11, 5), "opened +0"),
        (date(2027, 2, 3), "before -30"),
        (date(2027, 2, 19), "before -14"),
        (date(2027, 2, 26), "before -7"),
        (date(2027, 3, 4), "before -1"),
        (date(2027, 3, 5), "due +0"),
        (date(2027, 3, 6), "overdue +1"),
        (date(2027, 3, 8), "overdue +3"),
        (date(2027, 3, 12), "overdue +7 managers"),
        (date(2027, 3, 19), "overdue +14 managers"),
        (date(2027, 3, 26), "overdue +21 managers"),
    ],
)
def test_a_rung_is_reached_on_its_day_and_not_before(on: date, rung: str):
    assert rung not in map(told, reached(on - DAY))
    assert told(reached(on)[-1]) == rung
    assert reached(on)[-1].on == on
    assert rung in map(told, reached(on + DAY))


def test_the_whole_ladder_is_ordered_from_least_to_most_urgent():
    assert [told(rung) for rung in reached(FOURTH_DUE + 15 * DAY)] == [
        "opened +0",
        "before -30",
        "before -14",
        "before -7",
        "before -1",
        "due +0",
        "overdue +1",
        "overdue +3",
        "overdue +7 managers",
        "overdue +14 managers",
    ]


def test_nothing_is_owed_before_the_cycle_opens():
    assert reached(THIRD_DUE - DAY) == ()


@pytest.mark.parametrize(
    ("length", "rungs"),
    [
        (31, "opened +0, before -30, before -14, before -7, before -1"),
        (30, "opened +0, before -30, before -14, before -7, before -1"),
        (29, "opened +0, before -14, before -7, before -1"),
        (7, "opened +0, before -7, before -1"),
    ],
)
def test_a_short_cycle_is_not_announced_before_it_opens(length: int, rungs: str):
    due_on = THIRD_DUE + length * DAY
    assert ", ".join(map(told, reached(due_on - DAY, due_on=due_on))) == rungs


@pytest.mark.parametrize(
    ("ladder", "rungs"),
    [
        (
            Ladder(before=(), overdue=()),
            "opened +0, due +0, overdue +7 managers, overdue +14 managers",
        ),
        (Ladder(before=(), overdue=(2,), then_every=None), "opened +0, due +0, overdue +2"),
        (
            Ladder(before=(), overdue=(1,), then_every=10),
            "opened +0, due +0, overdue +1, overdue +11 managers",
        ),
        (
            Ladder(before=(), overdue=(1,), managers_from=1),
            "opened +0, due +0, overdue +1 managers, overdue +8 managers, overdue +15 managers",
        ),
        (
            Ladder(before=(), overdue=(1,), managers_from=None),
            "opened +0, due +0, overdue +1, overdue +8, overdue +15",
        ),
    ],
)
def test_a_program_may_bring_its_own_ladder(ladder: Ladder, rungs: str):
    assert ", ".join(map(told, reached(FOURTH_DUE + 15 * DAY, ladder))) == rungs


def test_nine_years_late_the_ladder_is_still_short():
    late = reached(FOURTH_DUE + 9 * 365 * DAY)
    assert told(late[-1]) == "overdue +3283 managers"
    assert len(late) == 9 + (3283 - 7) // 7


def test_ten_years_late_it_has_ended():
    assert reached(date(9999, 12, 31)) == reached(FOURTH_DUE + FURTHEST * DAY)


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"befor": [30]}, "befor"),
        ({"before": 30}, "before"),
        ({"before": "30"}, "before"),
        ({"before": [7, 30]}, "before"),
        ({"before": [7, 7]}, "before"),
        ({"before": [7, 0]}, "before"),
        ({"before": ["7"]}, "before"),
        ({"overdue": [7, 3]}, "overdue"),
        ({"overdue": [-1]}, "overdue"),
        ({"overdue": [True]}, "overdue"),
        ({"then_every": 0}, "then_every"),
        ({"managers_from": 1.5}, "managers_from"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(mapping: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        Ladder.from_mapping(mapping)
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_ladder_is_read_from_a_pack():
    pack = {"before": [30, 14, 7, 1], "overdue": [1, 3, 7], "then_every": 7, "managers_from": 7}
    assert Ladder.from_mapping(pack) == LADDER == Ladder.from_mapping({})


lengths = st.integers(7, 400)
sweeps = st.lists(st.integers(-20, 800), min_size=1, max_size=12).map(sorted)


@given(lengths, sweeps)
def test_skipping_any_number_of_days_loses_no_rung(length: int, offsets: list[int]):
    days = [THIRD_DUE + timedelta(offset) for offset in offsets]
    due_on = THIRD_DUE + timedelta(length)
    owed: list[Rung] = []
    for day in days:
        owed += [rung for rung in reached(day, due_on=due_on) if rung not in owed]
    assert owed == list(reached(days[-1], due_on=due_on))


@given(lengths, st.integers(-20, 4000))
def test_rungs_climb_in_time_and_each_has_its_own_key(length: int, offset: int):
    rungs = reached(THIRD_DUE + timedelta(offset), due_on=THIRD_DUE + timedelta(length))
    assert all(one.on <= other.on for one, other in pairwise(rungs))
    assert len({(rung.kind, rung.offset) for rung in rungs}) == len(rungs)
    assert [rung.kind for rung in rungs] == sorted(
        (rung.kind for rung in rungs), key=list(RungKind).index
    )
