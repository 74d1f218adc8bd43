"""One condition on a day, as known at a moment: text, checklist, history, evidence, readings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final

from django.contrib.auth.models import AnonymousUser

from conditions.models import (
    Condition,
    ConditionVersion,
    Interpretation,
    Program,
    User,
)
from conditions.queries.asof import AsOf
from conditions.queries.condition_texts import (
    ChecklistLine,
    Counterpart,
    Wording,
    checklist_of,
    counterparts_of,
    interpretations_of,
    with_verdicts,
    wordings_of,
)
from conditions.queries.cycle_judgements import CycleJudgement, by_cycle, judgements_of
from conditions.queries.cycles import CycleDates, cycle_among, program_cycles
from conditions.queries.evidence_rules import rule_verdicts
from conditions.queries.exhibits import (
    Document,
    DocumentPage,
    cited_documents,
    linked_documents,
    with_copies,
    with_losses,
)
from conditions.queries.flags import Flags, flags_of
from conditions.queries.history_plot import history_plot
from conditions.queries.history_shapes import HistoryPlot, Sighting
from conditions.queries.link_health import LostCount, lost_links, lost_links_in_cycle
from conditions.queries.official_findings import (
    OfficialDocument,
    OfficialFact,
    Place,
    official_findings,
)
from conditions.queries.searches import PublicSearch, as_public, searches_for
from conditions.queries.sightings import sighted
from conditions.rules.refusals import NotFound

SIDE = 6
STANCES: Final = ("supports", "contradicts", "neutral")


class NoCondition(NotFound):
    """The program has no condition of that code."""


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle in a condition's history, with the documents published in it."""

    cycle: CycleDates
    judgement: CycleJudgement | None
    supports: int
    contradicts: int
    official: str | None
    official_found_on: date | None
    official_document: OfficialDocument | None


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """All that a condition's page shows."""

    condition: Condition
    title: str
    provision: str
    citation: str
    mark: str
    sources: tuple[str, ...]
    cycle: CycleDates | None
    in_force: CycleJudgement | None
    carried_over: bool
    flags: Flags
    cited: tuple[Document, ...]
    checklist: tuple[ChecklistLine, ...]
    history: tuple[CycleLine, ...]
    plot: HistoryPlot | None
    supporting: DocumentPage
    contradicting: DocumentPage
    neutral: DocumentPage
    counts: Mapping[str, int]
    interpretations: tuple[Interpretation, ...]
    counterparts: tuple[Counterpart, ...]
    wordings: tuple[Wording, ...]
    lost: LostCount | None
    searches: tuple[PublicSearch, ...] | None


def condition_page(
    program: Program,
    code: str,
    as_of: AsOf,
    *,
    reader: User | AnonymousUser,
    sensitivities: Collection[str],
    pages: Mapping[str, int],
) -> ConditionPage:
    """The page of a condition; ``pages`` numbers the page of documents of each stance.

    Raises NoCondition. Twenty-four queries, whatever is on file, and one more where
    a document shown is lost at its address, and one under *cannot be assessed*.
    """
    condition = condition_of(program, code)
    cycles = program_cycles(program, as_of)
    begun = [cycle for cycle in cycles if cycle.starts_on <= as_of.valid_at]
    judged = judgements_of(
        as_of, cycle_ids=[cycle.id for cycle in cycles], condition_ids=[condition.pk]
    )
    in_force = judged[-1] if judged else None
    wordings = wordings_of(condition, as_of)
    if not wordings:
        raise _not_known(program, code)
    sightings = sighted(as_of, sensitivities=sensitivities, condition_ids=[condition.pk])
    now = cycle_among(cycles, as_of.valid_at)
    text = wordings[0].content
    cited, sides = _documents(condition, in_force, as_of, sensitivities, pages)
    return ConditionPage(
        condition=condition,
        title=str(text.get("title") or condition.title),
        provision=str(text.get("provision") or condition.provision),
        citation=str(text.get("citation") or condition.citation),
        mark=str(condition.marks.get("mark", "")),
        sources=tuple(condition.marks.get("sources", ())),
        cycle=now,
        in_force=in_force,
        carried_over=bool(in_force and (now is None or in_force.cycle_id != now.id)),
        flags=_flags(in_force, program, as_of),
        cited=cited,
        checklist=_checklist(condition, in_force, as_of, wordings, sensitivities),
        history=_history(
            condition,
            begun,
            judged,
            sightings,
            official_findings(
                [condition.pk], [cycle.id for cycle in begun], as_of.known_at, sensitivities
            ),
        ),
        plot=history_plot(
            judgements=judged,
            cycles=cycles,
            sightings=[Sighting(day, stance) for _, _, stance, day in sightings],
            scale=program.scale,
            day=as_of.valid_at,
        ),
        supporting=sides["supports"],
        contradicting=sides["contradicts"],
        neutral=sides["neutral"],
        counts=_counts(sightings),
        interpretations=interpretations_of(program, condition, as_of),
        counterparts=counterparts_of(condition, reader, as_of),
        wordings=tuple(Wording.of(version) for version in wordings),
        lost=_lost(condition, now, as_of, sensitivities),
        searches=_searched(condition, in_force, as_of),
    )


def _searched(
    condition: Condition, judged: CycleJudgement | None, as_of: AsOf
) -> tuple[PublicSearch, ...] | None:
    """The searches that *cannot be assessed* stands on; None under any other judgement."""
    unclear = condition.program.scale.unclear_codes()
    if judged is None or judged.status not in unclear:
        return None
    return as_public(searches_for(condition.pk, judged.cycle_id, as_of.known_at))


def _documents(
    condition: Condition,
    judged: CycleJudgement | None,
    as_of: AsOf,
    sensitivities: Collection[str],
    pages: Mapping[str, int],
) -> tuple[tuple[Document, ...], Mapping[str, DocumentPage]]:
    """What the judgement cites, and a page of each side; what is lost at its address is marked."""
    cited = _cited(judged, as_of, sensitivities)
    sides = {
        stance: linked_documents(
            condition.pk,
            as_of,
            stance=stance,
            sensitivities=sensitivities,
            number=pages.get(stance, 1),
            size=SIDE,
        )
        for stance in STANCES
    }
    shown = chain(cited, *(side.documents for side in sides.values()))
    losses = lost_links({one.id for one in shown}, known_at=as_of.known_at)
    marked = {
        stance: replace(side, documents=with_losses(side.documents, losses))
        for stance, side in sides.items()
    }
    return with_losses(cited, losses), marked


def _cited(
    judged: CycleJudgement | None, as_of: AsOf, sensitivities: Collection[str]
) -> tuple[Document, ...]:
    if judged is None:
        return ()
    cited = cited_documents([judged.id], sensitivities).get(judged.id, ())
    return with_copies(cited, at=judged.approved_at, known_at=as_of.known_at)


def _checklist(
    condition: Condition,
    judged: CycleJudgement | None,
    as_of: AsOf,
    wordings: Sequence[ConditionVersion],
    sensitivities: Collection[str],
) -> tuple[ChecklistLine, ...]:
    verdicts = rule_verdicts([condition.pk], as_of, sensitivities)
    lines = checklist_of(condition, judged, as_of.valid_at, wordings)
    return with_verdicts(lines, verdicts.get(condition.pk, ()))


def _flags(judged: CycleJudgement | None, program: Program, as_of: AsOf) -> Flags:
    if judged is None:
        return Flags()
    return flags_of([judged.id], program.scale, as_of).get(judged.id, Flags())


def _lost(
    condition: Condition, cycle: CycleDates | None, as_of: AsOf, sensitivities: Collection[str]
) -> LostCount | None:
    found = lost_links_in_cycle(
        [condition.pk],
        cycle,
        time_zone=condition.program.time_zone,
        known_at=as_of.known_at,
        sensitivities=sensitivities,
    )
    return found.get(condition.pk)


def condition_of(program: Program, code: str) -> Condition:
    """The condition of that code. Raises NoCondition. One query."""
    # PostgreSQL cannot even be asked for a text with a NUL in it.
    is_text = "\x00" not in code
    condition = program.conditions.filter(code__iexact=code).first() if is_text else None
    if condition is None:
        raise _not_known(program, code)
    return condition


def _not_known(program: Program, code: str) -> NoCondition:
    return NoCondition(
        f"{program.short_title} has no such condition.",
        field="condition",
        value=code,
        remedy="Choose one from the scorecard.",
    )


def _history(
    condition: Condition,
    begun: Sequence[CycleDates],
    judged: Sequence[CycleJudgement],
    sightings: Sequence[tuple[int, int, str, date | None]],
    official: Mapping[Place, OfficialFact],
) -> tuple[CycleLine, ...]:
    judgements = by_cycle(judged)
    lines = []
    for cycle in begun:
        said = official.get((condition.pk, cycle.id))
        lines.append(
            CycleLine(
                cycle=cycle,
                judgement=judgements.get((condition.pk, cycle.id)),
                supports=_published(sightings, "supports", cycle),
                contradicts=_published(sightings, "contradicts", cycle),
                official=said.finding if said else None,
                official_found_on=said.found_on if said else None,
                official_document=said.document if said else None,
            )
        )
    return tuple(lines)


def _published(
    sightings: Sequence[tuple[int, int, str, date | None]], stance: str, cycle: CycleDates
) -> int:
    return sum(
        found == stance and day is not None and cycle.starts_on <= day < cycle.due_on
        for _, _, found, day in sightings
    )


def _counts(sightings: Sequence[tuple[int, int, str, date | None]]) -> dict[str, int]:
    stances = [stance for _, _, stance, _ in sightings]
    return {stance: stances.count(stance) for stance in STANCES}
