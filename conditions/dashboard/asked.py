"""Numbers and days that a reader writes into an address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.validators import slug_re
from django.http import QueryDict

from conditions.queries.asof import read_day
from conditions.rules.refusals import Invalid

HIGHEST = 9_999


class BadAddress(Invalid):
    """A part of the address that is not the number it should be."""


def whole(query: QueryDict, field: str) -> int | None:
    """A number from 1 to HIGHEST, or None where it is not given. Raises BadAddress."""
    text = query.get(field, "").strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST))
    if not is_number or int(text) < 1:
        raise BadAddress(
            "This is not a number.",
            field=field,
            value=text,
            remedy=f"Write it as 1, 2 or 3, at most {HIGHEST}.",
        )
    return int(text)


def slug(query: QueryDict, field: str) -> str:
    """A program's short name, empty where it is not given. Raises BadAddress."""
    text = query.get(field, "").strip()
    if text and not slug_re.match(text):
        raise BadAddress(
            "This is not a program's short name.",
            field=field,
            value=text,
            remedy="Start from the list of programs and follow its links.",
        )
    return text


def word(query: QueryDict, field: str, accepted: Collection[str]) -> str:
    """One of the accepted words, empty where it is not given. Raises BadAddress."""
    text = query.get(field, "").strip()
    if text and text not in accepted:
        raise BadAddress(
            "This page knows no such choice.",
            field=field,
            value=text,
            remedy=f"Write {' or '.join(accepted)}, or leave it out.",
        )
    return text


def day(query: QueryDict, field: str) -> date | None:
    """A day, or None where it is not given. Raises BadAsOf."""
    text = query.get(field, "").strip()
    return read_day(field, text) if text else None
