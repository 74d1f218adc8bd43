"""Measuring: grouped cross-validation, documents from outside, copies, lessons, and faults."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.triage.documents import Document, labelled, shipped
from bench.triage.figures import Tally
from bench.triage.folds import folds
from bench.triage.methods import METHODS, Fitted, examples
from bench.triage.readings import chosen, readings_of
from conditions.actions.triage_terms import terms_of
from conditions.rules.triage import (
    Known,
    Lessons,
    Passage,
    Setting,
    Shelf,
    Suggestion,
    TermLists,
    Triage,
)
from conditions.rules.triage.copies import COPY

LESSON_SIZES = (0, 20, 40, 60)
# A copy of a wire keeps most of it: its end is cut, some words are changed, an agency line added.
_CHANGED_WORD = 12
_KEPT_OF_COPY = 0.8


@dataclass(frozen=True, slots=True)
class Plan:
    """How often and over how many folds; the seeds are 1 to ``repeats``."""

    repeats: int
    folds: int

    def splits(
        self, documents: Sequence[Document]
    ) -> Iterator[tuple[int, list[Document], list[Document]]]:
        """Each repeat's pairs of folds."""
        for seed in range(1, self.repeats + 1):
            for train, test in folds(documents, number=self.folds, seed=seed):
                yield seed, train, test


@dataclass(frozen=True, slots=True)
class Copies:
    """How many made-up copies were found, how many strangers taken for one, and how often a
    document's companions on the same event were the closest, or among the closest three.
    """

    copies: int
    found: int
    mistaken: int
    with_companions: int
    closest: int
    among_three: int


def terms(program: str) -> TermLists:
    """A program's field terms; both that ship have a file."""
    lists = terms_of(program)
    if lists is None:
        raise LookupError(f"{program} has no field terms.")
    return lists


def cross_validated(
    program: str, documents: Sequence[Document], plan: Plan, method: str
) -> list[Tally]:
    """A tally for each repeat: every document judged by what was fitted without its event."""
    codes = labelled(program)
    read = readings_of(documents, terms(program))
    tallies: dict[int, Tally] = {}
    for seed, train, test in plan.splits(documents):
        fitted = METHODS[method](train, codes, read, program)
        judge(tallies.setdefault(seed, Tally(codes)), test, fitted)
    return list(tallies.values())


def judge(tally: Tally, documents: Sequence[Document], fitted: Fitted) -> None:
    """Add what a fitted method says of these documents to a tally."""
    codes_of, side_of = fitted
    for one in documents:
        suggested = codes_of(one)
        tally.add_conditions(one, suggested)
        tally.add_about(one, about=bool(suggested))
        for code, meant in one.stances.items():
            if code in tally.codes:
                tally.add_stance(code, said=side_of(one, code), meant=meant)


def as_shipped(program: str, documents: Sequence[Document], codes: Sequence[str]) -> Tally:
    """A tally of what an installation suggests: the setting in the code, nothing learned."""
    read = readings_of(documents, terms(program))
    tally, setting = Tally(codes), Setting()
    judge(
        tally,
        documents,
        (
            lambda one: read[one.key].codes(setting),
            lambda one, code: read[one.key].stance(code, setting),
        ),
    )
    return tally


def lesson_curve(program: str, plan: Plan) -> list[tuple[int, list[Tally]]]:
    """Tallies after so many corrections, drawn from the train folds."""
    return [(size, _after_lessons(program, plan, size)) for size in LESSON_SIZES]


def _after_lessons(program: str, plan: Plan, size: int) -> list[Tally]:
    codes, documents = labelled(program), shipped(program)
    read = readings_of(documents, terms(program))
    tallies: dict[int, Tally] = {}
    for seed, train, test in plan.splits(documents):
        setting = chosen([read[one.key] for one in train], codes)
        drawn = random.Random(seed).sample(train, min(size, len(train)))
        lessons = Lessons.learn(examples(drawn))
        tally = tallies.setdefault(seed, Tally(codes))
        for one in test:
            tally.add_conditions(one, read[one.key].codes(setting, lessons))
    return list(tallies.values())


def copies_found(documents: Sequence[Document]) -> Copies:
    """Copies made of each document and looked for among all; companions looked for among others."""
    shelf = Shelf(Known(one.key, one.whole) for one in documents)
    made = [(one.key, shelf.like(_copied(one, at))) for at, one in enumerate(documents)]
    taken = [(key, {like.key for like in found if like.kind == COPY}) for key, found in made]
    return Copies(
        copies=len(made),
        found=sum(key in copies for key, copies in taken),
        mistaken=sum(len(copies - {key}) for key, copies in taken),
        **_companions(documents),
    )


def _companions(documents: Sequence[Document]) -> dict[str, int]:
    counted = {"with_companions": 0, "closest": 0, "among_three": 0}
    for one in documents:
        others = [other for other in documents if other.key != one.key]
        meant = {other.key for other in others if other.event == one.event}
        if meant:
            shelf = Shelf(Known(other.key, other.whole) for other in others)
            found = [like.key for like in shelf.like(one.whole)]
            counted["with_companions"] += 1
            counted["closest"] += bool(meant & set(found[:1]))
            counted["among_three"] += bool(meant & set(found[:3]))
    return counted


def _copied(one: Document, seed: int) -> str:
    chance = random.Random(seed)
    words = one.whole.split()
    kept = words[: int(len(words) * _KEPT_OF_COPY)]
    for at in range(chance.randrange(_CHANGED_WORD), len(kept), _CHANGED_WORD):
        kept[at] = "reportedly"
    return " ".join(["(Agency)", *kept])


def faults(program: str, documents: Sequence[Document]) -> Iterator[str]:
    """Wrong answers: a passage that is not where it says, or two answers to one question."""
    triage = Triage(terms(program))
    for one in documents:
        suggestion = triage.suggest(title=one.title, text=one.text)
        if suggestion != triage.suggest(title=one.title, text=one.text):
            yield f"{program}: two answers on {one.key}"
        for passage in _passages(suggestion):
            whole = one.title if passage.part == "title" else one.text
            if whole[passage.start : passage.end] != passage.text:
                yield f"{program}: a passage of {one.key} is not at {passage.start}"
            if any(not passage.start <= start < end <= passage.end for start, end in passage.words):
                yield f"{program}: words of {one.key} lie outside their passage"


def _passages(suggestion: Suggestion) -> Iterator[Passage]:
    for condition in suggestion.conditions:
        yield from condition.passages
        for item in condition.items:
            yield from item.passages
