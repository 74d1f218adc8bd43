"""Headings: a text that comes without a title is named by its first line, and that is told once."""

from __future__ import annotations

import re
from typing import Final

LONGEST_HEADING: Final = 400
_CUT: Final = "…"


def first_line(text: str) -> str:
    """The first line of a text that says something, as its title; a long one is cut at a word."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    line = next((line for line in lines if line), "")
    if len(line) <= LONGEST_HEADING:
        return line
    begins = line[: LONGEST_HEADING - len(_CUT)]
    return f"{begins.rpartition(' ')[0] or begins}{_CUT}"


def told_by(title: str, text: str) -> int:
    """How many characters at the start of ``text`` its ``title`` tells already.

    None unless the title is the first line.
    """
    if not title or title != first_line(text):
        return 0
    words = r"\s+".join(re.escape(word) for word in title.removesuffix(_CUT).split())
    told = re.match(rf"\s*{words}{_CUT}?\s*", text)
    return told.end() if told else 0
