"""Gaps: what the evidence on an item still lacks, the gravest first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conditions.rules.evidence import EvidenceRule, Exhibit
from conditions.rules.gaps import GapKind, gaps_of

DAY = date(2026, 6, 1)
RULE = EvidenceRule()


def exhibit(source: int, stance: str = "supports", grade: str = "B", **fields: object) -> Exhibit:
    return Exhibit(source, fields.get("voice"), grade, 2, stance, bool(fields.get("primary")))


def kinds(*exhibits: Exhibit, age: int = 0, rule: EvidenceRule | None = RULE) -> list[GapKind]:
    newest = DAY - timedelta(days=age)
    return [gap.kind for gap in gaps_of(exhibits, rule, newest_on=newest, day=DAY, quiet_days=60)]


BOTH_SIDES = (exhibit(1), exhibit(2, "contradicts"))


def test_nothing_on_file_is_one_gap_and_not_four():
    assert [gap.kind for gap in gaps_of([], RULE, newest_on=None, day=DAY)] == [GapKind.EMPTY]


def test_two_sources_on_both_sides_lack_nothing():
    assert kinds(*BOTH_SIDES) == []


@pytest.mark.parametrize(("age", "is_quiet"), [(59, False), (60, True), (61, True)])
def test_quiet_from_the_last_of_its_days(age, is_quiet):
    assert (GapKind.QUIET in kinds(*BOTH_SIDES, age=age)) is is_quiet


def test_thin_says_why():
    (gap, *_) = gaps_of([exhibit(1)], RULE, newest_on=DAY, day=DAY)
    assert gap.kind is GapKind.THIN
    assert gap.sentence == "Thin: One independent source; two are needed."


def test_a_condition_as_a_whole_has_no_rule_and_is_never_thin():
    assert kinds(exhibit(1), rule=None) == [GapKind.ONE_SIDED, GapKind.SINGLE_SOURCE]


@pytest.mark.parametrize(
    ("stance", "missing"), [("supports", "contradicts"), ("contradicts", "supports")]
)
def test_one_sided_names_the_side_that_is_missing(stance, missing):
    found = gaps_of([exhibit(1, stance), exhibit(2, stance)], RULE, newest_on=DAY, day=DAY)
    assert [gap.sentence for gap in found] == [f"One-sided: nothing on file {missing} it."]


def test_two_copies_of_one_wire_are_one_source():
    copies = (exhibit(1, voice="wire"), exhibit(2, "contradicts", voice="wire"))
    assert kinds(*copies) == [GapKind.THIN, GapKind.SINGLE_SOURCE]


def test_what_takes_no_side_is_on_file_but_carries_nothing():
    assert kinds(exhibit(1, "neutral")) == [GapKind.THIN]
