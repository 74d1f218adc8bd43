"""Excel workbooks: measured before they are opened, then read row by row."""

from __future__ import annotations

import importlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Final, NoReturn

from conditions.actions.sheets.shape import BadSheet, Cell, Row, Sheet, Unreadable, sheet_of
from conditions.rules.files import NotThisKind, require_kind
from conditions.rules.sheets.columns import MOST_COLUMNS
from conditions.rules.sheets.safety import from_workbook, plain_lines, unguarded

MOST_UNPACKED: Final = 100 * 1024 * 1024
# Of the parts that are read whole: styles, names, relations.
MOST_IN_PART: Final = 8 * 1024 * 1024
MOST_SHARED: Final = 50 * 1024 * 1024
MOST_PARTS: Final = 1_000
# No program numbers rows beyond this; a file may, and every row before it would be gone through.
LAST_ROW: Final = 1_048_576
_SAVE_AGAIN: Final = (
    "Open it in the program that made it and save it anew as .xlsx, or as CSV UTF-8."
)
_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_IN_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
# What a hostile or broken workbook makes the reader raise, whatever part is wrong.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    SyntaxError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


def workbook_sheet(filename: str, body: bytes, *, sheet: str) -> Sheet:
    """The sheet of that name, or the first one that is shown. Raises BadSheet."""
    _require_measured(filename, body)
    try:
        require_kind(filename, body)
    except NotThisKind as refusal:
        raise BadSheet(
            refusal.message + " Workbooks with macros are not read either.",
            field="file",
            value=filename,
            remedy=_SAVE_AGAIN,
        ) from None
    found = _chosen(_opened(filename, body, data_only=True), sheet)
    return sheet_of("xlsx", found.title, _rows(filename, body, found))


def _require_measured(filename: str, body: bytes) -> None:
    """Refuse before unpacking what unpacks to too much, or declares entities."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as packed:
            parts = packed.infolist()
            texts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                _refuse_size(filename)
            if any(part.file_size > _most_of(part.filename) for part in texts):
                _refuse_size(filename)
            for part in texts:
                with packed.open(part) as opened:
                    # Stands in every part of UTF-16 too, once the zeros between are left out.
                    if _DECLARES.search(opened.read(4_096).replace(b"\0", b"")):
                        _refuse(filename, "This workbook declares entities, which none needs.")
    except _BROKEN:
        _refuse(filename, "This is not an Excel workbook, or it is damaged.")


def _most_of(part: str) -> int:
    if part.startswith("xl/worksheets/"):
        return MOST_UNPACKED
    return MOST_SHARED if part == "xl/sharedStrings.xml" else MOST_IN_PART


def _refuse_size(filename: str) -> NoReturn:
    _refuse(
        filename,
        "Unpacked, this workbook is larger than is read.",
        "Copy the rows into a new workbook, without pictures and formats.",
    )


def _refuse(filename: str, message: str, remedy: str = _SAVE_AGAIN) -> NoReturn:
    raise BadSheet(message, field="file", value=filename, remedy=remedy)


def _opened(filename: str, body: bytes, *, data_only: bool) -> Any:
    # Loaded on use: it weighs a fifth of the web process, which seldom needs it.
    openpyxl = importlib.import_module("openpyxl")
    try:
        return openpyxl.load_workbook(
            BytesIO(body), read_only=True, data_only=data_only, keep_links=False
        )
    except _BROKEN:
        _refuse(filename, "This workbook cannot be read.")


def _chosen(book: Any, name: str) -> Any:
    sheets = list(book.worksheets)
    shown = [one for one in sheets if one.sheet_state == "visible"] or sheets
    if name:
        shown = [one for one in sheets if one.title.casefold() == name.strip().casefold()]
    if not shown:
        raise BadSheet(
            "There is no such sheet in this workbook.",
            field="sheet",
            value=name,
            remedy=f"Use one of {', '.join(one.title for one in sheets) or 'its sheets'}.",
        )
    return shown[0]


def _rows(filename: str, body: bytes, sheet: Any) -> Iterator[Row]:
    formulas = _formula_rows(filename, body, sheet)
    number = 0
    before = None
    try:
        for cells in _cells(sheet):
            number += 1
            if number > LAST_ROW:
                _refuse(filename, f"This workbook has a row below {LAST_ROW:,}, which none has.")
            written = next(formulas, ()) if formulas else ()
            # One and the same row stands for all that are missing: there may be a million.
            if cells is before:
                continue
            before = cells
            found = [_cell(cell, at, written) for at, cell in enumerate(cells)]
            while found and found[-1] == "":
                found.pop()
            yield Row(number, tuple(found))
    except _BROKEN:
        _refuse(filename, f"This workbook cannot be read below row {number}.")


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # The size that a sheet claims to have may be anything; its rows say how large it is.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(max_col=MOST_COLUMNS + 1))


def _formula_rows(filename: str, body: bytes, sheet: Any) -> Iterator[tuple[Any, ...]] | None:
    """The same rows with formulas instead of their values; None if the sheet has no formula."""
    before = b""
    with sheet._get_source() as source:
        while piece := source.read(1 << 20):
            if _FORMULA.search(before[-16:] + piece):
                again = _opened(filename, body, data_only=False)
                return _cells(again[sheet.title])
            before = piece
    return None


def _cell(cell: Any, at: int, written: tuple[Any, ...]) -> Cell:
    value = cell.value
    formula = written[at] if at < len(written) and written[at].data_type == "f" else None
    if value is None:
        if formula is None:
            return ""
        remedy = "Recalculate and save the workbook, or write the value instead of the formula."
        return Unreadable(str(formula.value), "This formula has no stored value.", remedy)
    if cell.data_type == "e":
        return Unreadable(str(value), "This formula ends in an error.", "Write the value instead.")
    return _text(value, str(cell.number_format or ""))


def _text(value: object, number_format: str) -> str:
    match value:
        case str():
            return unguarded(plain_lines(from_workbook(value)))
        case bool():
            return "true" if value else "false"
        case datetime() if value.time() == time():
            return _day(value.date(), number_format)
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return _day(value, number_format)
        case float() if value.is_integer():
            return str(int(value))
        case timedelta() | time() | int() | float():
            return str(value)
    return str(value)


def _day(day: date, number_format: str) -> str:
    """A date as it is shown: without its day, or its month, where the format leaves them out."""
    shown = _IN_FORMAT.sub("", number_format).lower()
    if "y" in shown and "d" not in shown:
        return day.isoformat()[: 7 if "m" in shown else 4]
    return day.isoformat()
