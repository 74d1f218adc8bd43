"""Legal days at the edges of zones, and business days around weekends and federal holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.days import BadMoment, Roll, legal_day, rolled, zone
from tests.days import DAY, FIRST_DUE, moment, noon

WASHINGTON = "America/New_York"


@pytest.mark.parametrize(
    ("instant", "time_zone", "day"),
    [
        (moment(FIRST_DUE, 3, 59), WASHINGTON, FIRST_DUE - DAY),
        (moment(FIRST_DUE, 4), WASHINGTON, FIRST_DUE),
        (moment(FIRST_DUE + DAY, 3, 59), WASHINGTON, FIRST_DUE),
        (moment(date(2026, 3, 8), 4, 59), WASHINGTON, date(2026, 3, 7)),
        (moment(date(2026, 3, 8), 5), WASHINGTON, date(2026, 3, 8)),
        (moment(FIRST_DUE, 20, 59), "Asia/Damascus", FIRST_DUE),
        (moment(FIRST_DUE, 21), "Asia/Damascus", FIRST_DUE + DAY),
        (noon(FIRST_DUE), WASHINGTON, FIRST_DUE),
    ],
)
def test_the_legal_day_turns_at_midnight_in_the_zone(instant: datetime, time_zone: str, day: date):
    assert legal_day(instant, time_zone) == day


def test_the_same_moment_is_the_same_day_however_it_is_written():
    in_tokyo = moment(FIRST_DUE, 3).astimezone(timezone(timedelta(hours=9)))
    assert legal_day(in_tokyo, WASHINGTON) == FIRST_DUE - DAY


@pytest.mark.parametrize(
    ("instant", "time_zone", "field"),
    [
        (datetime(2026, 3, 10, 12), WASHINGTON, "moment"),  # noqa: DTZ001
        (datetime.min.replace(tzinfo=UTC), WASHINGTON, "moment"),
        (datetime.max.replace(tzinfo=UTC), "Asia/Damascus", "moment"),
        (noon(FIRST_DUE), "Washington", "time_zone"),
        (noon(FIRST_DUE), "", "time_zone"),
        (noon(FIRST_DUE), "America", "time_zone"),
        (noon(FIRST_DUE), "../../etc/passwd", "time_zone"),
        (noon(FIRST_DUE), "/etc/passwd", "time_zone"),
    ],
)
def test_a_moment_without_a_day_is_refused(instant: datetime, time_zone: str, field: str):
    with pytest.raises(BadMoment) as refused:
        legal_day(instant, time_zone)
    assert refused.value.field == field
    assert refused.value.remedy.startswith("Give ")


def test_a_zone_is_known_by_its_name():
    assert zone("Asia/Damascus").key == "Asia/Damascus"


@pytest.mark.parametrize(
    ("day", "previous", "following"),
    [
        pytest.param("2026-03-10", "2026-03-10", "2026-03-10", id="a Tuesday stays"),
        pytest.param("2026-03-14", "2026-03-13", "2026-03-16", id="Saturday"),
        pytest.param("2026-03-15", "2026-03-13", "2026-03-16", id="Sunday"),
        pytest.param("2026-09-07", "2026-09-04", "2026-09-08", id="Labor Day, a Monday"),
        pytest.param("2026-09-05", "2026-09-04", "2026-09-08", id="Saturday before Labor Day"),
        pytest.param("2026-07-03", "2026-07-02", "2026-07-06", id="Independence Day observed"),
        pytest.param("2027-12-31", "2027-12-30", "2028-01-03", id="New Year observed on Friday"),
        pytest.param("2026-06-19", "2026-06-18", "2026-06-22", id="Juneteenth, a Friday"),
        pytest.param("2026-11-26", "2026-11-25", "2026-11-27", id="Thanksgiving"),
    ],
)
def test_a_due_date_rolls_to_a_business_day(day: str, previous: str, following: str):
    fallen = date.fromisoformat(day)
    assert rolled(fallen, Roll.NONE) == fallen
    assert rolled(fallen, Roll.PREVIOUS) == date.fromisoformat(previous)
    assert rolled(fallen, Roll.NEXT) == date.fromisoformat(following)


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_no_date_rolls_further_than_a_long_weekend(day: date):
    assert timedelta(0) <= rolled(day, Roll.NEXT) - day <= timedelta(4)
    assert timedelta(0) <= day - rolled(day, Roll.PREVIOUS) <= timedelta(4)
