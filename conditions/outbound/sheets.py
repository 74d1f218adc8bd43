"""Spreadsheets as they leave: evidence, the template to fill in, and what is wrong with a sheet."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from conditions.rules.refusals import Invalid
from conditions.rules.sheets.columns import COLUMNS, MOST_ROWS, NAMES
from conditions.rules.sheets.safety import cut_for_cells, fits_cell, for_workbook, guarded

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By it Excel knows that the text is UTF-8.
_MARK: Final = "\ufeff"
_FAULT_COLUMNS: Final = ("cell", "row", "column", "field", "value", "message", "remedy")
_WIDTHS: Final = {"title": 48, "summary": 60, "text": 60, "url": 40, "bears_on": 48}
_HELP: Final = (
    "Fill in the first sheet: one document in each row. Delete the example row.",
    "Bring it in under Evidence, Bring in a spreadsheet. It is checked whole before any is filed.",
    "Columns may stand in any order, and columns of your own may stand beside them.",
    f"At most {MOST_ROWS:,} rows. Write values: formulas are taken by their stored results.",
    "A cell that begins like a formula has an apostrophe before it; it is taken off again.",
)


class TooMuchForWorkbook(Invalid):
    """More than a workbook holds; CSV has no such bounds."""


def evidence_csv(rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """CSV of evidence in pieces as the rows come: every text guarded, in UTF-8 with its mark."""
    return _csv([dict(zip(NAMES, NAMES, strict=True))], rows, NAMES)


def faults_csv(faults: Iterable[Mapping[str, Any]]) -> bytes:
    """What is wrong with a sheet, a row for each fault."""
    heads = dict(zip(_FAULT_COLUMNS, _FAULT_COLUMNS, strict=True))
    return b"".join(_csv([heads], faults, _FAULT_COLUMNS))


def evidence_xlsx(rows: Iterable[Mapping[str, str]]) -> bytes:
    """A workbook of evidence. Raises TooMuchForWorkbook naming the document that does not fit."""
    book, sheet = _book()
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooMuchForWorkbook(
                f"A workbook is made of at most {MOST_ROWS:,} documents.",
                field="format",
                value="xlsx",
                remedy="Narrow the list, or download it as CSV.",
            )
        sheet.append([_cell(sheet, name, text) for name, text in _fitted(row).items()])
    return _bytes(book)


def template_xlsx() -> bytes:
    """The workbook to fill in: headings, an example, and a sheet that explains each column."""
    book, sheet = _book()
    sheet.append([_cell(sheet, column.name, guarded(column.example)) for column in COLUMNS])
    told = book.create_sheet("Help")
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 24, 100
    for sentence in _HELP:
        told.append([None, sentence])
    told.append([])
    told.append([_bold(told, "Column"), _bold(told, "What it holds")])
    for column in COLUMNS:
        told.append([column.name, f"{column.label}. {column.meaning}"])
    return _bytes(book)


def template_csv() -> bytes:
    """The headings and the example as CSV."""
    return b"".join(evidence_csv([{column.name: column.example for column in COLUMNS}]))


def _csv(
    heads: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], names: Sequence[str]
) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(_MARK)
    for part in (heads, rows):
        for row in part:
            writer.writerow([guarded(str(row[name])) for name in names])
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()


def _fitted(row: Mapping[str, str]) -> dict[str, str]:
    """The cells guarded and within what Excel keeps of a cell."""
    cells = dict(row)
    parts = cut_for_cells(cells["text"])
    if parts is not None:
        cells["text"], cells["text_more"] = parts
    too_long = [name for name, text in cells.items() if not fits_cell(text)]
    if too_long:
        raise TooMuchForWorkbook(
            f"The {too_long[0]} of {row['id']} is too long for a cell of a workbook.",
            field=too_long[0],
            value=row["id"],
            remedy="Download the list as CSV.",
        )
    return {name: for_workbook(guarded(cells[name])) for name in NAMES}


def _openpyxl() -> Any:
    # Loaded on use: it weighs a fifth of the web process, which seldom needs it.
    return importlib.import_module("openpyxl")


def _book() -> tuple[Any, Any]:
    book = _openpyxl().Workbook(write_only=True)
    sheet = book.create_sheet("Evidence")
    sheet.freeze_panes = "A2"
    for at, name in enumerate(NAMES):
        letter = chr(ord("A") + at)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 18)
    sheet.append([_bold(sheet, name) for name in NAMES])
    return book, sheet


def _bold(sheet: Any, text: str) -> Any:
    openpyxl = _openpyxl()
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=text)
    cell.font = openpyxl.styles.Font(bold=True)
    return cell


def _cell(sheet: Any, name: str, text: str) -> Any:
    """A cell of text, so that leading zeros and days stay as they are written."""
    openpyxl = _openpyxl()
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=text)
    # However it begins or reads: never a formula, and never an error such as #N/A.
    cell.data_type = "s"
    # Else a program that the cell is edited in would take it for a number or a date.
    cell.number_format = "@"
    if name in ("summary", "text", "title"):
        cell.alignment = openpyxl.styles.Alignment(wrap_text=True, vertical="top")
    return cell


def _bytes(book: Any) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
