"""How a list may be narrowed: named filters that read text and refuse what is unclear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from conditions.rules.refusals import Invalid

LONGEST_TEXT = 200
LARGEST_NUMBER = 2**53 - 1
# How the two ends of a span of days are called.
_SPANS = (("_from", "_to"), ("_after", "_before"))


class BadFilter(Invalid):
    """A filter's value that cannot be read."""


class ReversedSpan(BadFilter):
    """Two days that a list is to lie between, the later one first; ``names`` are both filters."""

    def __init__(self, begins: str, ends: str, values: Mapping[str, Any]) -> None:
        super().__init__(
            f"{begins} {values[begins]} is later than {ends} {values[ends]}.",
            field=begins,
            value=values[begins],
            remedy="Exchange the two days, or leave one out.",
        )
        self.names = (begins, ends)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow a list: its name, how its text is read, and which column it compares.

    Without a ``lookup`` the list itself knows what the value means. ``kind`` and ``choices``
    describe the accepted values to a reader of the API's description.
    """

    name: str
    about: str
    kind: str
    read: Callable[[str], Any]
    lookup: str = ""
    choices: tuple[str, ...] = ()


def read_filters(given: Mapping[str, str], filters: Iterable[Filter]) -> dict[str, Any]:
    """The filters that were given, each read by its own rule. Raises BadFilter."""
    values = {one.name: one.read(given[one.name]) for one in filters if one.name in given}
    require_spans(values)
    return values


def require_spans(values: Mapping[str, Any]) -> None:
    """Raise ReversedSpan where the beginning of a span lies after its end."""
    for name, value in values.items():
        for first, last in _SPANS:
            end = name.removesuffix(first) + last
            if name.endswith(first) and end in values and value > values[end]:
                raise ReversedSpan(name, end, values)


def text(name: str, about: str, lookup: str = "") -> Filter:
    """A filter for an exact text, such as a slug or a code."""

    def read(value: str) -> str:
        if not value or len(value) > LONGEST_TEXT or "\x00" in value:
            raise _bad(name, value, f"Give 1 to {LONGEST_TEXT} characters.")
        return value

    return Filter(name, about, "string", read, lookup)


def number(name: str, about: str, lookup: str = "") -> Filter:
    """A filter for a whole number from 1, such as a cycle's number or a row's id."""

    def read(value: str) -> int:
        digits = value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST_NUMBER))
        if not digits or not 1 <= int(value) <= LARGEST_NUMBER:
            raise _bad(name, value, f"Give a whole number from 1 to {LARGEST_NUMBER}.")
        return int(value)

    return Filter(name, about, "integer", read, lookup)


def day(name: str, about: str, lookup: str = "") -> Filter:
    """A filter for a day."""

    def read(value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _bad(name, value, "Write a date as 2026-03-09.") from None

    return Filter(name, about, "date", read, lookup)


def moment(name: str, about: str, lookup: str = "") -> Filter:
    """A filter for a moment; a moment without offset, or a date, is read as UTC."""

    def read(value: str) -> datetime:
        try:
            # In an address, an unescaped plus sign arrives as a space.
            found = datetime.fromisoformat(value.replace(" ", "+"))
            aware = found if found.tzinfo else found.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            raise _bad(name, value, "Write a moment as 2026-03-09T17:00:00Z.") from None

    return Filter(name, about, "date-time", read, lookup)


def yes_no(name: str, about: str, lookup: str = "") -> Filter:
    """A filter for true or false."""

    def read(value: str) -> bool:
        if value not in ("true", "false"):
            raise _bad(name, value, "Write true or false.")
        return value == "true"

    return Filter(name, about, "boolean", read, lookup)


def one_of(name: str, about: str, choices: Iterable[str], lookup: str = "") -> Filter:
    """A filter for one of a few words."""
    accepted = tuple(choices)

    def read(value: str) -> str:
        if value not in accepted:
            raise _bad(name, value, f"Use one of {', '.join(accepted)}.")
        return value

    return Filter(name, about, "string", read, lookup, accepted)


def _bad(name: str, value: str, remedy: str) -> BadFilter:
    return BadFilter(f"“{value}” cannot be read here.", field=name, value=value, remedy=remedy)
