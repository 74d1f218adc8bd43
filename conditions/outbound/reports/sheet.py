"""A report arranged for its readers: documents numbered, sentences made, the same in every form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import bidirectional

from conditions.outbound.reports.method import Section, method_note
from conditions.outbound.reports.scale import scale_of
from conditions.queries.report import Report, ReportCondition, ReportDocument, ReportRun
from conditions.queries.report_addresses import file_address, file_name, report_address
from conditions.queries.scorecard import first_line
from conditions.rules.scale import Scale

LONGEST_LINE = 150
LONGEST_WHY = 420
NOT_ADVICE = (
    "For information; not legal advice. Conditions are told in our own words: the official text "
    "decides. Judgements are those of the people who run this tracker, not of any authority."
)
DEMONSTRATION = (
    "Demonstration. These judgements show how the tracker works. "
    "They are not a finding of any authority."
)
FOUR_EYES_OFF = (
    "Four eyes are off for this program. "
    "A judgement may have been approved by the person who wrote it."
)
NO_COPY = "no copy kept yet"
_STAGES = {
    "Proposed": "Proposed: not law",
    "Passed one chamber": "Passed by one chamber: not law",
    "Superseded": "Superseded: not current law",
    "Repealed": "Repealed: no longer law",
}
_EFFECTS = {
    "mandatory": "The text orders it.",
    "permissive": "The text allows it; it does not order it.",
    "sense_of_legislature": "A stated view of the legislature; it binds nobody.",
}
_ANSWERS = {
    "affirmative": "Affirmative",
    "not_affirmative": "Not affirmative",
    "undetermined": "Open",
    "not_required": "Nothing to certify",
}
_BASES = {"own": "By our judgements", "official": "By the official findings"}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A document by its number in the annex, as one condition uses it.

    ``same_voice`` are the numbers of others there that carry the same words.
    """

    number: int
    document: ReportDocument
    grade: str = ""
    stance: str = ""
    same_voice: tuple[int, ...] = ()

    @property
    def link(self) -> str:
        """The document's address where it is one of the web, and nothing else."""
        url = self.document.url
        return url if url.lower().startswith(("http://", "https://")) else ""

    @property
    def title_language(self) -> str:
        """The document's language where its title is in it; a title told in English is not."""
        from_right = any(bidirectional(sign) in ("R", "AL") for sign in self.document.title)
        return self.document.language if from_right else ""


@dataclass(frozen=True, slots=True)
class Run:
    """One count of consecutive periods: ``figure`` such as 1 of 2, and what it counts."""

    basis: str
    figure: str
    detail: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One condition with its documents; ``line`` and ``why`` are its reason, short and longer."""

    condition: ReportCondition
    test: str
    line: str
    why: str
    cited: tuple[Exhibit, ...]
    new: tuple[Exhibit, ...]
    dropped: tuple[Exhibit, ...]
    official: Exhibit | None


@dataclass(frozen=True, slots=True)
class Logged:
    """An earlier version of the report, with the address at which it stays."""

    version: int
    known_at: datetime
    sha256: str
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The report with everything that its forms say beside it.

    ``missing`` tells what a draft lacks; it is empty once published.
    """

    report: Report
    scale: Scale
    title: str
    stage: str
    answer: str
    runs: tuple[Run, ...]
    effect: str
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    entries: tuple[Entry, ...]
    annex: tuple[Exhibit, ...]
    method: tuple[Section, ...]
    most_documents: int
    address: str
    data_address: str
    data_name: str
    submission: Exhibit | None
    log: tuple[Logged, ...]
    not_advice: str = NOT_ADVICE
    no_copy: str = NO_COPY

    @property
    def previous_cycle(self) -> int | None:
        """The number of the cycle that this one is compared with."""
        numbers = (one.change.before_cycle for one in self.report.conditions)
        return max((number for number in numbers if number is not None), default=None)

    @property
    def changed(self) -> tuple[Entry, ...]:
        """The conditions judged differently from the cycle before."""
        codes = {condition.code for condition in self.report.changed}
        return tuple(entry for entry in self.entries if entry.condition.code in codes)


def sheet_of(report: Report) -> Sheet:
    """The report arranged for its readers."""
    slug, number, version = report.program.slug, report.cycle.number, report.version
    annex = _annex(report)
    sides = (count for one in report.conditions for count in (one.supports, one.contradicts))
    return Sheet(
        report=report,
        scale=scale_of(report),
        title=f"{report.program.short_title}: report on cycle {number}",
        stage=_STAGES.get(report.program.legal_stage, report.program.legal_stage),
        answer=_ANSWERS.get(report.answer.answer, "By condition") if report.answer else "",
        runs=tuple(_run(one) for one in report.escalation.runs) if report.escalation else (),
        effect=_EFFECTS.get(report.escalation.legal_effect, "") if report.escalation else "",
        warnings=_warnings(report),
        missing=_missing(report) if report.is_draft else (),
        entries=tuple(_entry(one, annex) for one in report.conditions),
        annex=tuple(annex.values()),
        method=method_note(report),
        most_documents=max(sides, default=0),
        address=report_address(slug, number, None if report.is_draft else version),
        data_address=file_address(slug, number, version, "json"),
        data_name=file_name(slug, number, version, "json"),
        submission=annex.get(report.submission.document) if report.submission else None,
        log=tuple(
            Logged(
                one.version,
                one.known_at,
                one.sha256,
                one.note,
                report_address(slug, number, one.version),
            )
            for one in reversed(report.earlier)
        ),
    )


def _annex(report: Report) -> dict[str, Exhibit]:
    """The documents numbered in the order in which the report first cites them."""
    cited = [
        cite.key for one in report.conditions if one.judgement for cite in one.judgement.citations
    ]
    told = {document.key: document for document in report.evidence}
    ordered = dict.fromkeys([*(key for key in cited if key in told), *told])
    return {key: Exhibit(place, told[key]) for place, key in enumerate(ordered, start=1)}


def _warnings(report: Report) -> tuple[str, ...]:
    told = ((report.is_demonstration, DEMONSTRATION), (not report.program.four_eyes, FOUR_EYES_OFF))
    return tuple(sentence for holds, sentence in told if holds)


def _missing(report: Report) -> tuple[str, ...]:
    unjudged = [one.code for one in report.conditions if one.judgement is None]
    told = (
        (unjudged, f"Without an approved judgement: {', '.join(unjudged)}."),
        (not report.key_judgements, "The key judgements are not written."),
        (report.cycle.closed_on is None, "The cycle is not closed."),
    )
    return tuple(sentence for lacks, sentence in told if lacks)


def _run(run: ReportRun) -> Run:
    periods = "period" if run.current == 1 else "periods"
    told = f"closed {periods} in a row without an affirmative answer{_cycles(' (', run.counted)}"
    told += ")." if run.counted else "."
    if run.missing:
        told += f" Left out, as undetermined:{_cycles(' ', run.missing)}."
    if run.has_fired:
        told += " The number that the text names is reached."
    return Run(_BASES.get(run.basis, run.basis), f"{run.current} of {run.needed}", told)


def _cycles(before: str, numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    word = "cycle" if len(numbers) == 1 else "cycles"
    return f"{before}{word} {', '.join(map(str, numbers))}"


def _entry(condition: ReportCondition, annex: Mapping[str, Exhibit]) -> Entry:
    judged = condition.judgement
    label = judged.status_label if judged else ""
    return Entry(
        condition=condition,
        test=condition.test.replace("_", " "),
        line=first_line(judged.rationale, label, LONGEST_LINE) if judged else "",
        why=first_line(condition.change.why, label, LONGEST_WHY),
        cited=tuple(
            replace(
                annex[one.key],
                grade=one.grade,
                stance=one.stance,
                same_voice=tuple(exhibit.number for exhibit in _exhibits(one.same_voice, annex)),
            )
            for one in (judged.citations if judged else ())
            if one.key in annex
        ),
        new=_exhibits(condition.change.new, annex),
        dropped=_exhibits(condition.change.dropped, annex),
        official=annex.get(condition.official.document) if condition.official else None,
    )


def _exhibits(keys: Iterable[str], annex: Mapping[str, Exhibit]) -> tuple[Exhibit, ...]:
    return tuple(annex[key] for key in keys if key in annex)
