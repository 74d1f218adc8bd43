"""The scorecard, the key judgements and what changed, in Word."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph

from conditions.outbound.reports import word
from conditions.outbound.reports.sheet import Entry, Exhibit, Sheet
from conditions.outbound.reports.word import fact
from conditions.outbound.words import say_day
from conditions.queries.report import Report, ReportJudgement
from conditions.rules.words import FLAGS, NO_FINDING, TRENDS, confidence_words

CARD_WIDTHS = (5.6, 1.9, 4.4, 2.2, 3.1)


def write_scorecard(document: WordDocument, sheet: Sheet) -> None:
    """The first table: each condition in a row, after the counts of the cycle."""
    report = sheet.report
    document.add_heading("Scorecard", 1)
    counts = (f"{one.count} {one.label}" for one in report.counts if one.count)
    fact(document, f"{len(report.conditions)} conditions", ", ".join(counts))
    if report.answer:
        fact(document, "What our judgements would let be certified", report.answer.reason)
    for run in sheet.runs:
        fact(document, run.basis, f"{run.figure} {run.detail}")
    if report.escalation:
        told = f"{report.escalation.consequence} {sheet.effect} {report.escalation.citation}"
        fact(document, "What follows", told.strip())
    fact(document, "Official report", _submitted(report))
    before = f"Cycle {sheet.previous_cycle}" if sheet.previous_cycle else "Before"
    heads = ("Condition", before, "Our judgement", "Against | for", "Official finding")
    card = word.table(document, heads, CARD_WIDTHS, "Scorecard: one row for each condition")
    for entry in sheet.entries:
        _card_row(word.row(card), entry, sheet)


def _card_row(cells: list[Paragraph], entry: Entry, sheet: Sheet) -> None:
    one, judged = entry.condition, entry.condition.judgement
    word.say(cells[0], f"{one.code} ", bold=True)
    word.say(cells[0], one.title)
    if entry.line:
        word.say(cells[0], f"\n{entry.line}", grey=True)
    change = one.change
    word.say(cells[1], _status(change.before, change.before_label) if change.before_cycle else "–")
    if judged:
        word.say(cells[2], _status(judged.status, judged.status_label), bold=True)
        word.say(cells[2], _marks(judged))
    else:
        word.say(cells[2], sheet.scale.label(None), bold=True)
    word.say(cells[3], f"{one.contradicts} | {one.supports}")
    word.say(cells[4], one.official.label if one.official else NO_FINDING)
    if one.divergence in ("we_say_no", "we_say_yes"):
        word.say(cells[4], "\nDiverges")


def _status(code: str | None, label: str) -> str:
    return f"{code} {label}" if code else label


def _marks(judged: ReportJudgement) -> str:
    told = [TRENDS.get(judged.trend, judged.trend), confidence_words(judged.confidence)]
    told += [FLAGS[name][0] for name in judged.flags if name in FLAGS]
    told += ["Dissent"] if judged.dissent else []
    return "".join(f"\n{words}" for words in told if words)


def _submitted(report: Report) -> str:
    sent = report.submission
    if sent is None:
        return "That it was sent is not on file. That says nothing about the conditions."
    if sent.released_on:
        after = f"Public since {say_day(sent.released_on)}."
    else:
        after = f"Expected to become public between {say_day(sent.opens_on)} and "
        after += f"{say_day(sent.closes_on)}."
    return f"Sent on {say_day(sent.submitted_on)}. {after}"


def write_summary(document: WordDocument, sheet: Sheet) -> None:
    """The key judgements, and what changed against the cycle before."""
    document.add_heading("Key judgements", 1)
    for sentence in sheet.report.key_judgements:
        word.say(document.add_paragraph(style="List Number"), sentence)
    if not sheet.report.key_judgements:
        word.say(document.add_paragraph(), "None are written.", grey=True)
    since = f"Changed since cycle {sheet.previous_cycle}"
    document.add_heading(since if sheet.previous_cycle else "What changed", 1)
    for entry in sheet.changed:
        _changed(document, entry, sheet)
    if not sheet.changed:
        word.say(document.add_paragraph(), "No condition is judged differently.", grey=True)


def _changed(document: WordDocument, entry: Entry, sheet: Sheet) -> None:
    one, change = entry.condition, entry.condition.change
    document.add_heading(word.plain(f"{one.code} {one.title}"), 2)
    now = _status(one.judgement.status, one.judgement.status_label) if one.judgement else ""
    before = _status(change.before, change.before_label)
    moved = (
        f"{before} became {now}." if change.before_cycle else f"Judged for the first time: {now}."
    )
    word.say(document.add_paragraph(), moved, bold=True)
    fact(document, "Why", entry.why)
    paragraph = document.add_paragraph()
    word.say(paragraph, "By which evidence. ", bold=True)
    _numbers(paragraph, "Newly cited: ", entry.new)
    _numbers(paragraph, "No longer cited: ", entry.dropped)
    if not entry.new and not entry.dropped:
        word.say(paragraph, "The same public documents as before.")
    for item in change.items:
        told = f"{item.code}: {sheet.scale.label(item.before)} became "
        told += f"{sheet.scale.label(item.after)}. {item.note}"
        word.say(document.add_paragraph(style="List Bullet"), told.strip())


def _numbers(paragraph: Paragraph, words: str, exhibits: tuple[Exhibit, ...]) -> None:
    if exhibits:
        word.say(paragraph, words)
    for exhibit in exhibits:
        word.jump(paragraph, f"d{exhibit.number}", f"[{exhibit.number}]")
        word.say(paragraph, " ")
