"""What a cell says: days, grades and choices read exactly, or refused with what would do."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from conditions.rules.authority import Sensitivity
from conditions.rules.dates import BadFactDate, FactDate, Precision
from conditions.rules.evidence import RELIABILITY
from conditions.rules.refusals import Invalid

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHED = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}", re.ASCII)
_WRITE_DAY: Final = "Write the year first, as in 2026-03-09, or 09.03.2026."
_YES: Final = frozenset({"yes", "y", "true", "1", "x"})
_NO: Final = frozenset({"", "no", "n", "false", "0"})


class BadCell(Invalid):
    """A cell whose value cannot be taken; ``field`` is its column."""


def read_day(text: str, field: str) -> date | None:
    """The day that a cell names, None for an empty one. Raises BadCell."""
    if not text:
        return None
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    except ValueError:
        raise BadCell("There is no such day.", field=field, value=text, remedy=_WRITE_DAY) from None
    if _SLASHED.fullmatch(text):
        message = "Day and month could be either way round."
        raise BadCell(message, field=field, value=text, remedy=_WRITE_DAY)
    raise BadCell("This is not a day.", field=field, value=text, remedy=_WRITE_DAY)


def read_fact(text: str, field: str) -> FactDate:
    """When it happened, to the day, month or year. Raises BadCell."""
    if _DOTTED.fullmatch(text):
        return FactDate(read_day(text, field), Precision.DAY)
    try:
        return FactDate.parse(text)
    except BadFactDate as refusal:
        message = refusal.message
        if _SLASHED.fullmatch(text) and not _ISO.fullmatch(text):
            message = "Day and month could be either way round."
        remedy = "Write 2026-03-09, 2026-03 or 2026, or leave the cell empty."
        raise BadCell(message, field=field, value=text, remedy=remedy) from None


def read_credibility(text: str, field: str) -> int:
    """1 to 6; an empty cell is 6, cannot be judged. Raises BadCell."""
    if not text:
        return 6
    if re.fullmatch("[1-6]", text, re.ASCII):
        return int(text)
    remedy = "Give a whole number from 1 (confirmed) to 6 (cannot be judged)."
    raise BadCell("This is no credibility.", field=field, value=text, remedy=remedy)


def read_reliability(text: str, field: str) -> str:
    """A letter from A to F, or empty. Raises BadCell."""
    letter = text.upper()
    if letter and letter not in RELIABILITY:
        remedy = "Give a letter from A (completely reliable) to F (cannot be judged)."
        raise BadCell("This is no reliability.", field=field, value=text, remedy=remedy)
    return letter


def read_sensitivity(text: str, field: str) -> str:
    """How far it may travel; an empty cell is public. Raises BadCell."""
    return read_choice(text or Sensitivity.PUBLIC.value, Sensitivity, field)


def read_choice(text: str, choices: type[StrEnum], field: str, *, what: str = "") -> str:
    """One of ``choices`` however it is capitalised; ``what`` names it. Raises BadCell."""
    wanted = re.sub(r"[\s-]+", "_", text.strip().casefold())
    if wanted in list(choices):
        return wanted
    remedy = f"Use one of {', '.join(choices)}."
    raise BadCell(f"This {what or field} is not known.", field=field, value=text, remedy=remedy)


def read_yes(text: str, field: str) -> bool:
    """Whether a cell says yes; an empty one says no. Raises BadCell."""
    said = text.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise BadCell("This is neither yes nor no.", field=field, value=text, remedy="Write yes or no.")
