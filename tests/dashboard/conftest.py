"""The pages on a named day, with nothing kept from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from conditions.models import Condition, Evidence, Program
from conditions.queries.answers import SHELF
from tests.days import FIRST_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

CODES = ("ALPHA", "BRAVO", "CHARLIE")


@pytest.fixture(autouse=True)
def _named_day(db: None) -> Iterator[None]:
    SHELF.clear()
    with time_machine.travel(noon(TODAY), tick=False):
        yield
    SHELF.clear()


@pytest.fixture
def analyst_client() -> Client:
    """A browser in which an analyst is signed in."""
    client = Client()
    client.force_login(make_user("analyst"))
    return client


def filled_program(conditions: int, *, slug: str = "test-program") -> Program:
    """A program with so many conditions, each judged in two cycles on evidence of both sides."""
    program = make_program(slug=slug, conditions=CODES[:conditions])
    cycles = {cycle.number: cycle for cycle in program.cycles.all()}
    for condition in program.conditions.all():
        for stance in ("supports", "contradicts", "neutral"):
            documents = [
                make_evidence(condition=condition, stance=stance, recorded_at=noon(WHITE_HOUSE))
                for _ in range(conditions)
            ]
        for number, status in ((1, "2"), (2, "3")):
            make_assessment(
                condition=condition,
                cycle=cycles[number],
                status=status,
                rationale=f"Judged {condition.code} in cycle {number}.",
                cited=tuple(document.pk for document in documents),
            )
    program.refresh_from_db()
    return program


def secret_evidence(condition: Condition, sensitivity: str) -> Evidence:
    """A linked document that not everybody may see."""
    return make_evidence(
        condition=condition,
        sensitivity=sensitivity,
        title=f"Only for some: {sensitivity}",
        published_on=FIRST_DUE,
    )
