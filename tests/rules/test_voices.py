"""Voices: one wire in two papers is suggested, two reporters in the same street are not."""

from __future__ import annotations

import json
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.search_words import words_of
from conditions.rules.voices import (
    LEAST_CONTAINED_OF_ONE_EVENT,
    LONGEST_PASSAGE,
    LONGEST_VOICE,
    Wording,
    alike,
    joined,
    longest_shared,
    shared,
    voice_named,
)
from tests.rules.test_triage_copies import OTHER, REWORDED, SAME_EVENT, WIRE

SHIPPED = Path(__file__).parents[2] / "fixtures/evidence/syria.jsonl"
TEXTS = st.text(alphabet="ab cd ef\n.", max_size=200)


def wording(text: str, event: str = "", copy: str = "") -> Wording:
    return Wording.of(event, " ".join(words_of(text)), " ".join(words_of(copy)))


def reworded(text: str, every: int) -> str:
    """The text with every so many words replaced."""
    words = text.split()
    return " ".join("reportedly" if at % every == every - 1 else w for at, w in enumerate(words))


def test_the_same_wire_is_suggested_with_or_without_an_event() -> None:
    for event in ("", "qusayr-cell"):
        found = alike(wording(WIRE, event), wording(REWORDED, event))
        assert found is not None
        assert found.contained >= 70
        assert found.same_event is bool(event)


@pytest.mark.parametrize("event", ["", "qusayr-cell"])
@pytest.mark.parametrize("other", [SAME_EVENT, OTHER])
def test_the_event_alone_makes_no_copy(event: str, other: str) -> None:
    assert alike(wording(WIRE, event), wording(other, event)) is None


@pytest.mark.parametrize(
    ("every", "on_one_event", "otherwise"),
    [(12, True, True), (5, True, False), (3, False, False), (2, False, False)],
)
def test_on_one_event_a_reworded_copy_is_suggested_earlier(
    every: int, on_one_event: bool, otherwise: bool
) -> None:
    text = reworded(WIRE, every)
    assert (alike(wording(WIRE, "cell"), wording(text, "cell")) is not None) is on_one_event
    assert (alike(wording(WIRE, "cell"), wording(text, "raid")) is not None) is otherwise


def test_a_wire_inside_a_stored_copy_is_found() -> None:
    page = f"{OTHER} {WIRE} " + " ".join(f"paragraph{at}" for at in range(500))
    found = alike(wording(WIRE), wording(OTHER, copy=page))
    assert found is not None
    assert found.contained == 100


def test_a_sentence_says_too_little() -> None:
    short = "The border post at Nasib was opened again on Sunday morning."
    assert alike(wording(short, "nasib"), wording(short, "nasib")) is None


def test_no_two_shipped_documents_on_one_event_are_taken_for_copies() -> None:
    """Each was told in our own words: reports on one event share a tenth of it at most."""
    rows = [json.loads(line) for line in SHIPPED.read_text().splitlines()]
    told = [wording(f"{row['summary']}\n{row['text']}", row["event"] or "") for row in rows]
    on_one_event = [
        (first, second)
        for first, second in combinations(told, 2)
        if first.event and first.event == second.event
    ]
    assert len(on_one_event) > 20
    assert [pair for pair in combinations(told, 2) if alike(*pair)] == []


def test_every_shipped_document_is_found_in_a_copy_with_every_twelfth_word_changed() -> None:
    rows = [json.loads(line) for line in SHIPPED.read_text().splitlines()]
    for row in rows:
        text = f"{row['summary']}\n{row['text']}"
        assert alike(wording(text), wording(reworded(text, 12))) is not None, row["id"]


def test_what_two_texts_share_is_marked_in_each() -> None:
    first = "On Sunday four men, all armed, were held near Qusayr."
    second = "Officials: four men all armed were held by police."
    parts = shared(first, second)
    assert "".join(part.text for part in parts) == first
    assert [part.text for part in parts if part.is_hit] == ["four men, all armed, were held"]
    assert [part.text for part in shared(second, first) if part.is_hit] == [
        "four men all armed were held"
    ]
    assert longest_shared(first, second) == "four men, all armed, were held"


def test_a_long_shared_passage_is_cut() -> None:
    assert len(longest_shared(WIRE * 5, WIRE * 5)) == LONGEST_PASSAGE
    assert longest_shared(WIRE, OTHER) == ""


@given(TEXTS, TEXTS)
def test_marking_loses_no_character(text: str, other: str) -> None:
    assert "".join(part.text for part in shared(text, other)) == text


@given(TEXTS, TEXTS)
def test_likeness_is_the_same_both_ways(text: str, other: str) -> None:
    first, second = wording(text), wording(other)
    assert alike(first, second) == alike(second, first)


@pytest.mark.parametrize(
    ("publisher", "event", "day", "taken", "name"),
    [
        ("Agence Wire", "coast-2025-03", None, (), "agence-wire-coast-2025-03"),
        ("Agence Wire", "", date(2025, 3, 9), (), "agence-wire-2025-03-09"),
        ("Agence Wire", "", None, ("agence-wire",), "agence-wire-2"),
        ("Agence Wire", "", None, ("agence-wire", "agence-wire-2"), "agence-wire-3"),
        ("Élan", "", None, (), "elan"),
        ("صحيفة", "", None, (), "voice"),
    ],
)
def test_a_voice_is_named_after_publisher_and_event_or_day(publisher, event, day, taken, name):
    assert voice_named(publisher, event, day, taken) == name


def test_a_voice_has_a_name_that_can_be_stored() -> None:
    name = voice_named("Long name " * 30, "event-" * 30, None, ())
    assert len(name) <= LONGEST_VOICE - 4


def test_what_hangs_together_is_one_group() -> None:
    assert joined([(1, 2), (5, 6), (2, 3)]) == [frozenset({1, 2, 3}), frozenset({5, 6})]
    assert joined([(1, 2), (3, 4), (2, 3)]) == [frozenset({1, 2, 3, 4})]
    assert joined([]) == []


def test_the_threshold_lies_between_what_reporters_and_copies_share() -> None:
    assert 0.1 < LEAST_CONTAINED_OF_ONE_EVENT < 0.5
