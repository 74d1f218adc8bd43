"""What rests on a source's grade, and whether its items were graded apart from it."""

from __future__ import annotations

import pytest

from conditions.queries.source_grades import graded_alike, judgements_resting_on
from tests.days import FIRST_DUE, SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_source

pytestmark = pytest.mark.django_db


def test_judgements_that_cite_the_source_are_counted() -> None:
    condition = make_program().conditions.get()
    source = make_source()
    evidence = make_evidence(condition=condition, source=source)
    for number, day in ((2, FIRST_DUE), (3, SECOND_DUE)):
        make_assessment(
            condition=condition,
            cycle=condition.program.cycles.get(number=number),
            valid_from=day,
            cited=(evidence.pk,),
        )
    rests = judgements_resting_on(source.pk, known_at=noon(TODAY))
    assert (rests.approved, rests.in_force) == (2, 1)
    then = judgements_resting_on(source.pk, known_at=noon(FIRST_DUE))
    assert (then.approved, then.in_force) == (1, 1)
    assert judgements_resting_on(make_source().pk, known_at=noon(TODAY)).approved == 0


def test_five_items_graded_like_their_source_are_told() -> None:
    source = make_source(reliability="B")
    for _ in range(4):
        make_evidence(source=source, credibility=2)
    assert graded_alike(source) == 0
    make_evidence(source=source, credibility=2)
    assert graded_alike(source) == 5
    make_evidence(source=source, credibility=3)
    assert graded_alike(source) == 0
