"""Copies: the same wire reworded slightly is one, another report on the event is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.triage import Known, Shelf, Sketch
from conditions.rules.triage.copies import CLOSE, COPY

WIRE = (
    "The interior ministry said on Sunday that four members of a cell were arrested near the town "
    "of Qusayr. Officers found rifles, two rocket launchers and a list of names in a farmhouse. "
    "The men are said to have planned an attack on a police station in Homs. A spokesman thanked "
    "villagers for their help and announced that the search for three others goes on."
)
REWORDED = (
    "(Agency) The interior ministry said Sunday that four members of a cell were detained near the "
    "town of Qusayr. Officers found rifles, two rocket launchers and a list of names in a barn. "
    "The men are said to have planned an attack on a police station in Homs."
)
SAME_EVENT = (
    "Police near Qusayr have taken four suspects and seized launchers and guns, a spokesman told "
    "reporters. A post of the police in Homs was to be hit. Three more men are still wanted."
)
OTHER = (
    "The central bank in Damascus will issue new notes without two zeros in the coming year. "
    "Traders at the market hope for easier payments; some fear that prices will rise again."
)
SHELF = Shelf([Known("wire", WIRE), Known("other", OTHER)])


def test_the_same_wire_reworded_slightly_is_a_copy() -> None:
    first = SHELF.like(REWORDED)[0]
    assert (first.key, first.kind) == ("wire", COPY)
    assert first.score >= 70


def test_the_same_text_is_a_copy_in_any_spelling() -> None:
    (first, *_) = SHELF.like(WIRE.upper().replace(" ", "\n"))
    assert (first.key, first.kind, first.score) == ("wire", COPY, 100)


def test_another_report_on_the_event_is_close_and_no_copy() -> None:
    first, *others = SHELF.like(SAME_EVENT)
    assert (first.key, first.kind) == ("wire", CLOSE)
    assert {"qusayr", "launchers", "homs"} & set(first.shared)
    assert COPY not in {one.kind for one in others}


@pytest.mark.parametrize("text", ["", "...", "\x00", "Nothing alike at all, whatever one reads."])
def test_a_stranger_is_like_nothing(text: str) -> None:
    assert SHELF.like(text) == ()


def test_an_empty_shelf_finds_nothing() -> None:
    assert Shelf([]).like(WIRE) == ()


def test_a_short_wire_inside_a_long_report_is_a_copy() -> None:
    long_report = f"{OTHER} {WIRE} " + " ".join(f"paragraph{at}" for at in range(200))
    (first, *_) = Shelf([Known("long", long_report)]).like(WIRE)
    assert (first.key, first.kind) == ("long", COPY)


def test_as_many_are_named_as_asked_for() -> None:
    shelf = Shelf([Known(f"k{at}", WIRE) for at in range(5)])
    assert [one.key for one in shelf.like(WIRE, most=2)][:2] == ["k0", "k1"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_share_alike_both_ways(one: str, other: str) -> None:
    first, second = Sketch.of(one), Sketch.of(other)
    assert 0 <= first.likeness(second) <= 1
    assert first.likeness(second) == second.likeness(first)
    assert first.contained(second) == second.contained(first)
    assert not first.hashes or first.likeness(first) == 1


def test_a_sketch_of_a_huge_text_stays_small() -> None:
    sketch = Sketch.of(" ".join(f"word{at}" for at in range(100_000)))
    assert len(sketch.hashes) == 256
    assert sketch.size > 10_000
