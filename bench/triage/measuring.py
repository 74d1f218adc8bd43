"""Measuring: grouped cross-validation, what an installation suggests, and wrong answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.triage.documents import Document, labelled
from bench.triage.figures import ItemTally, Tally
from bench.triage.folds import folds
from bench.triage.methods import METHODS, Fitted
from bench.triage.readings import Reading
from conditions.actions.triage_terms import terms_of
from conditions.rules.triage import (
    Passage,
    Setting,
    Suggestion,
    TermLists,
    Triage,
)


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


def terms(program: str) -> TermLists:
    """A program's field terms; both that ship have a file."""
    lists = terms_of(program)
    if lists is None:
        raise LookupError(f"{program} has no field terms.")
    return lists


def cross_validated(
    program: str,
    documents: Sequence[Document],
    read: Mapping[str, Reading],
    plan: Plan,
    method: str,
) -> list[Tally]:
    """A tally for each repeat: every document judged by what was fitted without its event."""
    codes = labelled(program)
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


def as_shipped(
    documents: Sequence[Document], read: Mapping[str, Reading], codes: Sequence[str]
) -> Tally:
    """A tally of what an installation suggests: the setting in the code, nothing learned."""
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


def items_suggested(program: str, documents: Sequence[Document]) -> ItemTally:
    """A tally of checklist items over the documents whose items were filed."""
    triage, tally = Triage(terms(program)), ItemTally()
    for one in documents:
        if one.items is not None:
            conditions = triage.suggest(title=one.title, text=one.text).conditions
            said = [
                item.code for part in conditions if part.code in one.codes for item in part.items
            ]
            tally.add(said=frozenset(said), meant=one.items)
    return tally


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
