"""Opening a file that is said to be a spreadsheet, by its name and by its own bytes."""

from __future__ import annotations

from typing import Final

from conditions.actions.sheets.delimited import delimited_sheet
from conditions.actions.sheets.shape import BadSheet, Sheet
from conditions.actions.sheets.workbook import workbook_sheet
from conditions.rules.sheets.columns import MOST_BYTES

_TEXT_ENDINGS: Final = ("csv", "tsv", "txt")
# Zip archives, and the workbooks of Excel before 2007.
_NOT_TEXT: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")


def open_sheet(filename: str, body: bytes, *, sheet: str = "") -> Sheet:
    """The sheet in a CSV file or workbook; of a workbook the one named, or its first.

    Rows are read as they are asked for and raise BadSheet where they cannot be; so does this.
    """
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if not body:
        remedy = "Choose a CSV file or an Excel workbook (.xlsx)."
        raise BadSheet("This file is empty.", field="file", value=filename, remedy=remedy)
    if len(body) > MOST_BYTES:
        raise BadSheet(
            f"This file is larger than {MOST_BYTES // 1024**2} MB.",
            field="file",
            value=len(body),
            remedy="Divide it into smaller ones.",
        )
    if ending == "xlsx":
        return workbook_sheet(filename, body, sheet=sheet)
    if ending not in _TEXT_ENDINGS:
        raise BadSheet(
            "Spreadsheets of this kind are not read.",
            field="file",
            value=filename,
            remedy="Save it as an Excel workbook without macros (.xlsx), or as CSV UTF-8.",
        )
    if body.startswith(_NOT_TEXT):
        raise BadSheet(
            f"This file is named .{ending}, but its content is not text.",
            field="file",
            value=filename,
            remedy="Give it its right name, or save it as CSV UTF-8.",
        )
    if sheet:
        remedy = "Leave the name of the sheet empty."
        raise BadSheet("A CSV file has one sheet.", field="sheet", value=sheet, remedy=remedy)
    return delimited_sheet(filename, body)
