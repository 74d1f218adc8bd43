"""One condition of the report in Word: text, judgement, documents, official finding, checklist."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph

from conditions.outbound.reports import word
from conditions.outbound.reports.method import say_moment
from conditions.outbound.reports.sheet import Entry
from conditions.outbound.words import say_day
from conditions.queries.report import ReportJudgement, ReportSearch
from conditions.rules.scale import Scale
from conditions.rules.words import FLAGS, NO_FINDING, STANCES, TRENDS, confidence_words

ITEM_WIDTHS = (8.0, 4.0, 5.2)
NOT_JUDGED = (
    "No judgement is approved. That is not the same as not met, and not the same as cannot be "
    "assessed."
)


def write_condition(document: WordDocument, entry: Entry, scale: Scale) -> None:
    """Everything the report says of one condition."""
    one = entry.condition
    document.add_heading(word.plain(f"{one.code} {one.title}"), 2)
    word.say(document.add_paragraph(), one.provision)
    word.say(
        document.add_paragraph(),
        f"In our own words. {one.citation}. Test: {entry.test}. "
        f"Wording {one.wording}, SHA-256 {one.wording_sha256}",
        grey=True,
    )
    document.add_heading("Our judgement", 3)
    if one.judgement is None:
        word.say(document.add_paragraph(), f"{scale.label(None)}.", bold=True)
        word.say(document.add_paragraph(), NOT_JUDGED)
    else:
        _judgement(document, one.judgement)
        _cited(document, entry, one.judgement)
        _searched(document, one.searches)
    _official(document, entry)
    _checklist(document, entry, scale)


def _judgement(document: WordDocument, judged: ReportJudgement) -> None:
    marks = document.add_paragraph()
    word.say(marks, f"{judged.status} {judged.status_label}", bold=True)
    told = [TRENDS.get(judged.trend, judged.trend), confidence_words(judged.confidence)]
    told += [FLAGS[name][0] for name in judged.flags if name in FLAGS]
    word.say(marks, "".join(f" · {words}" for words in told if words))
    word.say(document.add_paragraph(), judged.rationale)
    for name, text in (
        ("Waived by", judged.authority),
        ("Confidence", judged.confidence_reason),
        ("Limb", judged.limb.capitalize()),
        ("Dissent", judged.dissent),
        ("Correction", judged.correction_note),
        ("Holds from", f"{say_day(judged.valid_from)}, approved {say_moment(judged.approved_at)}"),
        ("SHA-256", judged.sha256),
    ):
        if text:
            word.fact(document, name, text)


def _cited(document: WordDocument, entry: Entry, judged: ReportJudgement) -> None:
    document.add_heading("Cited documents", 3)
    for exhibit in entry.cited:
        told = exhibit.document
        paragraph = document.add_paragraph(style="List Bullet")
        word.jump(paragraph, f"d{exhibit.number}", f"[{exhibit.number}]")
        word.say(paragraph, f" {STANCES.get(exhibit.stance, 'Neutral')}, {exhibit.grade}: ")
        word.say_in(paragraph, told.title, exhibit.title_language)
        word.say(paragraph, f", {told.publisher}")
        if exhibit.same_voice:
            _same_voice(paragraph, exhibit.same_voice)
    if judged.not_public:
        are = "document is" if judged.not_public == 1 else "documents are"
        left_out = f"{judged.not_public} cited {are} not public and left out of this report."
        word.say(document.add_paragraph(), left_out, grey=True)
    elif not entry.cited:
        word.say(document.add_paragraph(), "It cites no document.", grey=True)


def _same_voice(paragraph: Paragraph, numbers: tuple[int, ...]) -> None:
    word.say(paragraph, " · one voice with")
    for number in numbers:
        word.say(paragraph, " ")
        word.jump(paragraph, f"d{number}", f"[{number}]")
    word.say(paragraph, ", counted once")


def _searched(document: WordDocument, searches: tuple[ReportSearch, ...]) -> None:
    if not searches:
        return
    document.add_heading("What we looked for", 3)
    kept = "Where and for which words is kept with the team, because it could name a source."
    word.say(document.add_paragraph(), kept, grey=True)
    for one in searches:
        told = f"{say_day(one.searched_on)}: {one.result_words.lower()}"
        word.say(document.add_paragraph(style="List Bullet"), told)


def _official(document: WordDocument, entry: Entry) -> None:
    one, found = entry.condition, entry.condition.official
    document.add_heading("Official finding", 3)
    paragraph = document.add_paragraph()
    word.say(paragraph, found.label if found else NO_FINDING, bold=True)
    if found:
        dated = "looked for on" if found.finding == "not_submitted" else "dated"
        word.say(paragraph, f", {dated} {say_day(found.found_on)} ")
    if entry.official:
        word.jump(paragraph, f"d{entry.official.number}", f"[{entry.official.number}]")
    note = f"{found.note} " if found and found.note else ""
    word.say(document.add_paragraph(), f"{note}{one.divergence_text}")


def _checklist(document: WordDocument, entry: Entry, scale: Scale) -> None:
    items = entry.condition.checklist
    if not items:
        return
    document.add_heading("Checklist", 3)
    about = f"Checklist of {entry.condition.code}: item, finding, what it takes"
    made = word.table(document, ("Item", "Finding", "It takes"), ITEM_WIDTHS, about)
    for item in items:
        statement, finding, takes = word.row(made)
        word.say(statement, f"{item.code} ", bold=True)
        word.say(statement, item.statement + (" (hard hurdle)" if item.hard_hurdle else ""))
        label = f"{item.status} {item.status_label}" if item.status else scale.label(None)
        word.say(finding, f"{label}\n{item.note}" if item.note else label)
        word.say(takes, item.rule)
        if item.rule_reason:
            met = "Met" if item.rule_met else "Not met"
            word.say(takes, f"\n{met} on public documents. {item.rule_reason}")
    document.add_paragraph()
