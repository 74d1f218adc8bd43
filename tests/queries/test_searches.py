"""The search log as known at a moment: in full, counted, and as anybody may read it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import Condition, ReviewCycle
from conditions.queries.searches import as_public, search_counts, searches_for, searches_of
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import make_program, make_search

pytestmark = pytest.mark.django_db


@pytest.fixture
def alpha() -> Condition:
    return make_program().conditions.get()


@pytest.fixture
def cycle(alpha: Condition) -> ReviewCycle:
    return alpha.program.cycles.get(number=4)


def test_the_log_is_told_as_known_then(alpha: Condition, cycle: ReviewCycle) -> None:
    first = make_search(condition=alpha, cycle=cycle, searched_on=THIRD_DUE)
    make_search(
        condition=alpha,
        cycle=cycle,
        searched_on=THIRD_DUE,
        as_of=noon(TODAY),
        corrects=first,
        result="found",
        note="One report had been missed.",
    )
    assert searches_for(alpha.pk, cycle.pk, noon(THIRD_DUE - DAY)) == ()
    [then] = searches_for(alpha.pk, cycle.pk, noon(TODAY - DAY))
    assert (then.result, then.is_corrected) == ("nothing", False)
    newest, oldest = searches_for(alpha.pk, cycle.pk, noon(TODAY))
    assert (newest.result, newest.is_corrected, newest.is_correction) == ("found", False, True)
    assert (oldest.result, oldest.is_corrected) == ("nothing", True)


def test_one_search_for_several_items_is_one_line(alpha: Condition, cycle: ReviewCycle) -> None:
    alpha.checklist.create(code="A.2", position=2, statement="More.", evidence_rule={})
    make_search(condition=alpha, cycle=cycle, items=alpha.checklist.all())
    [line] = searches_for(alpha.pk, cycle.pk, noon(TODAY))
    assert [entry.item_code for entry in line.entries] == ["A.1", "A.2"]
    counts = search_counts([alpha.pk], [cycle.pk], noon(TODAY))
    assert (counts[alpha.pk, cycle.pk].number, counts[alpha.pk, cycle.pk].last_on) == (1, THIRD_DUE)


def test_all_cycles_of_a_condition_stand_newest_first(alpha: Condition, cycle: ReviewCycle) -> None:
    make_search(condition=alpha, cycle=alpha.program.cycles.get(number=3))
    make_search(condition=alpha, cycle=cycle, searched_on=TODAY)
    assert [line.cycle for line in searches_of(alpha.pk, noon(TODAY))] == [4, 3]


def test_the_public_reads_days_and_results_only(alpha: Condition, cycle: ReviewCycle) -> None:
    wrong = make_search(condition=alpha, cycle=cycle, places="A witness in Homs")
    make_search(
        condition=alpha,
        cycle=cycle,
        searched_on=TODAY,
        result="no_access",
        corrects=wrong,
        note="Refused.",
    )
    [told] = as_public(searches_for(alpha.pk, cycle.pk, noon(TODAY)))
    assert told.searched_on == TODAY
    assert told.result_words == "Could not be searched"
    assert "Homs" not in repr(told)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_takes_one_query(alpha: Condition, cycle: ReviewCycle, rows: int) -> None:
    for number in range(rows):
        make_search(condition=alpha, cycle=cycle, terms=f"word {number}")
    with CaptureQueriesContext(connection) as captured:
        assert len(searches_for(alpha.pk, cycle.pk, noon(TODAY))) == rows
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        search_counts([alpha.pk], [cycle.pk], noon(TODAY))
    assert len(captured) == 1
