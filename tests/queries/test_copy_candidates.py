"""The few documents that are worth to be compared with a text, found by the index."""

from __future__ import annotations

import pytest
from django.db import connection

from conditions.queries.copy_candidates import candidates_for, copies_for
from conditions.rules.phrases import names_of, phrases_of
from tests.factories import make_evidence
from tests.rules.test_triage_copies import OTHER, REWORDED, SAME_EVENT, WIRE

pytestmark = pytest.mark.django_db


def test_copies_come_before_reports_with_the_same_names() -> None:
    wire = make_evidence(title="Four held", summary=WIRE)
    event = make_evidence(title="Suspects in Qusayr", summary=SAME_EVENT)
    make_evidence(title="New notes", summary=OTHER)
    assert candidates_for("Arrests", REWORDED) == [wire.pk, event.pk]
    assert copies_for(f"Arrests\n{REWORDED}") == [wire.pk]
    assert candidates_for("Arrests", REWORDED, exclude=[wire.pk]) == [event.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_candidates_are_bounded_and_take_two_queries(rows: int, django_assert_num_queries) -> None:
    made = [make_evidence(title="Four held", summary=WIRE) for _ in range(rows)]
    with django_assert_num_queries(2):
        assert candidates_for("Four held", WIRE) == [one.pk for one in reversed(made)]
    assert candidates_for("Four held", WIRE, most=1) == [made[-1].pk]


@pytest.mark.parametrize("text", ["", "…", "\x00", "a", '"AND" OR NOT (', "ab*", "و"])
def test_no_text_breaks_the_index(text: str) -> None:
    make_evidence(summary=WIRE)
    assert candidates_for(text, text) == []
    assert candidates_for("", f"{text} {WIRE} {text}") != []


def test_a_script_without_capitals_is_searched_by_its_longest_words() -> None:
    arabic = "أعلنت وزارة الداخلية القبض على أربعة مشتبه بهم قرب القصير في ريف حمص"
    made = make_evidence(summary=arabic)
    assert candidates_for("", "قال مصدر إن وزارة الداخلية احتجزت مشتبه بهم قرب القصير") == [made.pk]


def test_the_index_is_what_finds_them() -> None:
    make_evidence(summary=WIRE)
    search = phrases_of(WIRE)
    assert search is not None
    assert 10 <= len(search.searches) <= 13
    assert names_of("", "") is None
    assert phrases_of("two words") is None
    said = search.for_fts5() if connection.vendor == "sqlite" else search.for_tsquery()
    assert "interior" in said
