"""The API while two people code blind: no endpoint tells what one of them has sealed."""

from __future__ import annotations

import pytest

from conditions.models import Assessment, Coding, DoubleCoding, Event
from tests.api.conftest import Caller, caller, make_token
from tests.codings import make_double_coding, seal
from tests.days import TODAY
from tests.factories import make_evidence, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def half() -> DoubleCoding:
    """A double coding of which the first coder has sealed a coding, and the second has not."""
    program = make_program()
    condition = program.conditions.get()
    made = make_double_coding(condition, program.cycles.get(number=4))
    seal(made, made.first_coder, "3", rationale="Zebra units were handed over.")
    return made


def everybody(half: DoubleCoding) -> dict[str, Caller]:
    people = {role: caller(role) for role in ("viewer", "analyst", "reviewer", "manager")}
    other = half.second_coder
    plain = caller(None)
    return {
        **people,
        "stranger": plain,
        "other coder": Caller(plain.client, other, make_token(other)),
    }


def test_no_endpoint_tells_of_a_coding(half: DoubleCoding) -> None:
    slug = half.cycle.program.slug
    for who, person in everybody(half).items():
        lists = person.get("").json()
        addresses = [
            name
            for name, value in lists.items()
            if isinstance(value, str) and "{" not in value and name not in ("schema", "docs")
        ]
        assert {"events", "assessments", "cycles", "conditions"} <= set(addresses), addresses
        for address in (
            *(f"{name}/" for name in addresses),
            f"programs/{slug}/status/",
            f"programs/{slug}/status/?format=csv",
            f"conditions/{half.condition_id}/",
            *(f"events/{event.pk}/" for event in Event.objects.all()),
        ):
            answer = person.get(address)
            assert b"Zebra" not in answer.content, (who, address)


@pytest.mark.parametrize(
    ("role", "told"),
    [("viewer", False), ("analyst", True), ("reviewer", True), ("manager", True)],
)
def test_the_event_tells_the_team_that_it_was_sealed_and_no_more(
    half: DoubleCoding, role: str, told: bool
) -> None:
    found = caller(role).get("events/", {"verb": "coding.sealed"}).json()["results"]
    assert len(found) == told
    for event in found:
        assert event["after"] == {"sha256": Coding.objects.get().sha256}
        assert (event["before"], event["reason"]) == (None, "")


def test_a_stranger_is_told_of_no_event_about_coding(half: DoubleCoding, stranger: Caller) -> None:
    answer = stranger.get("events/")
    assert b"coding" not in answer.content


def test_a_judgement_waits_for_the_coders_and_says_for_whom(
    half: DoubleCoding, analyst: Caller
) -> None:
    evidence = make_evidence(condition=half.condition)
    body = {
        "program": half.cycle.program.slug,
        "condition": half.condition.code,
        "cycle": half.cycle.number,
        "status": "2",
        "trend": "new",
        "confidence": "moderate",
        "confidence_reason": "Two sources.",
        "rationale": "Written past the coders.",
        "valid_from": TODAY.isoformat(),
        "cited": [evidence.pk],
    }
    refused = analyst.post("assessments/", body)
    assert refused.status_code == 409, refused.content
    problem = refused.json()
    assert f"{half.second_coder} has still to code it blind." in str(problem)
    assert not Assessment.objects.exists()
    seal(half, half.second_coder)
    accepted = analyst.post("assessments/", body)
    assert accepted.status_code == 201, accepted.content
    writers = set(Assessment.objects.get().authors.values_list("user", flat=True))
    assert writers == {analyst.user.pk, half.first_coder_id, half.second_coder_id}
