"""What every form of citation needs of a text: one line, a day in words, which script it is in."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def one_line(text: str) -> str:
    """The text on one line and without control characters, so that it cannot begin a field."""
    line = " ".join(text.split())
    return "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cs"))


def day_in_words(day: date) -> str:
    """A day as 10 November 2025, in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def is_of_another_script(text: str) -> bool:
    """Whether most letters of a text are not Latin ones."""
    letters = [char for char in text if char.isalpha()]
    foreign = sum("LATIN" not in unicodedata.name(char, "LATIN") for char in letters)
    return 2 * foreign > len(letters)
