"""Pages cut by key: a page deep inside a million rows costs what the first one costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import F, Q, QuerySet

from conditions.queries.lists.filters import Filter
from conditions.rules.authority import Reader
from conditions.rules.refusals import Invalid, NotFound


class NoSuchRow(NotFound):
    """There is no such thing, or this reader may not know of it."""


class BadOrdering(Invalid):
    """An ordering that this list does not offer."""


class Row(Protocol):
    """What every listed row has."""

    @property
    def id(self) -> int:
        """The key by which pages are cut."""
        ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in an ordered list: behind the row with this value and id, or before it."""

    value: Any
    id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows in order, and the marks at which the neighbouring pages begin, where there are."""

    rows: tuple[R, ...]
    previous: Mark | None
    next: Mark | None


def _unchanged(rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader) -> QuerySet[Any]:
    return rows


def _in_order(rows: QuerySet[Any], order: Sequence[Any]) -> QuerySet[Any]:
    return rows.order_by(*order)


def _complete(rows: list[Any], reader: Reader, as_of: datetime) -> list[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """How one kind of thing is listed: the columns of its rows, who sees which, how it is cut.

    ``columns`` are in the order of the row's first fields. ``narrow`` applies the filters that are
    no plain comparison, ``in_order`` sorts; ``complete`` adds what takes a query of its own, a
    fixed number of them. ``may_lack`` names the orderable attributes that some rows do not have.
    """

    row: type[R]
    columns: tuple[str, ...]
    visible: Callable[[Reader], QuerySet[Any]]
    filters: tuple[Filter, ...]
    orderings: tuple[str, ...]
    narrow: Callable[[QuerySet[Any], Mapping[str, Any], Reader], QuerySet[Any]] = _unchanged
    in_order: Callable[[QuerySet[Any], Sequence[Any]], QuerySet[Any]] = _in_order
    complete: Callable[[list[R], Reader, datetime], list[R]] = _complete
    may_lack: frozenset[str] = frozenset()

    def path(self, attribute: str) -> str:
        """The column behind a row's attribute."""
        names = [field.name for field in fields(self.row)]  # type: ignore[arg-type]
        return self.columns[names.index(attribute)]


def page_of(
    listing: Listing[R],
    reader: Reader,
    *,
    values: Mapping[str, Any],
    ordering: str,
    size: int,
    mark: Mark | None,
    as_of: datetime,
) -> Page[R]:
    """One page of what this reader may see. ``values`` are filters already read. One query and
    those of ``complete``. Raises BadOrdering."""
    require_ordering(listing, ordering)
    attribute, descending = ordering.removeprefix("-"), ordering.startswith("-")
    key = _Key(listing.path(attribute), descending, attribute in listing.may_lack)
    backwards = mark is not None and mark.backwards
    plain = {one.lookup: values[one.name] for one in listing.filters if one.name in values}
    own = {one.name: values[one.name] for one in listing.filters if one.name in values}
    plain.pop("", None)
    rows = listing.narrow(listing.visible(reader).filter(**plain), own, reader)
    if mark is not None:
        rows = rows.filter(_beyond(key, mark))
    rows = listing.in_order(rows, _order(key, backwards=backwards))
    found = [listing.row(*row) for row in rows.values_list(*listing.columns)[: size + 1]]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    first, last = _ends(found, attribute, mark)
    return Page(
        rows=tuple(listing.complete(found, reader, as_of)),
        previous=first if (more if backwards else mark is not None) else None,
        next=last if (mark is not None if backwards else more) else None,
    )


def row_of(listing: Listing[R], reader: Reader, *, as_of: datetime, **key: Any) -> R:
    """The one row with this key that the reader may see. Raises NoSuchRow. One query and those
    of ``complete``."""
    found = listing.visible(reader).filter(**key).order_by().values_list(*listing.columns).first()
    if found is None:
        name, value = next(iter(key.items()))
        raise NoSuchRow(
            "There is no such thing here.",
            field=name,
            value=value,
            remedy="See the list for what there is.",
        )
    return listing.complete([listing.row(*found)], reader, as_of)[0]


def require_ordering(listing: Listing[Any], ordering: str) -> None:
    """Raise BadOrdering, with the accepted ones, unless the list offers this ordering."""
    if ordering not in listing.orderings:
        raise BadOrdering(
            f"This list cannot be ordered by “{ordering}”.",
            field="ordering",
            value=ordering,
            remedy=f"Use one of {', '.join(listing.orderings)}.",
        )


@dataclass(frozen=True, slots=True)
class _Key:
    path: str
    descending: bool
    may_lack: bool


def _order(key: _Key, *, backwards: bool) -> list[Any]:
    down = key.descending != backwards
    tie = "-id" if down else "id"
    if key.path == "id":
        return [tie]
    if not key.may_lack:
        return [f"-{key.path}" if down else key.path, tie]
    # What lacks the value comes last on both databases; read backwards, first.
    nulls: dict[str, Any] = {"nulls_first" if backwards else "nulls_last": True}
    column = F(key.path)
    return [column.desc(**nulls) if down else column.asc(**nulls), tie]


def _beyond(key: _Key, mark: Mark) -> Q:
    side = "lt" if key.descending != mark.backwards else "gt"
    beside = Q(**{f"id__{side}": mark.id})
    if key.path == "id":
        return beside
    missing = Q(**{f"{key.path}__isnull": True})
    if mark.value is None:
        tied = missing & beside
        return tied | ~missing if mark.backwards else tied
    # Written so that the first part alone bounds a scan of the index.
    past = Q(**{f"{key.path}__{side}e": mark.value}) & (
        Q(**{f"{key.path}__{side}": mark.value}) | beside
    )
    return past | missing if key.may_lack and not mark.backwards else past


def _ends(found: list[Any], attribute: str, mark: Mark | None) -> tuple[Mark | None, Mark | None]:
    if found:
        first, last = found[0], found[-1]
        return (
            Mark(getattr(first, attribute), first.id, backwards=True),
            Mark(getattr(last, attribute), last.id),
        )
    if mark is None:
        return None, None
    # An empty page still has a neighbour: the row at its mark and those on the other side of it.
    return Mark(mark.value, mark.id, backwards=True), Mark(mark.value, mark.id)
