"""The report in Word, read back with a reader of Word files."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from conditions.outbound.reports.docx import written
from conditions.queries.report import Report
from tests.report_sample import ARABIC, HOSTILE, draft_report, program_told, sample_report, seal


def opened(report: Report) -> WordDocument:
    """The file as Word would open it."""
    return Document(io.BytesIO(written(report)))


def words(document: WordDocument) -> str:
    """All that it says, tables included."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def headings(document: WordDocument, level: int) -> list[str]:
    return [one.text for one in document.paragraphs if one.style.name == f"Heading {level}"]


def test_it_says_what_the_report_says() -> None:
    report = sample_report()
    document = opened(report)
    assert headings(document, 1) == [
        "Scorecard",
        "Key judgements",
        "Changed since cycle 1",
        "Condition by condition",
        "Evidence",
        "Method",
        "Versions and corrections",
    ]
    assert {"ALPHA Title of ALPHA", "BRAVO Title of BRAVO"} <= set(headings(document, 2))
    told = words(document)
    for expected in (
        report.sha256,
        "Superseded: not current law",
        "Status on 7 July 2026, as known at 8 July 2026, 12:00 UTC",
        "The register of foreign fighters exists on paper only.",
        "3 Largely met became 1 Initial steps.",
        "Dissent. One reviewer would have said Partially met.",
        "Waived by. The President, by determination 2026-4 of 2 February 2026",
        "No official report submitted, looked for on 20 August 2026",
        "2 cited documents are not public and left out of this report.",
        " · one voice with [2], counted once",
        "By our judgements. 2 of 2",
        "By the official findings. 1 of 2",
        "it binds nobody",
        "Of 6 conditions that both put on the scale, they agreed on 5.",
        "sha256sum test-program-cycle-2-v2.json",
        "no copy kept yet",
        "copy kept, captured 3 February 2026 (UTC) from https://example.org/moved, "
        f"SHA-256 {seal('a capture')}",
        "Moved from 1 July 2026 to 8 July 2026: Access to the camps opened late.",
        "not legal advice",
        HOSTILE,
        ARABIC,
    ):
        assert expected in told, expected
    assert "%" not in told.replace("95 %", "")


def test_the_scorecard_has_each_condition_in_a_row_under_a_repeated_head() -> None:
    card = opened(sample_report(conditions=3)).tables[0]
    rows = [[cell.text for cell in row.cells] for row in card.rows]
    assert rows[0] == [
        *("Condition", "Cycle 1", "Our judgement", "Against | for", "Official finding")
    ]
    assert rows[1][1:] == [
        "3 Largely met",
        "1 Initial steps\nDeteriorating\nModerate confidence\nReversed\nSingle source\nDissent",
        "5 | 3",
        "Affirmed\nDiverges",
    ]
    assert rows[2][2].startswith("W Waived")
    assert rows[3][1:] == ["–", "Not yet assessed", "0 | 0", "No official report on file"]
    for table in opened(sample_report()).tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_the_same_report_is_the_same_file() -> None:
    first = written(sample_report())
    assert written(sample_report()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_its_properties_are_of_the_publication_and_name_nobody() -> None:
    report = sample_report()
    told = opened(report).core_properties
    assert told.title == "Test Act: report on cycle 2"
    assert told.subject == "Test Act, cycle 2, version 2"
    assert (told.language, told.keywords) == ("en", report.sha256)
    assert told.created == told.modified == report.known_at
    assert told.author == told.last_modified_by == "Conditions tracker"


def test_links_lead_to_the_web_and_to_the_annex_and_nowhere_else() -> None:
    document = opened(sample_report())
    outside = {
        relation.target_ref for relation in document.part.rels.values() if relation.is_external
    }
    assert outside
    assert all(address.startswith(("http://", "https://")) for address in outside)
    marks = {one.get(qn("w:name")) for one in document.element.iter(qn("w:bookmarkStart"))}
    jumps = {one.get(qn("w:anchor")) for one in document.element.iter(qn("w:hyperlink"))} - {None}
    assert jumps
    assert jumps <= marks


def test_an_arabic_title_is_written_from_the_right() -> None:
    runs = [run for run in opened(sample_report()).element.iter(qn("w:r")) if ARABIC in run.text]
    assert runs
    for run in runs:
        assert run.rPr.find(qn("w:rtl")) is not None
        assert run.rPr.find(qn("w:lang")).get(qn("w:bidi")) == "ar"


def test_signs_that_a_word_file_cannot_carry_are_left_out() -> None:
    report = sample_report(key_judgements=["Bell\x07 and null\x00 and tab\t."])
    assert "Bell and null and tab\t." in words(opened(report))


def test_a_draft_is_marked_on_every_page_and_says_what_is_missing() -> None:
    document = opened(draft_report())
    assert [one.text for one in document.sections[0].header.paragraphs] == ["DRAFT"]
    assert "cycle 2, draft" in document.sections[0].footer.paragraphs[0].text
    told = words(document)
    assert "DRAFT. Not published, and not to be quoted." in told
    assert "Without an approved judgement: MORE-3." in told
    assert "The key judgements are not written." in told
    assert "The cycle is not closed." in told
    assert "SHA-256 ." not in told
    assert document.core_properties.title.startswith("Draft:")


def test_a_published_report_has_page_numbers_and_no_watermark() -> None:
    section = opened(sample_report()).sections[0]
    assert section.header.paragraphs[0].text == ""
    fields = [one.text.strip() for one in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize("holds", [True, False])
def test_demonstration_and_four_eyes_off_are_said(holds: bool) -> None:
    report = sample_report(is_demonstration=holds, program=program_told(four_eyes=not holds))
    told = words(opened(report))
    assert ("Demonstration. These judgements show" in told) is holds
    assert ("Four eyes are off for this program. A judgement may" in told) is holds
