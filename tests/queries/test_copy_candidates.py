"""The few documents that are worth to be compared with a text, found by the index."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from conditions.queries.copy_candidates import copies_for
from conditions.rules.phrases import phrases_of
from tests.factories import make_evidence
from tests.rules.test_triage_copies import OTHER, REWORDED, SAME_EVENT, WIRE

pytestmark = pytest.mark.django_db


def test_what_holds_a_phrase_of_a_text_may_be_a_copy_of_it() -> None:
    wire = make_evidence(title="Four held", summary=WIRE)
    make_evidence(title="Suspects in Qusayr", summary=SAME_EVENT)
    make_evidence(title="New notes", summary=OTHER)
    assert copies_for(f"Arrests\n{REWORDED}") == [wire.pk]
    assert copies_for(f"Arrests\n{REWORDED}", exclude=[wire.pk]) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_candidates_are_bounded_and_take_one_query(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [make_evidence(title="Four held", summary=WIRE) for _ in range(rows)]
    with django_assert_num_queries(1):
        assert copies_for(WIRE) == [one.pk for one in reversed(made)]
    assert copies_for(WIRE, most=1) == [made[-1].pk]


@pytest.mark.parametrize("text", ["", "…", "\x00", "a", '"AND" OR NOT (', "ab*", "و"])
def test_no_text_breaks_the_index(text: str) -> None:
    make_evidence(summary=WIRE)
    assert copies_for(text) == []
    assert copies_for(f"{text} {WIRE} {text}") != []


def test_the_index_is_what_finds_them() -> None:
    make_evidence(summary=WIRE)
    search = phrases_of(WIRE)
    assert search is not None
    assert 10 <= len(search.searches) <= 13
    assert phrases_of("two words") is None
    said = search.for_fts5() if connection.vendor == "sqlite" else search.for_tsquery()
    assert "interior" in said
