"""What the admin's tests share: a named day, people signed in, and a program to work on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conditions.models import ChecklistItem, Condition, Evidence, Program, ReviewCycle, User
from tests.days import THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program, make_user


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Every request of these tests is made at noon of the fixed day, in cycle 4."""
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@dataclass(frozen=True)
class Person:
    """Somebody with a browser in which they are signed in."""

    user: User
    client: Client

    def get(self, name: str, /, *args: object, **query: Any) -> HttpResponse:
        """The page of that URL name."""
        return self.client.get(reverse(f"admin:{name}", args=args), query)

    def post(self, name: str, /, *args: object, **data: Any) -> HttpResponse:
        """The answer to a form sent to that URL name."""
        return self.client.post(reverse(f"admin:{name}", args=args), data)


def sign_in(role: str, **fields: Any) -> Person:
    """A new person of that role, signed in."""
    user = make_user(role, **fields)
    client = Client()
    client.force_login(user)
    return Person(user, client)


@pytest.fixture
def analyst(db: None) -> Person:
    """An analyst, signed in."""
    return sign_in("analyst", username="ana")


@pytest.fixture
def reviewer(db: None) -> Person:
    """A reviewer, signed in."""
    return sign_in("reviewer", username="rev")


@dataclass(frozen=True)
class Work:
    """One condition to be judged in cycle 4, with evidence on both sides."""

    program: Program
    condition: Condition
    cycle: ReviewCycle
    item: ChecklistItem
    supporting: Evidence
    contradicting: Evidence

    def form(self, **changes: Any) -> dict[str, Any]:
        """A complete Assess form as a browser sends it."""
        return {
            "intent": "save",
            "assessment": "",
            "revision": "",
            "cycle": self.cycle.pk,
            "proposed_day": TODAY.isoformat(),
            "status": "2",
            "trend": "from_status",
            "confidence": "moderate",
            "confidence_reason": "Two sources agree.",
            "rationale": "The evidence shows some of what was asked.",
            "dissent": "",
            "valid_from": TODAY.isoformat(),
            f"finding_{self.item.pk}_status": "2",
            f"finding_{self.item.pk}_note": "In part.",
            "cited": [self.supporting.pk, self.contradicting.pk],
            **changes,
        }


@pytest.fixture
def work(db: None, analyst: Person) -> Work:
    """A program tracked since cycle 4, whose one condition the analyst leads."""
    program = make_program(tracked_from=THIRD_DUE, lead=analyst.user)
    condition = program.conditions.get()
    return Work(
        program=program,
        condition=condition,
        cycle=program.cycles.get(number=4),
        item=condition.checklist.get(),
        supporting=make_evidence(condition=condition, stance="supports"),
        contradicting=make_evidence(condition=condition, stance="contradicts"),
    )
