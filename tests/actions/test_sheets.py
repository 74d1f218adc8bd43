"""Spreadsheets as bytes: read whatever program wrote them, and refused where they are hostile."""

from __future__ import annotations

import tracemalloc
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from conditions.actions.sheets import BadSheet, Unreadable, open_sheet
from conditions.rules.sheets.columns import MOST_BYTES, MOST_ROWS
from tests.days import moment
from tests.sheets import as_csv, as_xlsx, part_of, with_part

HEAD = ["Title", "Date"]
SHEET1 = "xl/worksheets/sheet1.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'


def read(name: str, body: bytes, **options: str) -> list[tuple[int, tuple[object, ...]]]:
    opened = open_sheet(name, body, **options)
    assert opened.headings == tuple(HEAD)
    return [(row.number, row.cells) for row in opened.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_whatever_wrote_it(delimiter: str, encoding: str) -> None:
    rows = [HEAD, ['A "quoted", title;\nof\ttwo lines', "سوريا"], [], ["=1", "'=1"]]
    body = as_csv(rows, delimiter=delimiter).decode().encode(encoding)
    assert read("a.CSV", body) == [
        (2, ('A "quoted", title;\nof\ttwo lines', "سوريا")),
        (4, ("=1", "=1")),
    ]


def test_the_separator_that_excel_is_told_is_no_row_of_headings() -> None:
    assert read("a.csv", b"sep=;\r\nTitle;Date\r\na,b;c\r\n") == [(3, ("a,b", "c"))]


def test_a_workbook_is_read_cell_by_cell() -> None:
    rows = [
        [],
        HEAD,
        ["'=1", date(2026, 3, 9)],
        [None, None],
        [7.0, moment(date(2026, 3, 9), 14, 30).replace(tzinfo=None)],
        [2.5, True],
        ["007", "2026-03-09"],
    ]
    assert read("a.xlsx", as_xlsx(rows)) == [
        (3, ("=1", "2026-03-09")),
        (5, ("7", "2026-03-09 14:30")),
        (6, ("2.5", "true")),
        (7, ("007", "2026-03-09")),
    ]


def test_a_month_shown_as_a_month_stays_one() -> None:
    book = openpyxl.load_workbook(BytesIO(as_xlsx([HEAD, ["a", date(2026, 3, 1)]])))
    book.active["B2"].number_format = 'mmm" of day" yyyy'
    kept = BytesIO()
    book.save(kept)
    assert read("a.xlsx", kept.getvalue()) == [(2, ("a", "2026-03"))]


def test_a_formula_is_taken_by_its_stored_value_or_told() -> None:
    body = as_xlsx([HEAD, ["=1+1", "x"], ["plain", "y"]])
    (_, (cell, _)), (_, (plain, _)) = read("a.xlsx", body)
    assert isinstance(cell, Unreadable)
    assert (cell.value, plain) == ("=1+1", "plain")
    stored = part_of(body, SHEET1).replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    stored = stored.replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>")
    assert read("a.xlsx", with_part(body, SHEET1, stored))[0] == (2, ("2", "x"))


def test_an_error_of_a_formula_is_told() -> None:
    (_, (cell, _)) = read("a.xlsx", as_xlsx([HEAD, ["#REF!", "x"]]))[0]
    assert isinstance(cell, Unreadable)
    assert cell.value == "#REF!"


def test_the_sheet_that_is_named_is_read() -> None:
    body = as_xlsx([HEAD, ["a", "b"]], title="Évidence")
    assert read("a.xlsx", body, sheet="évidence ") == [(2, ("a", "b"))]
    with pytest.raises(BadSheet, match="no such sheet") as refusal:
        open_sheet("a.xlsx", body, sheet="Other")
    assert (refusal.value.field, refusal.value.remedy) == ("sheet", "Use one of Évidence.")


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\n \n\n", "nothing in this sheet"),
        ("a.csv", b"Title\nFl\xe4che\n", "not UTF-8: line 2"),
        ("a.csv", b"\xff\xfeT\xd8", "not UTF-8"),
        ("a.csv", b"PK\x03\x04rest", "content is not text"),
        ("a.csv", b"Title,Title\n", "stands twice: in A1 and B1"),
        ("a.csv", b'Title,Date\n"open,x\n', "Row 2 cannot be read"),
        ("a.csv", b"Title,Date\n" + b"x" * 140_000 + b",y\n", "Row 2 cannot be read"),
        ("a.csv", b"a," * 300 + b"b\n", "more than 100 columns|stands twice"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "not read"),
        ("a.xlsm", as_xlsx([HEAD]), "not read"),
        ("a.xlsx", b"Title,Date\n", "not an Excel workbook"),
        ("a.xlsx", as_xlsx([HEAD])[:900], "not an Excel workbook"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), "xl/vbaProject.bin", b"x"), "macros"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), "xl/styles.xml", BOMB), "entities"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), SHEET1, BOMB), "entities"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), SHEET1, BOMB.decode().encode("utf-16")), "entities"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), "xl/workbook.xml", b"<broken"), "cannot be read"),
        ("a.xlsx", with_part(as_xlsx([HEAD]), SHEET1, b"<worksheet><broken"), "cannot be read"),
        ("a", b"Title", "not read"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_remedy(name: str, body: bytes, told: str) -> None:
    with pytest.raises(BadSheet, match=told) as refusal:
        list(open_sheet(name, body).rows)
    assert refusal.value.field == "file"
    assert refusal.value.remedy


def test_three_hundred_columns_are_too_many() -> None:
    wide = [f"c{n}" for n in range(300)]
    for name, body in (("a.csv", as_csv([wide])), ("a.xlsx", as_xlsx([wide]))):
        with pytest.raises(BadSheet, match="more than 100 columns"):
            open_sheet(name, body)


def test_one_row_too_many_is_refused_and_one_fewer_is_not() -> None:
    rows = [HEAD, *([n, "x"] for n in range(MOST_ROWS + 1))]
    with pytest.raises(BadSheet, match="more than 20,000 rows"):
        list(open_sheet("a.csv", as_csv(rows)).rows)
    assert len(list(open_sheet("a.csv", as_csv(rows[:-1])).rows)) == MOST_ROWS


def test_a_file_that_is_too_large_is_not_looked_into() -> None:
    with pytest.raises(BadSheet, match="larger than 20 MB"):
        open_sheet("a.xlsx", b"x" * (MOST_BYTES + 1))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(as_xlsx([HEAD]), SHEET1, b"<worksheet>" + b" " * (120 * 1024 * 1024))
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    with pytest.raises(BadSheet, match="larger than is read"):
        open_sheet("a.xlsx", bomb)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_part_that_is_read_whole_is_measured_by_itself() -> None:
    heavy = with_part(as_xlsx([HEAD]), "xl/styles.xml", b" " * (9 * 1024 * 1024))
    with pytest.raises(BadSheet, match="larger than is read"):
        open_sheet("a.xlsx", heavy)


def test_a_sheet_that_claims_to_be_vast_is_as_large_as_its_rows() -> None:
    body = as_xlsx([HEAD, ["a", "b"]])
    claim = part_of(body, SHEET1)
    at = claim.index(b'<dimension ref="') + len(b'<dimension ref="')
    claim = claim[:at] + b"A1:XFD1048576" + claim[claim.index(b'"', at) :]
    assert read("a.xlsx", with_part(body, SHEET1, claim))[0][0] == 2
    far = claim.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert len(read("a.xlsx", with_part(body, SHEET1, far))) == 1


def test_rows_that_are_missing_are_no_rows_and_end_where_worksheets_do() -> None:
    body = as_xlsx([HEAD, ["a", "b"]])
    sheet = part_of(body, SHEET1)
    far = sheet.replace(b'<row r="2"', b'<row r="1048576"').replace(b'2"', b'1048576"')
    assert read("a.xlsx", with_part(body, SHEET1, far)) == [(1_048_576, ("a", "b"))]
    beyond = far.replace(b"1048576", b"104857600000")
    with pytest.raises(BadSheet, match="a row below 1,048,576"):
        read("a.xlsx", with_part(body, SHEET1, beyond))
