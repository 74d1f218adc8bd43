"""Our answer beside the official finding, in every pairing."""

from __future__ import annotations

from itertools import product

import pytest

from conditions.models.official import OfficialFinding
from conditions.rules.divergence import (
    SENTENCES,
    Divergence,
    OfficialWord,
    diverge,
    is_divergent,
)
from conditions.rules.rollup import Answer
from conditions.rules.values import BadValue

TABLE = """
                 affirmed      not_affirmed  silent           not_submitted  nothing
affirmative      agree         we_say_yes    official_silent  not_submitted  not_recorded
not_affirmative  we_say_no     agree         official_silent  not_submitted  not_recorded
undetermined     ours_open     ours_open     official_silent  not_submitted  not_recorded
not_required     not_required  not_required  not_required     not_required   not_required
"""
FINDINGS, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [
    (answer, None if finding == "nothing" else finding, kind)
    for answer, *kinds in ROWS
    for finding, kind in zip(FINDINGS, kinds, strict=True)
]


@pytest.mark.parametrize(("answer", "finding", "kind"), CASES)
def test_each_pairing_has_its_kind(answer: str, finding: str | None, kind: str):
    assert diverge(answer, finding) is Divergence(kind)


def test_the_table_has_every_pairing_and_every_kind():
    assert {case[:2] for case in CASES} == set(product(Answer, [*OfficialWord, None]))
    assert {kind for *_, kind in CASES} == set(Divergence)


def test_only_a_yes_against_a_no_diverges():
    assert {kind for kind in Divergence if is_divergent(kind)} == {"we_say_no", "we_say_yes"}


def test_every_kind_has_a_sentence_of_its_own():
    assert set(SENTENCES) == set(Divergence)
    assert len(set(SENTENCES.values())) == len(Divergence)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_the_words_are_those_on_file():
    assert set(OfficialWord) == set(OfficialFinding.Outcome.values)


@pytest.mark.parametrize(
    ("answer", "finding", "field"),
    [
        ("yes", "affirmed", "answer"),
        ("affirmative", "", "finding"),
        ("not_required", "x", "finding"),
    ],
)
def test_a_word_that_is_not_in_use_is_refused(answer: str, finding: str, field: str):
    with pytest.raises(BadValue, match="Give one of ") as refusal:
        diverge(answer, finding)
    assert refusal.value.field == field
