"""Teaching: what would happen if words proposed from corrections were used unseen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from bench.triage.documents import labelled, shipped
from bench.triage.figures import Tally
from bench.triage.measuring import Plan, terms
from bench.triage.readings import readings_of
from conditions.rules.triage import Example, Setting, TermLists, proposals
from conditions.rules.triage.terms import Term, read_term

LESSON_SIZES = (0, 20, 40, 60)
_THIN = 3


def lesson_curve(program: str, plan: Plan) -> list[tuple[int, list[Tally], list[Tally]]]:
    """Tallies after so many corrections: with the lists as they are, and with a third of them."""
    full, plan = terms(program), replace(plan, repeats=1)
    thin = replace(
        full, conditions=tuple(replace(one, names=one.names[::_THIN]) for one in full.conditions)
    )
    return [
        (size, *(_after_lessons(program, lists, plan, size) for lists in (full, thin)))
        for size in LESSON_SIZES
    ]


def taught(lists: TermLists, examples: Sequence[Example]) -> TermLists:
    """The lists with every proposed word as a name, which the tracker itself never does."""
    learned: dict[str, list[Term]] = {}
    for lesson in proposals(lists, examples):
        learned.setdefault(lesson.code, []).append(read_term(lesson.word))
    conditions = tuple(
        replace(one, names=(*one.names, *learned.get(one.code, ()))) for one in lists.conditions
    )
    return replace(lists, conditions=conditions)


def _after_lessons(program: str, lists: TermLists, plan: Plan, size: int) -> list[Tally]:
    codes, setting = labelled(program), Setting()
    tallies: dict[int, Tally] = {}
    for seed, train, test in plan.splits(shipped(program)):
        drawn = random.Random(seed).sample(train, min(size, len(train)))
        examples = [Example(one.whole, one.codes) for one in drawn]
        tally = tallies.setdefault(seed, Tally(codes))
        for reading in readings_of(test, taught(lists, examples)).values():
            tally.add_conditions(reading.document, reading.codes(setting))
    return list(tallies.values())
