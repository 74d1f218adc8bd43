"""Ours beside the official findings: condition by cycle, and how the two stand to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    CycleJudgement,
    Judgements,
    by_cycle,
    judgements_of,
    spans_of,
)
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.official_findings import (
    OfficialDocument,
    OfficialFact,
    official_findings,
)
from conditions.queries.official_findings import Place as Key
from conditions.queries.official_reports import ReportSent, reports_on
from conditions.rules.divergence import SENTENCES, Divergence, diverge, is_divergent
from conditions.rules.rollup import Answer, Standing, answer_of

MOST_CYCLES = 8
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One condition in one cycle, ours beside the official; ``kind`` is None where it is not asked.

    ``answer`` is what our judgement would let an assessor certify.
    """

    condition: ConditionSpan
    cycle: CycleDates
    judgement: CycleJudgement | None
    answer: Answer
    official: str | None
    official_found_on: date | None
    official_document: OfficialDocument | None
    kind: Divergence | None

    @property
    def differs(self) -> bool:
        """Whether one affirms the condition and the other does not."""
        return self.kind is not None and is_divergent(self.kind)

    @property
    def sentence(self) -> str:
        """How the two stand to each other, in a sentence."""
        return SENTENCES[self.kind] if self.kind else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition over the cycles shown."""

    condition: ConditionSpan
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class DivergencePage:
    """All that the page shows; ``recorded`` are the places with an official finding, newest first.

    The matrix shows the newest cycles, the count and the list all of them.
    """

    cycles: tuple[CycleDates, ...]
    lines: tuple[Line, ...]
    recorded: tuple[Place, ...]
    reports: tuple[ReportSent, ...]
    on_record: int
    we_say_no: int
    we_say_yes: int
    only_differences: bool
    is_demonstration: bool

    @property
    def in_words(self) -> str:
        """How often the two differ, in words."""
        places = f"{self.on_record} place{'' if self.on_record == 1 else 's'}"
        recorded = f"Official findings are on record in {places}, each a condition in a cycle."
        either = "we and the official report contradict each other"
        ways = ((self.we_say_no, "it affirms and we do not"), (self.we_say_yes, "only we affirm"))
        told = [(number, words) for number, words in ways if number]
        match told:
            case []:
                return f"{recorded} In none of them do {either}."
            case [(number, words)]:
                return f"{recorded} In {number} of them {either}: {words}."
        each = ", and ".join(f"in {number} {words}" for number, words in told)
        return f"{recorded} In {self.we_say_no + self.we_say_yes} of them {either}: {each}."


def divergence_page(
    program: Program,
    as_of: AsOf,
    *,
    sensitivities: Collection[str],
    only_differences: bool = False,
) -> DivergencePage:
    """Every condition in every cycle begun by the day, as known at the moment. Five queries."""
    begun = [c for c in program_cycles(program, as_of) if c.starts_on <= as_of.valid_at]
    ids = [cycle.id for cycle in begun]
    conditions = spans_of(program, as_of.known_at)
    judgements = by_cycle(judgements_of(as_of, cycle_ids=ids))
    asked = [condition.id for condition in conditions]
    official = official_findings(asked, ids, as_of.known_at, sensitivities)
    lines = _lines(program, begun, conditions, judgements, official)
    every = [place for line in lines for place in line.places]
    kinds = [place.kind for place in every]
    shown = begun[-MOST_CYCLES:]
    return DivergencePage(
        cycles=tuple(shown),
        lines=tuple(_narrowed(lines, len(shown), only_differences=only_differences)),
        recorded=_recorded(every, only_differences=only_differences),
        reports=tuple(_newest_first(reports_on(ids, as_of, sensitivities))),
        on_record=sum(place.official is not None for place in every),
        we_say_no=kinds.count(Divergence.WE_SAY_NO),
        we_say_yes=kinds.count(Divergence.WE_SAY_YES),
        only_differences=only_differences,
        is_demonstration=any(row.is_demonstration for row in judgements.values()),
    )


def _lines(
    program: Program,
    cycles: Sequence[CycleDates],
    conditions: Iterable[ConditionSpan],
    judgements: Judgements,
    official: Mapping[Key, OfficialFact],
) -> list[Line]:
    scale = program.scale
    lines = []
    for condition in conditions:
        places = []
        for cycle in cycles:
            key = condition.id, cycle.id
            judgement, said = judgements.get(key), official.get(key)
            status, limb = (judgement.status, judgement.limb) if judgement else (None, "")
            answer = answer_of(Standing(condition.code, status, condition.test, limb), scale)
            is_asked = bool(judgement or said or condition.is_in_force_on(cycle.due_on - _ONE_DAY))
            places.append(
                Place(
                    condition=condition,
                    cycle=cycle,
                    judgement=judgement,
                    answer=answer,
                    official=said.finding if said else None,
                    official_found_on=said.found_on if said else None,
                    official_document=said.document if said else None,
                    kind=diverge(answer, said.finding if said else None) if is_asked else None,
                )
            )
        if any(place.kind for place in places):
            lines.append(Line(condition, tuple(places)))
    return lines


def _narrowed(lines: Iterable[Line], most: int, *, only_differences: bool) -> list[Line]:
    shown = [Line(line.condition, line.places[-most:]) for line in lines]
    if not only_differences:
        return shown
    return [line for line in shown if any(place.differs for place in line.places)]


def _recorded(places: Sequence[Place], *, only_differences: bool) -> tuple[Place, ...]:
    told = [place for place in places if place.official is not None]
    if only_differences:
        told = [place for place in told if place.differs]
    # Within a cycle in the order of the text, which a stable sort keeps.
    return tuple(sorted(told, key=lambda place: -place.cycle.number))


def _newest_first(reports: Mapping[int, ReportSent]) -> list[ReportSent]:
    return sorted(reports.values(), key=lambda report: -report.cycle_number)
