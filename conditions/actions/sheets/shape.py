"""What a spreadsheet comes to, whatever its format: headings, and rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conditions.rules.refusals import Invalid
from conditions.rules.sheets.columns import MOST_COLUMNS, MOST_ROWS, address_of, letters_of


class BadSheet(Invalid):
    """A file that is no spreadsheet we read, or not as it stands."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that holds no value: what stands there, and what would do."""

    value: str
    message: str
    remedy: str


Cell = str | Unreadable


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the sheet, counted from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet: its headings in order, and its rows, which can be gone through once."""

    format: str
    name: str
    headings: tuple[str, ...]
    rows: Iterator[Row]


def sheet_of(format_name: str, name: str, rows: Iterable[Row]) -> Sheet:
    """The sheet whose first row that is not empty holds the headings. Raises BadSheet."""
    filled = (row for row in rows if any(map(_is_filled, row.cells)))
    first = next(filled, None)
    if first is None:
        raise BadSheet(
            "There is nothing in this sheet.",
            field="file",
            value=name,
            remedy="Put the headings into the first row and one document into each row below.",
        )
    return Sheet(format_name, name, _headings(first), _counted(filled))


def _is_filled(cell: Cell) -> bool:
    return isinstance(cell, Unreadable) or bool(cell.strip())


def _headings(row: Row) -> tuple[str, ...]:
    cells = [_heading(cell) if isinstance(cell, str) else "" for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise BadSheet(
            f"This sheet has more than {MOST_COLUMNS} columns.",
            field="file",
            value=letters_of(len(cells)),
            remedy="Delete the columns that are not needed.",
        )
    for at, heading in enumerate(cells):
        if heading and heading in cells[:at]:
            first, again = (address_of(n + 1, row.number) for n in (cells.index(heading), at))
            raise BadSheet(
                f"The heading “{heading[:80]}” stands twice: in {first} and {again}.",
                field="file",
                value=heading,
                remedy="Give each column its own heading.",
            )
    return tuple(cells)


def _heading(cell: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _counted(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise BadSheet(
                f"This sheet has more than {MOST_ROWS:,} rows.",
                field="file",
                value=row.number,
                remedy=f"Divide it into sheets of at most {MOST_ROWS:,} rows.",
            )
        yield row
