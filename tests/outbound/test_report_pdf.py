"""The report as PDF, read back with a reader of PDF files."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from conditions.outbound.reports import pdf, press
from conditions.queries.report import Report, read_report
from tests.press import need_press
from tests.report_sample import draft_report, full_house, program_told, sample_report

PRESS = [sys.executable, "-I", str(Path(press.__file__))]


@pytest.fixture(autouse=True)
def _press() -> None:
    need_press()


def read_back(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.printed(report)))


def words(reader: PdfReader) -> str:
    """The text of all pages, with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_it_says_what_the_report_says() -> None:
    report = sample_report()
    reader = read_back(report)
    told = words(reader)
    for expected in (
        report.sha256,
        "Test Act: report on cycle 2",
        "Superseded: not current law",
        "Initial steps",
        "W Waived",
        "Dissent",
        "One reviewer would have said Partially met.",
        "The President, by determination 2026-4 of 2 February 2026",
        "No official report submitted",
        "2 cited documents are not public and left out of this report.",
        "By our judgements: 2 of 2",
        "it binds nobody",
        "no copy kept yet",
        "sha256sum test-program-cycle-2-v2.json",
        "not legal advice",
        "ALPHA was judged without the decree of 3 February.",
    ):
        assert expected in told, expected
    assert "<script>alert('x')</script>" in told
    assert "DRAFT" not in told


def test_it_is_tagged_titled_and_in_english() -> None:
    reader = read_back(sample_report())
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Test Act: report on cycle 2"
    assert reader.metadata.author == "Conditions tracker"
    outline = [one.title for one in reader.outline if not isinstance(one, list)]
    assert outline == ["Test Act: report on cycle 2"]


def test_the_same_report_is_the_same_file() -> None:
    assert pdf.printed(sample_report()) == pdf.printed(sample_report())


def test_links_lead_to_the_web_and_nothing_else() -> None:
    addresses = {
        note.get_object()["/A"]["/URI"]
        for page in read_back(sample_report()).pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    }
    assert addresses
    assert all(address.startswith(("http://", "https://")) for address in addresses)


def test_a_draft_is_marked_on_every_page_and_says_what_is_missing() -> None:
    reader = read_back(draft_report())
    assert all("DRAFT" in page.extract_text() for page in reader.pages)
    told = words(reader)
    assert "Without an approved judgement: MORE-3." in told
    assert "The key judgements are not written." in told
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Draft:")


def test_demonstration_and_four_eyes_off_are_said() -> None:
    report = sample_report(is_demonstration=True, program=program_told(four_eyes=False))
    told = words(read_back(report))
    assert "They are not a finding of any authority." in told
    assert "Four eyes are off for this program." in told


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("face", ["", "DejaVu Sans"])
def test_the_scorecard_of_eight_conditions_is_one_sheet(paper: str, face: str) -> None:
    style = f"@page {{ size: {paper} }}"
    style += f' :root {{ --sans: "{face}"; --serif: "{face}" }}' if face else ""
    html = pdf.printable(read_report(full_house())).replace(
        "</head>", f"<style>{style}</style></head>"
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.printed_html(html))).pages]
    assert "L8" in pages[0]
    assert "Key judgements" not in pages[0]
    assert "Key judgements" in pages[1]


def test_the_press_takes_nothing_from_the_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Words of this machine.")
    html = (
        f'<html lang="en"><head><title>T</title><link rel="attachment" href="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="{secret.as_uri()}"></head>'
        f'<body><p>Printed.</p><img src="{secret.as_uri()}" alt=""></body></html>'
    )
    made = pdf.printed_html(html)
    assert PdfReader(io.BytesIO(made)).attachments == {}
    assert b"Words of this machine" not in made


def test_a_press_without_its_library_says_so() -> None:
    # Without site-packages there is no WeasyPrint.
    done = subprocess.run([sys.executable, "-I", "-S", *PRESS[2:], "--check"], capture_output=True)
    assert done.returncode == press.CANNOT
    assert done.stderr == b"WeasyPrint is not installed.\n"


def test_a_text_that_breaks_the_press_breaks_nothing_else() -> None:
    with pytest.raises(pdf.PrintingFailed, match="The press ended with 1"):
        pdf.printed_html("<div>" * 5_000)
