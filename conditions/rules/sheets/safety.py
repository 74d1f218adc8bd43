"""Text in cells: nothing that a spreadsheet would run, and each text back exactly as it was."""

from __future__ import annotations

import re
from typing import Final

# Some programs look past blanks, or read the full-width signs as the plain ones.
STARTS_FORMULA: Final = re.compile(r"[\t\r\n]|[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(rf"'+(?:{STARTS_FORMULA.pattern})")
_TO_GUARD = re.compile(rf"'*(?:{STARTS_FORMULA.pattern})")
# Excel keeps 32,767 characters in a cell and loses what follows.
LONGEST_CELL: Final = 32_767
# What XML cannot hold is written _xHHHH_, and so is an underscore that would be read as such.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")


def guarded(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given: its exact inverse."""
    return text[1:] if _GUARDED.match(text) else text


def for_workbook(text: str) -> str:
    """``text`` as a workbook can hold it."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_workbook(text: str) -> str:
    """The text that ``for_workbook`` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def plain_lines(text: str) -> str:
    """``text`` with line feeds alone at the ends of its lines, as sheets carry them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def cut_for_cells(text: str) -> tuple[str, str] | None:
    """``text`` in two parts that fit a cell each once they are guarded; None if it is longer."""
    if fits_cell(text):
        return text, ""
    at = LONGEST_CELL // 2
    for most in (LONGEST_CELL - 7, at):
        if fits_cell(text[:most]) and fits_cell(text[most:]):
            return text[:most], text[most:]
    return None


def fits_cell(text: str) -> bool:
    """Whether a cell of a workbook holds ``text`` whole."""
    return len(for_workbook(guarded(text))) <= LONGEST_CELL
