"""Cells of a sheet: every text back as it was, days never guessed, headings understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conditions.rules.dates import Precision
from conditions.rules.sheets.bearing import read_bearings, write_bearings
from conditions.rules.sheets.columns import (
    BY_NAME,
    COLUMNS,
    NAMES,
    address_of,
    guessed_mapping,
    letters_of,
)
from conditions.rules.sheets.safety import (
    LONGEST_CELL,
    STARTS_FORMULA,
    cut_for_cells,
    for_workbook,
    from_workbook,
    guarded,
    plain_lines,
    unguarded,
)
from conditions.rules.sheets.values import (
    BadCell,
    read_credibility,
    read_day,
    read_fact,
    read_reliability,
    read_sensitivity,
    read_yes,
)

CODES = st.sampled_from(["ISIS", "RIGHTS", "RIGHTS/S6.1", "L1", "A_B/C1.12"])
STANCES = st.sampled_from(["supports", "contradicts", "neutral"])


@given(st.text())
@example("=1+1")
@example("'=1+1")
@example("''-x")
@example("'quoted'")
@example(" \u200b＝x")
@example("\tx")
def test_what_is_guarded_is_never_a_formula_and_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not STARTS_FORMULA.match(guarded(text))


@given(st.text())
@example("_x0041_")
@example("_x005F_x0041_")
@example("a\x01b\x0b_x")
def test_a_workbook_holds_every_text(text: str) -> None:
    written = for_workbook(text)
    assert from_workbook(written) == text
    assert not {"\x00", "\x01", "\x1f", "\ufffe"} & set(written)


@given(st.lists(st.tuples(CODES, STANCES, st.text()), unique_by=lambda one: one[0]))
@example([("ISIS", "supports", 'he said "no; yes", twice')])
@example([("ISIS", "supports", '"'), ("L1", "neutral", ";\n،")])
def test_what_it_bears_on_comes_back(bearings: list[tuple[str, str, str]]) -> None:
    plain = tuple((code, stance, note.strip()) for code, stance, note in bearings)
    assert read_bearings(write_bearings(plain)) == plain


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        (" ; ", ()),
        ("isis : Supports", (("ISIS", "supports", ""),)),
        ("ISIS:supports,L1:neutral", (("ISIS", "supports", ""), ("L1", "neutral", ""))),
        ("ISIS:supports\nL1:neutral;", (("ISIS", "supports", ""), ("L1", "neutral", ""))),
    ],
)
def test_bearings_are_read_as_people_write_them(text: str, read: object) -> None:
    assert read_bearings(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ISIS", "has no stance"),
        ("ISIS:maybe", "stance is not known"),
        ("ISIS:supports; isis:neutral", "twice"),
        ("1:supports", "cannot be read"),
        ('ISIS:supports "open', "cannot be read"),
    ],
)
def test_unclear_bearings_are_refused(text: str, told: str) -> None:
    with pytest.raises(BadCell, match=told) as refusal:
        read_bearings(text)
    assert refusal.value.field == "bears_on"
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("text", "day"),
    [("", None), ("2026-03-09", date(2026, 3, 9)), ("9.3.2026", date(2026, 3, 9))],
)
def test_days_are_read(text: str, day: date | None) -> None:
    assert read_day(text, "published_on") == day


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("03/04/2026", "either way round"),
        ("2026-02-30", "no such day"),
        ("31.2.2026", "no such day"),
        ("2026-03", "not a day"),
        ("yesterday", "not a day"),
        ("٢٠٢٦-٠٣-٠٩", "not a day"),
    ],
)
def test_days_are_never_guessed(text: str, told: str) -> None:
    with pytest.raises(BadCell, match=told) as refusal:
        read_day(text, "published_on")
    assert "2026-03-09" in refusal.value.remedy


def test_the_other_cells_are_read_or_refused() -> None:
    assert read_fact("2026-03", "fact_date").precision is Precision.MONTH
    assert read_fact("9.3.2026", "fact_date").on == date(2026, 3, 9)
    assert (read_credibility("", "c"), read_credibility("2", "c")) == (6, 2)
    assert (read_reliability("b", "r"), read_reliability("", "r")) == ("B", "")
    assert read_sensitivity("Source protected", "s") == "source_protected"
    assert [read_yes(text, "p") for text in ("Yes", "x", "no", "")] == [True, True, False, False]
    for reader, text in (
        (read_fact, "03/04/2026"),
        (read_credibility, "7"),
        (read_credibility, "²"),
        (read_reliability, "G"),
        (read_sensitivity, "secret"),
        (read_yes, "maybe"),
    ):
        with pytest.raises(BadCell):
            reader(text, "field")


def test_cells_have_the_addresses_of_spreadsheets() -> None:
    assert [letters_of(n) for n in (1, 26, 27, 52, 702, 703)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
    assert address_of(6, 213) == "F213"


def test_headings_are_understood_however_they_are_written() -> None:
    assert guessed_mapping(NAMES) == {name: name for name in NAMES}
    labels = [column.label for column in COLUMNS]
    assert guessed_mapping(labels) == {name: BY_NAME[name].label for name in NAMES}
    assert guessed_mapping(["LINK", "Head-line", "Source", "", "colour"]) == {
        "url": "LINK",
        "title": "Head-line",
        "publisher": "Source",
    }


def test_a_column_of_its_own_name_comes_before_one_that_sounds_like_it() -> None:
    assert guessed_mapping(["name", "title"])["title"] == "title"


@pytest.mark.parametrize("size", [0, LONGEST_CELL, LONGEST_CELL + 1, 50_000])
def test_a_long_text_is_cut_for_two_cells(size: int) -> None:
    text = "=" * size
    parts = cut_for_cells(text)
    assert parts is not None
    assert "".join(parts) == text
    assert all(len(guarded(part)) <= LONGEST_CELL for part in parts)


def test_what_no_two_cells_hold_is_told() -> None:
    assert cut_for_cells("\x01" * 40_000) is None


def test_lines_end_alike() -> None:
    assert plain_lines("a\r\nb\rc\n") == "a\nb\nc\n"
