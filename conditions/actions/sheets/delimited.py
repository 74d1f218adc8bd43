"""CSV: text in UTF-8 or UTF-16, its cells apart by comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from conditions.actions.sheets.shape import BadSheet, Row, Sheet, sheet_of
from conditions.rules.sheets.safety import plain_lines, unguarded

DELIMITERS: Final = (",", ";", "\t")
_SAVE_AS: Final = "Save it anew as “CSV UTF-8”, or as an Excel workbook (.xlsx)."


def delimited_sheet(filename: str, body: bytes) -> Sheet:
    """The sheet that CSV text holds. Raises BadSheet."""
    text = _decoded(filename, body)
    return sheet_of("csv", "", _rows(text))


def _decoded(filename: str, body: bytes) -> str:
    is_wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return body.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        # Which of the many old encodings it is cannot be told from the bytes: a wrong guess would
        # spoil every name in it.
        row = body[: error.start].count(b"\n") + 1
        raise BadSheet(
            f"This text is not UTF-8: line {row} holds a byte that cannot be read.",
            field="file",
            value=filename,
            remedy=_SAVE_AS,
        ) from None


def _rows(text: str) -> Iterator[Row]:
    skipped, delimiter = _delimiter(text)
    lines = io.StringIO(text, newline="")
    if skipped:
        lines.readline()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = skipped
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadSheet(
                f"Row {number} cannot be read: {error}.",
                field="file",
                value=f"A{number}",
                remedy="Look for a quotation mark without its other half, and double those inside.",
            ) from None
        if cells is None:
            return
        yield Row(number, tuple(unguarded(plain_lines(cell)) for cell in cells))


def _delimiter(text: str) -> tuple[int, str]:
    """How many lines come before the first row, and what its cells are apart by."""
    first, _, _ = text.lstrip("\r\n").partition("\n")
    # How Excel is told the separator; a person sees no such row.
    if first.rstrip("\r").lower() in [f"sep={sign}" for sign in DELIMITERS]:
        return 1, first[4]
    return 0, max(DELIMITERS, key=lambda sign: _cells_in(text, sign))


def _cells_in(text: str, delimiter: str) -> int:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                return len(row)
    except csv.Error:
        return 0
    return 0
