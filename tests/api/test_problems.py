"""Problems: one shape for every refusal, whoever makes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from conditions.api.problems import problem_of
from conditions.models.guards import all_guards
from tests.api.conftest import Caller, caller
from tests.factories import make_assessment, make_program

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}


def test_an_address_that_leads_nowhere(stranger: Caller) -> None:
    answer = stranger.get("nowhere/at/all")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "type": "urn:sanctions-conditions:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
        "instance": "/api/v1/nowhere/at/all",
        "errors": [],
    }


def test_a_missing_slash_leads_on(stranger: Caller) -> None:
    answer = stranger.get("programs?page_size=1")

    assert (answer.status_code, answer["Location"]) == (302, "/api/v1/programs/?page_size=1")
    assert stranger.post("programs", {}).status_code == 404


@pytest.mark.parametrize(
    ("send", "status", "words"),
    [
        ({"body": b"{"}, 400, "This is not JSON"),
        ({"body": b"[]"}, 400, "This is not an object."),
        ({"body": b'{"name": "\\ud800"}'}, 400, "This is not JSON"),
        ({"body": b"a=b", "content_type": "text/plain"}, 415, "Content-Type: application/json"),
        ({"body": b'{"x": "' + b"x" * 3_000_000 + b'"}'}, 413, "at most 2621440 bytes"),
    ],
)
def test_a_body_that_cannot_be_read(send: dict[str, Any], status: int, words: str) -> None:
    answer = caller("analyst").post("sources/", **send)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json().keys() == MEMBERS
    assert words in answer.json()["detail"]


def test_a_method_that_an_address_does_not_know(stranger: Caller) -> None:
    for method in ("DELETE", "PUT", "OPTIONS"):
        answer = stranger.send(method, "programs/")
        assert answer.status_code == 405
        assert answer.json()["status"] == 405
        assert "GET" in answer["Allow"]


def test_every_fault_of_a_body_is_told_at_once() -> None:
    answer = caller("analyst").post(
        "evidence/",
        {
            "title": "A title",
            "source_id": "x",
            "credibility": 7,
            "stance": "supports",
            "links": [{"program": "p", "condition": "A", "stance": "for"}],
        },
    )
    errors = {error["field"]: error for error in answer.json()["errors"]}

    assert answer.status_code == 400
    assert errors.keys() == {"stance", "source_id", "summary", "credibility", "links[0].stance"}
    assert errors["credibility"]["value"] == 7
    assert errors["links[0].stance"]["value"] == "for"
    assert errors["links[0].stance"]["remedy"] == "Use one of supports, contradicts, neutral."
    assert errors["stance"]["message"] == "There is no such field here."
    assert "title, source_id, summary" in errors["stance"]["remedy"]


def test_more_requests_than_the_rate_wait(stranger: Caller, settings: Any) -> None:
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"nobody": "2/min", "reader": "3/min", "writer": "1/min"},
    }
    make_program(slug="p")
    viewer = caller("viewer")
    answers = [stranger.get("programs/").status_code for _ in range(3)]
    last = stranger.get("programs/")

    assert answers == [200, 200, 429]
    assert last["Retry-After"] == "61"
    assert last.json()["title"] == "Too Many Requests"
    assert [viewer.get("programs/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert stranger.get("programs/p/status/").status_code == 200


@pytest.mark.parametrize("guard", all_guards(), ids=lambda guard: guard.name)
def test_a_guard_of_the_database_speaks_for_itself(guard: Any) -> None:
    problem = problem_of(IntegrityError(f"{guard.sentence}\nCONTEXT: line 3 at RAISE"))

    assert problem is not None
    assert problem.detail == guard.sentence
    assert problem.status == (403 if guard.label == "four_eyes" else 409)


def test_an_approval_past_the_action_is_refused_by_the_database_and_told() -> None:
    program = make_program(slug="p")
    waiting = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="submitted"
    )
    waiting.state, waiting.approved_by, waiting.approved_at = (
        "approved",
        waiting.author,
        waiting.submitted_at,
    )
    with pytest.raises(IntegrityError) as refused:
        waiting.save()

    problem = problem_of(refused.value)

    assert problem is not None
    assert (problem.status, problem.detail) == (
        403,
        "Nobody approves what they wrote. Ask another reviewer.",
    )


def test_a_constraint_speaks_in_its_own_words_and_never_in_sql() -> None:
    message = 'new row violates check constraint "source_reliability_a_to_f" DETAIL: (1, secret)'
    known, unknown = problem_of(IntegrityError(message)), problem_of(IntegrityError("secret"))

    assert known is not None
    assert unknown is not None
    assert known.detail == "Source reliability runs from A to F."
    assert "secret" not in unknown.detail


def test_a_fault_of_ours_is_not_dressed_up() -> None:
    assert problem_of(ZeroDivisionError()) is None
    assert Client().get("/api/v1/conditions/99999999999999999999999/").status_code == 404
