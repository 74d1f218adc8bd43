"""Numbers and days that a reader writes into an address."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from conditions.rules.refusals import Invalid

HIGHEST = 9_999


class BadAddress(Invalid):
    """A part of the address that is neither the number nor the day it should be."""


def whole(query: QueryDict, field: str) -> int | None:
    """A number from 1 up, or None where it is not given. Raises BadAddress."""
    text = query.get(field, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= HIGHEST):
        raise BadAddress(
            "This is not a number.", field=field, value=text, remedy="Write it as 1, 2 or 3."
        )
    return int(text)


def day(query: QueryDict, field: str) -> date | None:
    """A day, or None where it is not given. Raises BadAddress."""
    text = query.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadAddress(
            "This is not a date.", field=field, value=text, remedy="Write it as 2026-03-09."
        ) from None
