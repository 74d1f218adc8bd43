"""What a message says about something that happened: first what, then why, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from conditions.outbound.links import condition_link
from conditions.outbound.report_news import tell_official_report, tell_publication
from conditions.outbound.told import Link, Told, day_in, reason_of, to_cycle, to_scorecard, told_in
from conditions.outbound.words import one_line, passage, say_day
from conditions.queries.news import News, basis_of
from conditions.queries.scorecard import first_line
from conditions.rules.escalation import CountBasis
from conditions.rules.scale import Scale, UnknownStatus

LONGEST_WHY = 300
_COUNTED = {
    CountBasis.OWN: ("by our judgements", "The official findings are counted apart."),
    CountBasis.OFFICIAL: ("by the official findings", "Our own judgements are counted apart."),
}


def tell(news: News) -> Told:
    """What happened, in words; an event of a kind that is not known here is told by its name."""
    return _TELLERS.get(news.event.verb, _other)(news)


def _fired(news: News) -> Told:
    basis, apart = _COUNTED[CountBasis(basis_of(news.event))]
    return Told(
        f"{_run(news)} periods not affirmative in a row, {basis}",
        (
            f"{_counted(news)} without an affirmative finding {basis}. {apart}",
            # The consequence with the law's own strength, both as they were when it fired.
            f"What the text names: {passage(news.event.reason)}",
            f"Legal stage of the text: {news.program.get_legal_stage_display()}.",
        ),
        (to_scorecard(news),),
    )


def _withdrawn(news: News) -> Told:
    basis, apart = _COUNTED[CountBasis(basis_of(news.event))]
    return Told(
        f"No longer {_run(news)} periods not affirmative in a row, {basis}",
        (
            f"{passage(news.event.reason)} A record that it rested on changed. {apart}",
            f"Legal stage of the text: {news.program.get_legal_stage_display()}.",
        ),
        (to_scorecard(news),),
    )


def _fell(news: News) -> Told:
    event, judgement = news.event, news.assessment
    if event.condition is None or judgement is None:
        return _other(news)
    condition, scale = event.condition, news.program.scale
    before, after = told_in(event.before, "status"), told_in(event.after, "status")
    said = f"fell from {_label(scale, before)} to {_label(scale, after)}"
    if _rank(scale, before) is None:
        # From no place in the order nothing falls; it is lower than what once held.
        said = f"reversed, now {_label(scale, after)}"
    page = condition_link(news.program.slug, condition.code)
    return Told(
        f"{one_line(condition.code)} {said}",
        (
            one_line(condition.title),
            passage(event.reason),
            f"Why: {first_line(judgement.rationale, _label(scale, after), LONGEST_WHY)}",
            f"Judged in cycle {news.cycle_number}, to hold from {say_day(judgement.valid_from)}.",
        ),
        (Link("Text, evidence and history", page),),
    )


def _extended(news: News) -> Told:
    before, after = day_in(news.event.before, "due_on"), day_in(news.event.after, "due_on")
    scheduled = day_in(news.event.after, "scheduled_due_on")
    return Told(
        f"Extended to {after}",
        (
            f"It was due on {before} and is due on {after} now. It was scheduled for {scheduled}.",
            *reason_of(news),
            "Reminders not sent yet follow the new date. Those sent already do not come again.",
        ),
        (to_cycle(news),),
    )


def _skipped(news: News) -> Told:
    return Told(
        "Skipped, closed without a review",
        (
            "In the count of periods in a row it is a missing one: it neither adds nor resets.",
            *reason_of(news),
        ),
        (to_cycle(news),),
    )


def _other(news: News) -> Told:
    said = one_line(news.event.verb.replace(".", " ").replace("_", " ")).capitalize()
    return Told(said, reason_of(news), (to_cycle(news),))


def _run(news: News) -> str:
    periods = told_in(news.event.after or news.event.before, "periods")
    return f"{periods} of {periods}"


def _counted(news: News) -> str:
    numbers = [str(number) for number in (news.event.after or {}).get("counted", ())]
    if len(numbers) < 2:
        return f"Cycle {''.join(numbers) or news.cycle_number} is"
    return f"Cycles {', '.join(numbers[:-1])} and {numbers[-1]} are"


# A scale may have changed since; the judgement keeps the code it was made with.
def _label(scale: Scale, code: str) -> str:
    try:
        return one_line(scale.label(code or None))
    except UnknownStatus:
        return code


def _rank(scale: Scale, code: str) -> int | None:
    try:
        return scale.rank(code or None)
    except UnknownStatus:
        return None


_TELLERS: Mapping[str, Callable[[News], Told]] = MappingProxyType(
    {
        "escalation.fired": _fired,
        "escalation.withdrawn": _withdrawn,
        "condition.fell": _fell,
        "cycle.extended": _extended,
        "cycle.skipped": _skipped,
        "publication.made": tell_publication,
        "publication.corrected": tell_publication,
        "officialreport.recorded": tell_official_report,
        "officialreport.replaced": tell_official_report,
    }
)
