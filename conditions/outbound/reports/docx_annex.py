"""The annex of documents in Word."""

from __future__ import annotations

from docx.document import Document as WordDocument

from conditions.outbound.reports import word
from conditions.outbound.reports.sheet import Sheet
from conditions.outbound.words import say_day
from conditions.queries.report import ReportCapture, ReportDocument


def write_annex(document: WordDocument, sheet: Sheet) -> None:
    """Every document by its number, with its grade and the hash of its record."""
    document.add_heading("Evidence", 1)
    word.say(
        document.add_paragraph(),
        "Public documents only, each as it read when it was cited.",
        grey=True,
    )
    for exhibit in sheet.annex:
        told = exhibit.document
        paragraph = document.add_paragraph()
        word.bookmark(paragraph, f"d{exhibit.number}", exhibit.number)
        word.say(paragraph, f"[{exhibit.number}] ", bold=True)
        word.link(paragraph, exhibit.link, told.title, exhibit.title_language)
        word.say(paragraph, f"\n{_about(told)}")
        if told.summary:
            word.say(paragraph, f"\n{told.summary}")
        if told.url:
            word.say(paragraph, f"\n{told.url}", grey=True)
        record = f"\n{told.key}, record version {told.version}, SHA-256 {told.sha256}"
        word.say(paragraph, record, grey=True)
        for held in told.captures:
            word.say(paragraph, f"\n{_copy(held, told)}", grey=True)
        if not told.captures:
            word.say(paragraph, f"; {sheet.no_copy}", grey=True)


def _copy(held: ReportCapture, told: ReportDocument) -> str:
    moved = f" from {held.final_url}" if held.final_url not in ("", told.url) else ""
    day = say_day(held.captured_at.date())
    return f"copy kept, captured {day} (UTC){moved}, SHA-256 {held.sha256}"


def _about(told: ReportDocument) -> str:
    parts = [
        f"{told.grade} {told.publisher}",
        say_day(told.published_on) if told.published_on else "undated",
        f"about {told.happened}" if told.happened else "",
        f"in {told.language}" if told.language != "en" else "",
        "primary document" if told.is_primary else "",
        told.reference,
        f"cited on {', '.join(told.cited_by)}" if told.cited_by else "",
    ]
    return " · ".join(part for part in parts if part)
