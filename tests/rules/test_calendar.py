"""The review calendar against the tables of DESIGN 4 and domain 1.5, and the edges around them."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from conditions.rules.calendar import (
    HORIZON,
    BadCalendar,
    Basis,
    Calendar,
    CycleState,
    DayCount,
    Roll,
    Span,
    cycle_state,
    day_of,
    span_on,
    spans,
    spans_until,
)
from tests.days import (
    DAY,
    ENACTMENT,
    FIRST_DUE,
    FOURTH_DUE,
    LAW_ENDS,
    LAW_FIRST_DUE,
    LAW_SECOND_DUE,
    SECOND_DUE,
    SENATE_PASSAGE,
    THIRD_DUE,
    TODAY,
    WHITE_HOUSE,
)

SENATE = Calendar(anchor=WHITE_HOUSE, first_interval=120, interval=120)
LAW = Calendar(anchor=ENACTMENT, first_interval=90, interval=180)
LAW_FROM_ENACTMENT = Calendar(ENACTMENT, 90, 180, basis=Basis.ANCHOR)
LAW_FROM_CLOSING = Calendar(ENACTMENT, 90, 180, basis=Basis.CLOSING)

# due date of cycle 1, 2, 3 ...: DESIGN 4 through 2029, then domain 1.5.
SENATE_DUE = """
    2026-03-10 2026-07-08 2026-11-05 2027-03-05 2027-07-03 2027-10-31
    2028-02-28 2028-06-27 2028-10-25 2029-02-22 2029-06-22 2029-10-20
"""
LAW_DUE = """
    2026-03-18 2026-09-14 2027-03-13 2027-09-09 2028-03-07 2028-09-03
    2029-03-02 2029-08-29 2030-02-25
"""
LAW_FROM_ENACTMENT_DUE = """
    2026-03-18 2026-06-16 2026-12-13 2027-06-11 2027-12-08 2028-06-05
    2028-12-02 2029-05-31 2029-11-27
"""
FROM_PASSAGE_DUE = """
    2026-02-06 2026-06-06 2026-10-04 2027-02-01 2027-06-01 2027-09-29
    2028-01-27 2028-05-26 2028-09-23
"""
AS_IF_ENACTED_DUE = """
    2026-04-17 2026-08-15 2026-12-13 2027-04-12 2027-08-10 2027-12-08
    2028-04-06 2028-08-04 2028-12-02
"""


def due_dates(calendar: Calendar, how_many: int, **facts) -> list[date]:
    return [span.due_on for span in islice(spans(calendar, **facts), how_many)]


@pytest.mark.parametrize(
    ("calendar", "table"),
    [
        pytest.param(SENATE, SENATE_DUE, id="senate 3899, 120 days from the White House visit"),
        pytest.param(LAW, LAW_DUE, id="law, 180 days from the previous due date"),
        pytest.param(LAW_FROM_ENACTMENT, LAW_FROM_ENACTMENT_DUE, id="law, counted from enactment"),
        pytest.param(Calendar(SENATE_PASSAGE, 120, 120), FROM_PASSAGE_DUE, id="from passage"),
        pytest.param(Calendar(ENACTMENT, 120, 120), AS_IF_ENACTED_DUE, id="as if enacted"),
        pytest.param(
            Calendar(WHITE_HOUSE, 120, 120, basis=Basis.ANCHOR), SENATE_DUE, id="equal intervals"
        ),
    ],
)
def test_due_dates_are_those_of_the_published_tables(calendar: Calendar, table: str):
    expected = [date.fromisoformat(day) for day in table.split()]
    assert due_dates(calendar, len(expected)) == expected


def test_a_cycle_begins_on_the_day_the_last_one_is_due():
    assert list(islice(spans(SENATE), 3)) == [
        Span(1, WHITE_HOUSE, FIRST_DUE, FIRST_DUE),
        Span(2, FIRST_DUE, SECOND_DUE, SECOND_DUE),
        Span(3, SECOND_DUE, THIRD_DUE, THIRD_DUE),
    ]


@pytest.mark.parametrize(
    ("until", "last_due"),
    [
        pytest.param(LAW_ENDS, date(2029, 8, 29), id="four years end on 18 December 2029"),
        pytest.param(date(2029, 8, 30), date(2029, 8, 29), id="the day after a due date keeps it"),
        pytest.param(date(2029, 8, 29), date(2029, 3, 2), id="on a due date leaves it out"),
        pytest.param(date(2029, 8, 28), date(2029, 3, 2), id="the day before leaves it out"),
    ],
)
def test_the_end_is_the_first_day_without_a_due_date(until: date, last_due: date):
    calendar = Calendar(ENACTMENT, 90, 180, until=until)
    assert list(spans(calendar))[-1].due_on == last_due


def test_a_calendar_that_ends_before_its_first_due_date_has_no_cycle():
    assert list(spans(Calendar(ENACTMENT, 90, 180, until=LAW_FIRST_DUE))) == []


def test_without_an_end_the_series_runs_to_the_horizon_and_stops_there():
    last = list(spans(SENATE))[-1]
    assert last.due_on < HORIZON <= last.due_on + 120 * DAY


# Extensions


def test_an_extension_moves_the_due_date_and_keeps_the_scheduled_one():
    assert list(islice(spans(SENATE, extensions={1: date(2026, 3, 24)}), 2)) == [
        Span(1, WHITE_HOUSE, FIRST_DUE, date(2026, 3, 24)),
        Span(2, date(2026, 3, 24), date(2026, 7, 22), date(2026, 7, 22)),
    ]


@pytest.mark.parametrize(
    ("extended_to", "next_due"),
    [
        pytest.param(date(2026, 6, 15), date(2026, 6, 16), id="the day before the next multiple"),
        pytest.param(date(2026, 6, 16), date(2026, 12, 13), id="on it: that multiple is skipped"),
        pytest.param(date(2026, 6, 17), date(2026, 12, 13), id="the day after it"),
    ],
)
def test_counted_from_the_anchor_a_date_not_after_the_extended_one_is_skipped(
    extended_to: date, next_due: date
):
    assert due_dates(LAW_FROM_ENACTMENT, 2, extensions={1: extended_to}) == [extended_to, next_due]


@pytest.mark.parametrize("day", [FIRST_DUE, FIRST_DUE - DAY, date(2126, 3, 10)])
def test_an_extension_that_extends_nothing_is_refused_with_the_date_that_would_do(day: date):
    with pytest.raises(BadCalendar) as refused:
        list(islice(spans(SENATE, extensions={1: day}), 1))
    assert (refused.value.field, refused.value.value) == ("due_on", day)
    assert "after 2026-03-10" in refused.value.remedy


# Closing as the basis (reading C of domain 1.5)


@pytest.mark.parametrize(
    ("closings", "expected"),
    [
        pytest.param({}, [LAW_FIRST_DUE, LAW_SECOND_DUE], id="not closed: projected"),
        pytest.param(
            {1: date(2026, 4, 2)}, [LAW_FIRST_DUE, date(2026, 9, 29)], id="15 days late: 15 later"
        ),
        pytest.param(
            {1: date(2026, 3, 8)}, [LAW_FIRST_DUE, date(2026, 9, 4)], id="10 days early: 10 earlier"
        ),
    ],
)
def test_counted_from_closing_the_next_date_follows_the_day_it_was_really_closed(
    closings: dict[int, date], expected: list[date]
):
    assert due_dates(LAW_FROM_CLOSING, 2, closings=closings) == expected


def test_closings_change_nothing_where_they_are_not_the_basis():
    assert due_dates(LAW, 4, closings={1: date(2026, 5, 1)}) == due_dates(LAW, 4)


def test_a_closing_so_early_that_it_would_leave_no_cycle_takes_the_following_date():
    weekly = Calendar(WHITE_HOUSE, 90, 7, basis=Basis.CLOSING)
    closed_in_the_first_week = {1: WHITE_HOUSE + 3 * DAY}
    first, second = due_dates(weekly, 2, closings=closed_in_the_first_week)
    assert first < second <= first + 7 * DAY


def test_a_late_closing_that_overtakes_an_extension_granted_before_it_wins():
    extended, closed = {2: date(2026, 9, 20)}, {1: date(2026, 6, 1)}
    assert due_dates(LAW_FROM_CLOSING, 2, extensions=extended, closings=closed) == [
        LAW_FIRST_DUE,
        date(2026, 11, 28),
    ]


# Business days


@pytest.mark.parametrize(
    ("roll", "expected"),
    [
        pytest.param(
            Roll.NONE, "2026-09-14 2027-03-13 2027-09-09 2028-03-07 2028-09-03", id="none"
        ),
        pytest.param(
            Roll.NEXT, "2026-09-14 2027-03-15 2027-09-09 2028-03-07 2028-09-05", id="next"
        ),
        pytest.param(
            Roll.PREVIOUS, "2026-09-14 2027-03-12 2027-09-09 2028-03-07 2028-09-01", id="previous"
        ),
    ],
)
def test_rolling_shifts_the_date_and_never_the_chain(roll: Roll, expected: str):
    # 2027-03-13 is a Saturday; 2028-09-03 a Sunday before Labor Day: the dates between stay put.
    calendar = Calendar(ENACTMENT, 90, 180, roll=roll)
    assert due_dates(calendar, 6)[1:] == [date.fromisoformat(day) for day in expected.split()]


def test_two_dates_that_roll_onto_one_business_day_make_one_cycle():
    # Due Saturday 2026-03-14, next multiple Sunday: both roll to Monday 16, so Sunday is skipped.
    calendar = Calendar(date(2025, 12, 15), 89, 90, basis=Basis.ANCHOR, roll=Roll.NEXT)
    assert due_dates(calendar, 2) == [date(2026, 3, 16), date(2026, 6, 15)]


def test_rolled_back_the_second_of_them_is_skipped_too():
    calendar = Calendar(date(2025, 12, 15), 89, 90, basis=Basis.ANCHOR, roll=Roll.PREVIOUS)
    assert due_dates(calendar, 2) == [date(2026, 3, 13), date(2026, 6, 12)]


def test_a_date_before_the_extended_one_is_skipped_even_if_it_would_roll_past_it():
    # Extended to Sunday 2026-03-15; the multiple on Saturday 14 would roll to Monday 16.
    calendar = Calendar(date(2025, 12, 14), 60, 90, basis=Basis.ANCHOR, roll=Roll.NEXT)
    extended_to = date(2026, 3, 15)
    assert due_dates(calendar, 2, extensions={1: extended_to}) == [extended_to, date(2026, 6, 12)]


def test_counted_from_closing_too_a_date_before_the_extended_one_is_skipped():
    # Closed on 2026-02-12, 30 days later is Saturday 2026-03-14, which would roll to Monday 16.
    calendar = Calendar(date(2025, 12, 15), 60, 30, basis=Basis.CLOSING, roll=Roll.NEXT)
    extended_to = date(2026, 3, 15)
    facts = {"extensions": {1: extended_to}, "closings": {1: date(2026, 2, 12)}}
    assert due_dates(calendar, 2, **facts) == [extended_to, date(2026, 4, 13)]


def test_the_end_is_compared_with_the_date_before_it_is_rolled():
    # Due Saturday 2027-03-13, rolled to Monday 15: an end on the Sunday between keeps it.
    calendar = Calendar(ENACTMENT, 90, 180, roll=Roll.NEXT, until=date(2027, 3, 14))
    assert list(spans(calendar))[-1].due_on == date(2027, 3, 15)


# What a calendar refuses


@pytest.mark.parametrize(
    ("facts", "field", "value"),
    [
        ({"first_interval": 6}, "first_interval", 6),
        ({"interval": 0}, "interval", 0),
        ({"interval": -120}, "interval", -120),
        ({"interval": 3661}, "interval", 3661),
        ({"until": ENACTMENT}, "until", ENACTMENT),
        ({"until": ENACTMENT - DAY}, "until", ENACTMENT - DAY),
        ({"anchor": HORIZON}, "anchor", HORIZON),
    ],
)
def test_a_calendar_without_a_rhythm_is_refused(facts: dict, field: str, value: object):
    with pytest.raises(BadCalendar) as refused:
        Calendar(**{"anchor": ENACTMENT, "first_interval": 90, "interval": 180} | facts)
    assert (refused.value.field, refused.value.value) == (field, value)
    assert refused.value.remedy.startswith("Give ")


@pytest.mark.parametrize("facts", [{"first_interval": 7}, {"interval": 7}, {"interval": 3660}])
def test_a_week_is_the_shortest_rhythm_and_ten_years_the_longest(facts: dict):
    Calendar(**{"anchor": ENACTMENT, "first_interval": 90, "interval": 180} | facts)


# Finding cycles by day


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (WHITE_HOUSE - DAY, None),
        (WHITE_HOUSE, 1),
        (FIRST_DUE - DAY, 1),
        (FIRST_DUE, 2),
        (FIRST_DUE + DAY, 2),
        (TODAY, 4),
    ],
)
def test_the_cycle_of_a_day_is_the_half_open_span_that_holds_it(day: date, number: int | None):
    span = span_on(SENATE, day)
    assert (span.number if span else None) == number


def test_no_cycle_holds_a_day_after_the_series_ended():
    law = Calendar(ENACTMENT, 90, 180, until=LAW_ENDS)
    assert span_on(law, date(2029, 8, 28)) is not None
    assert span_on(law, date(2029, 8, 29)) is None
    assert span_on(law, date(9999, 12, 31)) is None


@pytest.mark.parametrize(
    ("day", "ahead", "numbers"),
    [
        (WHITE_HOUSE - DAY, 2, [1, 2]),
        (WHITE_HOUSE, 2, [1, 2, 3]),
        (FIRST_DUE - DAY, 2, [1, 2, 3]),
        (FIRST_DUE, 2, [1, 2, 3, 4]),
        (FIRST_DUE, 0, [1, 2]),
        (TODAY, 2, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_the_cycles_begun_by_a_day_come_with_those_ahead(day: date, ahead: int, numbers: list[int]):
    assert [span.number for span in spans_until(SENATE, day, ahead=ahead)] == numbers


def test_a_series_that_ends_has_fewer_cycles_ahead():
    law = Calendar(ENACTMENT, 90, 180, until=date(2026, 12, 31))
    assert [span.number for span in spans_until(law, ENACTMENT, ahead=5)] == [1, 2]


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (WHITE_HOUSE, DayCount(day=0, of=120, left=120)),
        (WHITE_HOUSE + DAY, DayCount(day=1, of=120, left=119)),
        (FIRST_DUE, DayCount(day=120, of=120, left=0)),
        (FIRST_DUE + 3 * DAY, DayCount(day=123, of=120, left=-3)),
    ],
)
def test_the_day_after_the_start_is_day_one(day: date, count: DayCount):
    first = next(spans(SENATE))
    assert day_of(first, day) == count


# The state of a cycle on a day: a passed deadline changes the work state, never the verdict


@pytest.mark.parametrize(
    ("day", "closed_on", "tracked_from", "state"),
    [
        (THIRD_DUE - DAY, None, WHITE_HOUSE, "upcoming"),
        (THIRD_DUE, None, WHITE_HOUSE, "open"),
        (FOURTH_DUE - DAY, None, WHITE_HOUSE, "open"),
        (FOURTH_DUE, None, WHITE_HOUSE, "due"),
        (FOURTH_DUE + DAY, None, WHITE_HOUSE, "overdue"),
        (FOURTH_DUE + 3000 * DAY, None, WHITE_HOUSE, "overdue"),
        (FOURTH_DUE + DAY, FOURTH_DUE + DAY, WHITE_HOUSE, "closed"),
        (FOURTH_DUE + DAY, FOURTH_DUE + 2 * DAY, WHITE_HOUSE, "overdue"),
        (FOURTH_DUE - DAY, FOURTH_DUE - DAY, WHITE_HOUSE, "closed"),
        (FOURTH_DUE + DAY, None, FOURTH_DUE - DAY, "overdue"),
        (FOURTH_DUE + DAY, None, FOURTH_DUE, "untracked"),
        (FOURTH_DUE + DAY, None, FOURTH_DUE + DAY, "untracked"),
        (FOURTH_DUE + DAY, FOURTH_DUE, FOURTH_DUE + DAY, "closed"),
    ],
)
def test_cycle_four_on_a_day(day: date, closed_on: date | None, tracked_from: date, state: str):
    assert cycle_state(
        starts_on=THIRD_DUE,
        due_on=FOURTH_DUE,
        closed_on=closed_on,
        tracked_from=tracked_from,
        day=day,
    ) is CycleState(state)
