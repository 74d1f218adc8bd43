"""Headings: the first line of a text is its title, and is found in the text again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.headings import first_line, told_by

LONG = "word " * 100


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" \n\t", ""),
        ("\n  A   raid\tnear Raqqa \r\nMore.", "A raid near Raqqa"),
        ("Wait…\nMore.", "Wait…"),
        (LONG, f"{' '.join(['word'] * 79)}…"),
        ("x" * 500, f"{'x' * 399}…"),
    ],
)
def test_the_first_line_that_says_something_is_the_title(text: str, line: str) -> None:
    assert first_line(text) == line


@pytest.mark.parametrize(
    ("title", "text", "goes_on"),
    [
        ("A raid", "A raid\n\nMore.", "More."),
        ("A raid", "\n A  raid\r\nMore.", "More."),
        ("A raid", "A raid", ""),
        ("Wait…", "Wait…\nMore.", "More."),
        ("A raid", "A raid near Raqqa", "A raid near Raqqa"),
        ("A raid", "More.\nA raid", "More.\nA raid"),
        ("", "More.", "More."),
    ],
)
def test_a_text_goes_on_where_its_title_ends(title: str, text: str, goes_on: str) -> None:
    assert text[told_by(title, text) :] == goes_on


@given(st.text(max_size=600))
def test_a_title_and_what_goes_on_are_the_whole_text(text: str) -> None:
    title = first_line(text)
    whole = title.removesuffix("…") + text[told_by(title, text) :]
    assert [one for one in whole if one not in " …" and not one.isspace()] == [
        one for one in text if one != "…" and not one.isspace()
    ]
