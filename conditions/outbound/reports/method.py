"""The method note of a report: how to read it, and how to check that nobody changed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from conditions.outbound.words import say_day
from conditions.queries.report import Report, ReportAgreement
from conditions.queries.report_addresses import file_name
from conditions.rules.evidence import CREDIBILITY, RELIABILITY
from conditions.rules.words import FLAGS

_CERTIFIED = {
    "all": "The text asks for all conditions together: one that is not affirmed decides.",
    "any": "The text asks for any one of the conditions: one that is affirmed decides.",
    "per_condition": "The text has each condition certified by itself.",
}
_UNITS = {"condition": "conditions", "item": "checklist items"}


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the note; ``terms`` are words with their meaning, ``code`` a line to run."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    code: str = ""


def method_note(report: Report) -> tuple[Section, ...]:
    """Everything a reader needs to understand the report without having this tracker."""
    return (
        _what_it_is(report),
        Section(
            "The scale",
            ("A status stands apart from its trend and from the confidence in it.",),
            tuple((f"{one.code} {one.label}", one.meaning) for one in report.program.scale),
        ),
        _four_things(report),
        _rolling_up(report),
        *([_escalating(report)] if report.escalation else []),
        _confidence(),
        _grades(),
        Section("Warnings beside a judgement", (), tuple(FLAGS.values())),
        _four_eyes(report),
        _agreement(report),
        _checking(report),
    )


def say_moment(moment: datetime) -> str:
    """A moment as a person says it, in UTC."""
    there = moment.astimezone(UTC)
    return f"{say_day(there.date())}, {there:%H:%M} UTC"


def _what_it_is(report: Report) -> Section:
    program = report.program
    return Section(
        "What is reported",
        (
            f"Condition by condition, what {program.instrument} ({program.citation}) asks of "
            f"{program.country}, and whether it is met. Reviews follow every "
            f"{program.interval_days} days; days are counted in the time zone {program.time_zone}.",
            f"Two clocks: it tells what held on {say_day(report.valid_at)}, with what was known by "
            f"{say_moment(report.known_at)}. Nothing that was recorded later is in it.",
            f"The assessor of record is {program.assessor_of_record}. The official finding stands "
            "beside our judgement and neither replaces the other.",
        ),
    )


def _four_things(report: Report) -> Section:
    return Section(
        "What is not the same",
        ("Silence is not failure. These are told apart everywhere:",),
        (
            ("Not met", "Evidence was weighed, and the condition is not met."),
            (
                "Cannot be assessed (U)",
                "Somebody judged, and the evidence is too thin or access is denied.",
            ),
            ("Not yet assessed", "Nobody has an approved judgement. It says nothing either way."),
            (
                "No official report submitted",
                "The assessor of record sent nothing. Our own judgement stands without it.",
            ),
            (
                "Waived (W)",
                "Lifted, or declared not applicable, by an authority that is named beside it.",
            ),
        ),
    )


def _rolling_up(report: Report) -> Section:
    return Section(
        "From findings to an answer",
        (
            "A status is the judgement of a person, with a written reason. The findings on the "
            "checklist propose one: the lowest of them where conduct must be absent, otherwise the "
            "lower median, which a hard hurdle caps. What cannot be assessed, is waived or is not "
            "yet assessed is left out of the proposal and counted beside it.",
            f"{_CERTIFIED.get(report.program.certification, '')} A waived condition does not stand "
            "in the way, and one that nobody could assess leaves the answer open. There is no "
            "overall percentage: conditions are not shares of one whole.",
        ),
    )


def _escalating(report: Report) -> Section:
    return Section(
        "Consecutive periods",
        (
            "The text names a consequence of several periods in a row without an affirmative "
            "answer. Closed periods are counted twice, by our judgements and by the official "
            "findings, and the two counts are never mixed. A period without an answer neither adds "
            "to the count nor sets it back; an affirmative one sets it back.",
        ),
    )


def _confidence() -> Section:
    return Section(
        "Confidence",
        (
            "Low, moderate or high, as in Intelligence Community Directive 203: how firm the basis "
            "of the judgement is, with its reason. It says nothing about how likely an event is.",
        ),
    )


def _grades() -> Section:
    return Section(
        "Grades of documents",
        (
            "The Admiralty code (NATO STANAG 2511). The letter grades the source, the number the "
            "item; they are judged apart and never averaged. F6 is unknown, not worst. Whether a "
            "document supports or contradicts is said of its bearing on one condition.",
        ),
        (
            *RELIABILITY.items(),
            *((str(number), meaning) for number, meaning in CREDIBILITY.items()),
        ),
    )


def _four_eyes(report: Report) -> Section:
    rule = (
        "Nobody approves a judgement they wrote in, and nobody publishes key judgements they "
        "wrote; the database refuses both."
        if report.program.four_eyes
        else "Four eyes are off for this program: a judgement may have been approved by the "
        "person who wrote it."
    )
    return Section(
        "Four eyes and dissent",
        (
            f"{rule} Approved judgements are never changed: a correction is a new judgement that "
            "says what it corrects. Dissent is printed beside the judgement it is about.",
        ),
    )


def _agreement(report: Report) -> Section:
    if not report.agreement:
        return Section("Agreement of coders", ("Nothing in this cycle was coded twice.",))
    return Section(
        "Agreement of coders",
        (
            "A second person coded without seeing the first. Both codings are kept; the judgement "
            "reconciles them.",
            *map(say_agreement, report.agreement),
        ),
    )


def say_agreement(one: ReportAgreement) -> str:
    """One measure of agreement in a sentence or two."""
    unit = _UNITS.get(one.unit, one.unit)
    told = f"Of {one.pairs} {unit} that both put on the scale, they agreed on {one.agreed}."
    if one.outside:
        told += (
            f" Of {one.outside} that at least one called impossible to assess or waived, "
            f"they agreed on {one.outside_agreed}."
        )
    if one.kappa:
        told += f" Quadratic-weighted kappa {one.kappa}"
        told += f" (95 % interval {one.low} to {one.high})." if one.low else "."
    return f"{told} {one.reason}".strip()


def _checking(report: Report) -> Section:
    if report.is_draft:
        return Section(
            "How to check this report",
            ("A draft has no hash. It may change until it is published.",),
        )
    name = file_name(report.program.slug, report.cycle.number, report.version, "json")
    after = (
        f" It names the hash of the publication before it (cycle {report.previous.cycle}, version "
        f"{report.previous.version}): {report.previous.sha256}."
        if report.previous
        else " It is the first publication of this program."
    )
    return Section(
        "How to check this report",
        (
            "Every form of this report is made from one file of data. Its SHA-256 is printed on "
            f"the first page.{after} Download the data and compare:",
        ),
        code=f"sha256sum {name}",
    )
