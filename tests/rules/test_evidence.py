"""Admiralty grades, and when documents are enough: twelve copies of one wire are one source."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.evidence import (
    CREDIBILITY,
    RELIABILITY,
    BadGrade,
    EvidenceRule,
    Exhibit,
    grade_chip,
    independent_sources,
    is_one_sided,
    is_single_source,
    rule_met,
)
from conditions.rules.refusals import Invalid

STANCES = {"+": "supports", "-": "contradicts", "0": "neutral", "?": ""}


def exhibits(text: str) -> list[Exhibit]:
    """Documents in a line, such as sana:C+ ; sana/afp:C+ carries AFP's words; ! is primary."""
    found = []
    for word in text.split():
        source, grade = word.rstrip("!").split(":")
        source, _, voice = source.partition("/")
        stance = STANCES[grade[1]]
        found.append(Exhibit(source, voice or None, grade[0], 2, stance, word.endswith("!")))
    return found


@pytest.mark.parametrize(
    ("documents", "met", "reason"),
    [
        ("", False, "No independent sources; two are needed."),
        ("afp:B+", False, "One independent source; two are needed."),
        ("afp:B+ afp:B+", False, "One independent source; two are needed."),
        ("afp:B+ sana:C+", True, "Two independent sources, one graded B or better."),
        ("ohchr:A+ sana:E+", True, "Two independent sources, one graded B or better."),
        ("blog:C+ sana:C+", False, "Two independent sources, none graded B or better."),
        # F cannot be judged: it counts as a source and is not B or better.
        ("new:F+ afp:B+", True, "Two independent sources, one graded B or better."),
        ("new:F+ other:F+", False, "Two independent sources, none graded B or better."),
        # Copies of one wire are one source, the wire's own page included.
        ("sana/afp:C+ daily/afp:B+", False, "One independent source; two are needed."),
        ("sana/afp:C+ afp:B+", False, "One independent source; two are needed."),
        (
            "sana/afp:C+ daily/afp:B+ ohchr:A+",
            True,
            "Two independent sources, one graded B or better.",
        ),
        (
            "sana/afp:C+ sana:C+ ohchr:A+",
            True,
            "Two independent sources, one graded B or better.",
        ),
        # Documents on both sides bear on the question; neutral and unlinked ones carry nothing.
        ("afp:B+ sana:C-", True, "Two independent sources, one graded B or better."),
        ("afp:B+ sana:C0", False, "One independent source; two are needed."),
        ("afp:B? sana:C?", False, "No independent sources; two are needed."),
        ("sana:C+!", True, "A primary document of the body responsible."),
        ("sana:C0!", False, "No independent sources; two are needed."),
    ],
)
def test_the_default_rule(documents: str, met: bool, reason: str):
    verdict = rule_met(EvidenceRule(), exhibits(documents))
    assert (verdict.met, verdict.reason) == (met, reason)


@pytest.mark.parametrize(
    ("rule", "documents", "met", "reason"),
    [
        (EvidenceRule(1, None, False), "new:F+", True, "One independent source."),
        (EvidenceRule(1, None, False), "", False, "No independent sources; one is needed."),
        (EvidenceRule(2, None, True), "new:F+ x:F-", True, "Two independent sources."),
        (EvidenceRule(2, "B", False), "un:A+!", False, "One independent source; two are needed."),
        (EvidenceRule(1, "A", False), "un:B+", False, "One independent source, none graded A."),
        (EvidenceRule(1, "A", False), "un:A+", True, "One independent source, one graded A."),
    ],
)
def test_a_checklist_item_may_ask_for_more_or_less(
    rule: EvidenceRule, documents: str, met: bool, reason: str
):
    verdict = rule_met(rule, exhibits(documents))
    assert (verdict.met, verdict.reason) == (met, reason)


@pytest.mark.parametrize(
    ("documents", "one_sided", "single_source"),
    [
        ("", False, False),
        ("afp:B+", True, True),
        ("afp:B-", True, True),
        ("afp:B+ sana:C+", True, False),
        ("afp:B+ sana:C-", False, False),
        ("afp:B+ afp:B-", False, True),
        ("sana/afp:C+ daily/afp:C+", True, True),
        ("afp:B+ sana:C0", True, True),
        ("afp:B0", False, False),
        ("afp:B? sana:C?", False, False),
    ],
)
def test_what_a_reader_is_warned_of(documents: str, one_sided: bool, single_source: bool):
    assert is_one_sided(exhibits(documents)) is one_sided
    assert is_single_source(exhibits(documents)) is single_source


@pytest.mark.parametrize(
    ("documents", "number"),
    [
        # A source counts once, whosever words it carries.
        ("sana/afp:C+ sana:C+", 1),
        ("sana/afp:C+ sana/reuters:C+", 1),
        ("sana/afp:C+ daily/afp:C+", 1),
        ("sana/afp:C+ daily/reuters:C+", 2),
        # Sana stands for its own words, so Daily may stand for the wire.
        ("daily/afp:C+ sana/afp:C+ sana:C+", 2),
        ("daily/afp:C+ sana/afp:C+ sana:C0", 1),
        # Whoever carries two wires leaves one of them to another.
        ("sana/afp:C+ sana/reuters:C+ daily/afp:C-", 2),
        ("sana/afp:C+ sana/reuters:C+ daily/afp:C+ post/reuters:C+", 2),
        ("sana/afp:C+ daily/afp:C+ daily/dpa:C+ post/dpa:C+ post/ap:C+", 3),
    ],
)
def test_no_two_that_count_share_a_source_or_a_voice(documents: str, number: int):
    assert independent_sources(exhibits(documents)) == number
    assert independent_sources(reversed(exhibits(documents))) == number


WORDS = st.sampled_from(
    [f"{source}{voice}:C+" for source in "abcd" for voice in ("", "/v", "/w", "/x")]
)


@given(st.lists(WORDS, max_size=9))
def test_the_most_documents_that_can_stand_side_by_side_are_counted(documents: list[str]):
    several = exhibits(" ".join(documents))
    apart = (
        group
        for size in range(len(several) + 1)
        for group in combinations(several, size)
        if len({one.source_id for one in group}) == size == len({one.speaker for one in group})
    )
    assert independent_sources(several) == max(map(len, apart))


def test_a_long_chain_of_papers_and_wires_is_counted():
    chain = " ".join(f"p{n}/w{n}:C+ p{n}/w{n + 1}:C+" for n in reversed(range(2_000)))
    assert independent_sources(exhibits(f"{chain} last/w0:C+")) == 2_001


@given(st.integers(1, 12), st.sampled_from("ABCDEF"), st.sampled_from("+-"))
def test_copies_of_one_wire_are_one_source(copies: int, grade: str, side: str):
    wire = exhibits(" ".join(f"paper{n}/afp:{grade}{side}" for n in range(copies)))
    assert is_single_source(wire)
    assert not rule_met(EvidenceRule(), wire).met


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            EvidenceRule(),
            "At least two independent sources, one of them graded B or better,"
            " or one primary document of the body responsible.",
        ),
        (EvidenceRule(1, None, False), "At least one independent source."),
        (EvidenceRule(1, "A", False), "At least one independent source, graded A."),
        (
            EvidenceRule(3, None, True),
            "At least three independent sources, or one primary document of the body responsible.",
        ),
    ],
)
def test_a_rule_is_one_plain_sentence(rule: EvidenceRule, sentence: str):
    assert rule.sentence() == sentence


def test_a_rule_is_read_from_a_pack():
    pack = {"independent_sources": 2, "one_at_least": "B", "or_primary_document": True}
    assert EvidenceRule.from_mapping(pack) == EvidenceRule() == EvidenceRule.from_mapping({})


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"sources": 2}, "sources"),
        ({"independent_sources": 0}, "independent_sources"),
        ({"independent_sources": True}, "independent_sources"),
        ({"one_at_least": "F"}, "one_at_least"),
        ({"one_at_least": "b"}, "one_at_least"),
        ({"one_at_least": 2}, "one_at_least"),
        ({"or_primary_document": "yes"}, "or_primary_document"),
    ],
)
def test_a_rule_nobody_can_follow_is_refused(mapping: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        EvidenceRule.from_mapping(mapping)
    assert refused.value.field == field
    assert refused.value.remedy


def test_every_pair_of_letters_and_numbers_is_a_grade():
    chips = [grade_chip(letter, number) for letter in RELIABILITY for number in CREDIBILITY]
    assert (len(chips), chips[0], chips[-1]) == (36, "A1", "F6")


@pytest.mark.parametrize(("letter", "number"), [("G", 1), ("b", 2), ("B", 0), ("B", 7), ("", 1)])
def test_anything_else_is_no_grade(letter: str, number: int):
    with pytest.raises(BadGrade, match="is not a grade") as refused:
        grade_chip(letter, number)
    assert refused.value.remedy == "Give a reliability from A to F and a credibility from 1 to 6."
