"""Fact dates: as precise as they are known, and no more."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.dates import BadFactDate, FactDate, Precision
from tests.days import WHITE_HOUSE


@pytest.mark.parametrize(
    ("text", "on", "precision"),
    [
        ("2025-11-10", WHITE_HOUSE, "day"),
        ("2025-11", date(2025, 11, 1), "month"),
        ("2025", date(2025, 1, 1), "year"),
        ("", None, "unknown"),
        ("2024-02-29", date(2024, 2, 29), "day"),
    ],
)
def test_a_date_is_read_and_written_as_precisely_as_it_is_known(
    text: str, on: date | None, precision: str
):
    assert FactDate.parse(text) == FactDate(on, Precision(precision))
    assert str(FactDate.parse(text)) == text


def test_spaces_around_it_do_not_matter():
    assert FactDate.parse(" 2025-11 ") == FactDate.parse("2025-11")


@pytest.mark.parametrize(
    "text",
    [
        "2025-13",
        "2025-02-29",
        "2025-00",
        "0000",
        "25",
        "2025-1",
        "2025/11/10",
        "10.11.2025",
        "2025-11-10T00:00",
        "٢٠٢٥",
        "November 2025",
        "2025-11-",
    ],
)
def test_anything_else_is_refused_with_what_would_be_accepted(text: str):
    with pytest.raises(BadFactDate) as refused:
        FactDate.parse(text)
    assert (refused.value.field, refused.value.value) == ("fact_date", text)
    assert refused.value.remedy == "Give YYYY-MM-DD, YYYY-MM or YYYY, or leave it empty."


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_what_is_written_is_read_back(day: date, length: int):
    text = day.isoformat()[:length]
    assert str(FactDate.parse(text)) == text
