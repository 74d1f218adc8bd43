"""What holds for every calendar: its cycles tile the days, and each day finds its cycle."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.calendar import (
    Basis,
    Calendar,
    CycleState,
    Roll,
    cycle_state,
    day_of,
    span_on,
    spans,
    spans_until,
)
from conditions.rules.days import rolled
from tests.days import DAY

CYCLES = 12

days_of_history = st.dates(date(1990, 1, 1), date(2100, 12, 31))
intervals = st.integers(7, 400)


@st.composite
def histories(draw):
    """A calendar with the extensions and closings of one possible life."""
    anchor = draw(days_of_history)
    calendar = Calendar(
        anchor,
        draw(intervals),
        draw(intervals),
        basis=draw(st.sampled_from(Basis)),
        roll=draw(st.sampled_from(Roll)),
        until=draw(st.none() | st.integers(1, 4000).map(lambda days: anchor + timedelta(days))),
    )
    extensions: dict[int, date] = {}
    closings: dict[int, date] = {}
    for number in range(1, CYCLES + 1):
        reached = list(islice(spans(calendar, extensions=extensions, closings=closings), number))
        if len(reached) < number:
            break
        if draw(st.booleans()):
            later = timedelta(draw(st.integers(1, 500)))
            extensions[number] = reached[-1].scheduled_due_on + later
        if draw(st.booleans()):
            closings[number] = reached[-1].starts_on + timedelta(draw(st.integers(0, 900)))
    return calendar, {"extensions": extensions, "closings": closings}


@given(histories())
def test_cycles_tile_the_calendar(history):
    calendar, facts = history
    series = list(islice(spans(calendar, **facts), CYCLES))
    assert [span.number for span in series] == list(range(1, len(series) + 1))
    assert all(span.starts_on < span.due_on for span in series)
    assert all(before.due_on == after.starts_on for before, after in pairwise(series))
    assert all(span.starts_on == calendar.anchor for span in series[:1])


@given(histories())
def test_a_due_date_is_the_scheduled_one_or_a_later_one_granted(history):
    calendar, facts = history
    for span in islice(spans(calendar, **facts), CYCLES):
        granted = facts["extensions"].get(span.number)
        assert span.due_on in (span.scheduled_due_on, granted)
        assert span.due_on >= span.scheduled_due_on
        assert rolled(span.scheduled_due_on, calendar.roll) == span.scheduled_due_on


@given(histories())
def test_no_date_is_counted_on_or_after_the_end(history):
    calendar, facts = history
    for span in spans_until(calendar, date(2120, 1, 1), ahead=0, **facts)[:CYCLES]:
        if calendar.until is not None and calendar.roll is not Roll.NEXT:
            assert span.scheduled_due_on < calendar.until
        # A long weekend is the furthest a date can roll past the end.
        if calendar.until is not None:
            assert span.scheduled_due_on < calendar.until + timedelta(5)


@given(histories(), st.integers(-30, 3000))
def test_the_cycle_of_a_day_is_the_one_a_plain_search_finds(history, offset):
    calendar, facts = history
    day = calendar.anchor + timedelta(offset)
    begun = spans_until(calendar, day, ahead=0, **facts)
    naive = [span for span in begun if span.starts_on <= day < span.due_on]
    assert [span_on(calendar, day, **facts)] == (naive or [None])


@given(histories(), st.integers(-30, 3000), st.integers(0, 4))
def test_enough_cycles_are_always_ahead(history, offset, ahead):
    calendar, facts = history
    day = calendar.anchor + timedelta(offset)
    found = spans_until(calendar, day, ahead=ahead, **facts)
    to_come = [span for span in found if span.starts_on > day]
    assert list(found) == list(islice(spans(calendar, **facts), len(found)))
    assert len(to_come) == ahead or len(
        list(islice(spans(calendar, **facts), len(found) + 1))
    ) == len(found)


@given(histories())
def test_every_bound_is_sharp_to_the_day(history):
    calendar, facts = history
    for span in islice(spans(calendar, **facts), 4):
        states = [
            cycle_state(
                starts_on=span.starts_on,
                due_on=span.due_on,
                closed_on=None,
                tracked_from=calendar.anchor,
                day=day,
            )
            for day in (
                span.starts_on - DAY,
                span.starts_on,
                span.due_on - DAY,
                span.due_on,
                span.due_on + DAY,
            )
        ]
        assert states == [
            CycleState.UPCOMING,
            CycleState.OPEN,
            CycleState.OPEN,
            CycleState.DUE,
            CycleState.OVERDUE,
        ]


@given(histories(), st.integers(-30, 3000))
def test_days_gone_and_days_left_make_the_cycle(history, offset):
    calendar, facts = history
    for span in islice(spans(calendar, **facts), 1):
        gone = day_of(span, calendar.anchor + timedelta(offset))
        assert gone.day + gone.left == gone.of


@given(days_of_history, intervals, st.sampled_from(Basis))
def test_equal_intervals_give_the_same_dates_on_every_basis(anchor, interval, basis):
    series = islice(spans(Calendar(anchor, interval, interval, basis=basis)), CYCLES)
    assert [span.due_on for span in series] == [
        anchor + timedelta(number * interval) for number in range(1, CYCLES + 1)
    ]
