"""Spreadsheets for tests: rows as people write them, as CSV and as workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl

HEADINGS = ("Title", "Publisher", "URL", "Summary", "Published on", "Credibility", "Bears on")


def sheet_row(number: int, **said: object) -> list[object]:
    """A sound row in the order of HEADINGS, with what is said otherwise."""
    row: dict[str, object] = {
        "title": f"Document {number}",
        "publisher": f"The Gazette {number % 20}",
        "url": f"https://example.org/sheet/{number}",
        "summary": "What it says.",
        "published_on": "2026-03-09",
        "credibility": 2,
        "bears_on": 'ALPHA:supports "named"; BETA/B.1:contradicts',
    }
    return list((row | said).values())


def as_csv(rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> bytes:
    """Rows as CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: Iterable[Sequence[object]], *, title: str = "Rows") -> bytes:
    """Rows as a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(book: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one of its parts replaced or added."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(kept, "w", 8) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part.filename))
        new.writestr(name, content)
    return kept.getvalue()


def part_of(book: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return packed.read(name)
