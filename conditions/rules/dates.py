"""Fact dates: when something happened, known to the day, the month, the year, or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from conditions.rules.refusals import Invalid

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_LENGTHS = {"day": 10, "month": 7, "year": 4}


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class BadFactDate(Invalid):
    """Text that names no day, month or year."""


@dataclass(frozen=True, slots=True)
class FactDate:
    """The first day of the known period and its precision; ``on`` is None when it is not known."""

    on: date | None
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read YYYY, YYYY-MM or YYYY-MM-DD, or empty text for unknown; raises BadFactDate."""
        if not text.strip():
            return cls(None, Precision.UNKNOWN)
        written = _WRITTEN.fullmatch(text.strip())
        try:
            if written is None:
                raise ValueError(text)
            year, month, day = written.groups()
            first = date(int(year), int(month or 1), int(day or 1))
        except ValueError as error:
            raise BadFactDate(
                f"{text!r} is not a date.",
                field="fact_date",
                value=text,
                remedy="Give YYYY-MM-DD, YYYY-MM or YYYY, or leave it empty.",
            ) from error
        known = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(first, known)

    def __str__(self) -> str:
        """As precise as it is known, in ISO form; empty when it is not."""
        return "" if self.on is None else self.on.isoformat()[: _LENGTHS[self.precision]]
