"""Choice lists for form fields, made once from the rules' enumerations."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones


def from_enum(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """(value, label) pairs of an enumeration, in its order; labels in sentence case."""
    return [(member.value, member.value.replace("_", " ").capitalize()) for member in kind]


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every IANA time zone a person or program may choose, by name."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
