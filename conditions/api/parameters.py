"""Query parameters: each endpoint declares its own, and refuses any other by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core import signing
from django.http import QueryDict

from conditions.queries.lists.paging import Listing, Mark, require_ordering
from conditions.rules.refusals import Invalid

PAGE_SIZE = 50
LARGEST_PAGE = 200
PAGING = ("cursor", "page_size", "ordering")
_SIGNER = signing.Signer(salt="conditions.api.cursor")


class UnknownParameter(Invalid):
    """A query parameter that this address does not know."""


class RepeatedParameter(Invalid):
    """A query parameter that was given twice."""


class BadPageSize(Invalid):
    """A page size that no page can have."""


class BadCursor(Invalid):
    """A cursor that this API did not write, or wrote for another ordering."""


def require_known(query: QueryDict, accepted: Iterable[str]) -> None:
    """Raise unless every parameter is among the accepted ones and is given once."""
    known = tuple(accepted)
    for name in query:
        if name not in known:
            raise UnknownParameter(
                f"There is no parameter “{name}” here.",
                field=name,
                value=query[name],
                remedy=f"Accepted are {', '.join(known)}." if known else "Send none.",
            )
        if len(query.getlist(name)) > 1:
            raise RepeatedParameter(
                f"“{name}” is given more than once.",
                field=name,
                value=", ".join(query.getlist(name)),
                remedy="Give it once.",
            )


def read_page_size(query: QueryDict) -> int:
    """How many rows a page should hold."""
    text = query.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LARGEST_PAGE):
        raise BadPageSize(
            "This is not a page size.",
            field="page_size",
            value=text,
            remedy=f"Give a whole number from 1 to {LARGEST_PAGE}.",
        )
    return int(text)


def read_ordering(query: QueryDict, listing: Listing[Any]) -> str:
    """The ordering asked for, or the list's own."""
    ordering = query.get("ordering", listing.orderings[0])
    require_ordering(listing, ordering)
    return ordering


def read_cursor(query: QueryDict, ordering: str) -> Mark | None:
    """The place in the list that a cursor names; None without one."""
    if "cursor" not in query:
        return None
    cursor = query.get("cursor", "")
    try:
        written_for, value, pk, backwards = _SIGNER.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise _bad_cursor(cursor, "This cursor was not written by this API.") from None
    if written_for != ordering:
        raise _bad_cursor(cursor, f"This cursor belongs to the ordering {written_for}.")
    return Mark(value, pk, backwards)


def written(mark: Mark, ordering: str) -> str:
    """The cursor that names this place in a list of this ordering."""
    value = mark.value.isoformat() if isinstance(mark.value, date) else mark.value
    return _SIGNER.sign_object([ordering, value, mark.id, mark.backwards])


def list_parameters(listing: Listing[Any]) -> tuple[str, ...]:
    """Everything a list accepts in its address."""
    return (*(one.name for one in listing.filters), *PAGING)


def with_cursor(query: QueryDict, cursor: str) -> str:
    """The query string that leads to a neighbouring page."""
    changed: Mapping[str, Any] = {**query.dict(), "cursor": cursor}
    copy = QueryDict(mutable=True)
    copy.update(changed)
    return copy.urlencode()


def _bad_cursor(cursor: str, message: str) -> BadCursor:
    return BadCursor(
        message,
        field="cursor",
        value=cursor,
        remedy="Follow the links “next” and “previous”, or start without a cursor.",
    )
