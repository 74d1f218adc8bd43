"""Days, numbers and other people's texts, as a message says them."""

from __future__ import annotations

from datetime import date

LONGEST = 1_000


def say_day(day: date) -> str:
    """A day as a person says it."""
    return f"{day.day} {day:%B %Y}"


def say_days(number: int) -> str:
    """So many days."""
    return "1 day" if number == 1 else f"{number} days"


def one_line(text: str) -> str:
    """The text without line breaks: one in a title must not become a header of the message."""
    return " ".join(text.split())


def passage(text: str, most: int = LONGEST) -> str:
    """What somebody wrote, on one line, cut at a word where it is too long for a message."""
    line = one_line(text)
    if len(line) <= most:
        return line
    return f"{line[:most].rpartition(' ')[0] or line[:most]} …"
