"""The report as a Word file, which its readers mark up."""

from __future__ import annotations

from docx.document import Document as WordDocument

from conditions.outbound.reports import word
from conditions.outbound.reports.docx_annex import write_annex
from conditions.outbound.reports.docx_card import write_scorecard, write_summary
from conditions.outbound.reports.docx_conditions import write_condition
from conditions.outbound.reports.method import say_moment
from conditions.outbound.reports.sheet import Sheet, sheet_of
from conditions.outbound.words import say_day
from conditions.queries.report import Report


def written(report: Report) -> bytes:
    """The report as .docx: the same bytes for the same report."""
    sheet, document = sheet_of(report), word.new_document()
    which = "draft" if report.is_draft else f"version {report.version}"
    name = f"{report.program.slug}, cycle {report.cycle.number}, {which}"
    word.describe(
        document,
        title=f"Draft: {sheet.title}" if report.is_draft else sheet.title,
        subject=f"{report.program.instrument}, cycle {report.cycle.number}, {which}",
        keywords=report.sha256,
        about=sheet.not_advice,
        moment=report.known_at,
    )
    word.run_along(
        document,
        name if report.is_draft else f"{name} · SHA-256 {report.sha256[:16]}…",
        watermark="DRAFT" if report.is_draft else "",
    )
    _head(document, sheet)
    write_scorecard(document, sheet)
    write_summary(document, sheet)
    document.add_heading("Condition by condition", 1)
    for entry in sheet.entries:
        write_condition(document, entry, sheet.scale)
    write_annex(document, sheet)
    _method(document, sheet)
    _log(document, sheet)
    return word.saved(document)


def _head(document: WordDocument, sheet: Sheet) -> None:
    report = sheet.report
    program, cycle = report.program, report.cycle
    document.add_heading(word.plain(sheet.title), 0)
    word.say(
        document.add_paragraph(), f"{program.country} · {program.instrument}, {program.citation}"
    )
    stage = document.add_paragraph()
    word.say(stage, f"{sheet.stage}. ", bold=True)
    word.say(stage, program.stage_note)
    closed = f"closed on {say_day(cycle.closed_on)}" if cycle.closed_on else "not closed"
    word.say(
        document.add_paragraph(),
        f"Cycle {cycle.number}, {say_day(cycle.starts_on)} to {say_day(cycle.due_on)}, {closed}. "
        f"Status on {say_day(report.valid_at)}, as known at {say_moment(report.known_at)}.",
    )
    for warning in sheet.warnings:
        word.say(document.add_paragraph(), warning, bold=True)
    if report.is_draft:
        word.say(document.add_paragraph(), "DRAFT. Not published, and not to be quoted.", bold=True)
        for sentence in sheet.missing:
            word.say(document.add_paragraph(style="List Bullet"), sentence)
        return
    seal = document.add_paragraph()
    word.say(seal, f"Version {report.version}, published {say_moment(report.known_at)}. ")
    word.say(seal, f"SHA-256 {report.sha256}. ")
    word.link(seal, sheet.address, sheet.address)
    if report.note:
        note = document.add_paragraph()
        word.say(note, "Correction. ", bold=True)
        word.say(note, report.note)


def _method(document: WordDocument, sheet: Sheet) -> None:
    document.add_heading("Method", 1)
    for part in sheet.method:
        document.add_heading(part.heading, 2)
        for text in part.paragraphs:
            word.say(document.add_paragraph(), text)
        for term, meaning in part.terms:
            paragraph = document.add_paragraph(style="List Bullet")
            word.say(paragraph, f"{term}: ", bold=True)
            word.say(paragraph, meaning)
        if part.code:
            word.say(document.add_paragraph(), part.code).font.name = "Courier New"
            word.link(document.add_paragraph(), sheet.data_address, sheet.data_address)


def _log(document: WordDocument, sheet: Sheet) -> None:
    report = sheet.report
    document.add_heading("Versions and corrections", 1)
    if report.is_draft:
        word.fact(document, "Draft", f"It would become version {report.version}.")
    else:
        told = f"published {say_moment(report.known_at)}: this one. {report.note}"
        word.fact(document, f"Version {report.version}", told.strip())
    for line in sheet.log:
        paragraph = document.add_paragraph()
        word.say(paragraph, f"Version {line.version}. ", bold=True)
        told = f"Published {say_moment(line.known_at)}, SHA-256 {line.sha256}. {line.note}"
        word.say(paragraph, f"{told.strip()} ")
        word.link(paragraph, line.address, line.address)
    document.add_heading("The dates of the cycle", 2)
    cycle = report.cycle
    began = f"It began on {say_day(cycle.starts_on)} and was scheduled to be due on "
    closing = f" Closed on {say_day(cycle.closed_on)}." if cycle.closed_on else ""
    told = f"{began}{say_day(cycle.scheduled_due_on)}.{closing} {cycle.closing_note}"
    word.say(document.add_paragraph(), told.strip())
    for one in cycle.extensions:
        moved = f"Moved from {say_day(one.due_on_before)} to {say_day(one.due_on)}: {one.reason}"
        word.say(document.add_paragraph(style="List Bullet"), moved)
    document.add_heading("What this is not", 2)
    word.say(document.add_paragraph(), sheet.not_advice)
