"""A judgement confirmed unchanged, and a waiver by a named authority, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.http import HttpResponse

from conditions.api.problems import problem_of
from conditions.models import Assessment, Event, Program
from tests.api.conftest import Caller, caller
from tests.days import SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program

pytestmark = pytest.mark.django_db
ROLES = (None, "viewer", "analyst", "reviewer", "manager")
WRITERS = {"analyst", "manager"}


@pytest.fixture
def place(db: None) -> Program:
    return make_program(slug="p")


@pytest.fixture
def manager(db: None) -> Caller:
    return caller("manager")


def judged(place: Program) -> Assessment:
    """The judgement of cycle 3."""
    return make_assessment(
        condition=place.conditions.get(),
        cycle=place.cycles.get(number=3),
        valid_from=SECOND_DUE,
    )


def confirm(who: Caller, place: Program) -> HttpResponse:
    judged(place)
    address = f"conditions/{place.conditions.get().pk}/confirm-unchanged/"
    return who.post(address, {"cycle": 4, "reason": "Nothing was reported."})


@pytest.mark.parametrize("role", ROLES)
def test_who_may_confirm(place: Program, role: str | None) -> None:
    who = caller(role)
    answer = confirm(who, place)
    if role in WRITERS:
        assert answer.status_code == 201, answer.content
        assert Event.objects.order_by("pk").last().actor == who.user
        return
    assert answer.status_code == (401 if role is None else 403)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Event.objects.filter(actor=who.user, actor__isnull=False).exists()


def test_a_token_that_may_only_read_confirms_nothing(place: Program) -> None:
    answer = confirm(caller("manager", scope="read"), place)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["remedy"] == "Use a token with the scope write."
    assert not Assessment.objects.still_open().exists()


class TestConfirming:
    def test_the_last_judgement_is_submitted_anew(self, place: Program) -> None:
        analyst = caller("analyst")
        answer = confirm(analyst, place)
        told = answer.json()
        assert (told["state"], told["cycle"], told["status"]) == ("submitted", 4, "2")
        assert told["rationale"] == "Unchanged since cycle 3. Nothing was reported."
        assert answer["Location"].endswith(f"/api/v1/assessments/{told['id']}/")
        assert answer["ETag"] == analyst.get(f"assessments/{told['id']}/")["ETag"]

    def test_a_second_try_is_a_conflict(self, place: Program) -> None:
        analyst = caller("analyst")
        confirm(analyst, place)
        address = f"conditions/{place.conditions.get().pk}/confirm-unchanged/"
        again = analyst.post(address, {"cycle": 4, "reason": "Nothing was reported."})
        assert again.status_code == 409
        assert again.json()["errors"][0]["remedy"] == "Continue that one."

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"reason": ""}, 400, "reason"),
            ({"cycle": 99}, 404, "cycle"),
            ({"cycle": "four"}, 400, "cycle"),
            ({"cycle": 3}, 409, "condition"),
            ({"confirms": 999}, 409, "confirms"),
            ({"status": "4"}, 400, "status"),
        ],
    )
    def test_what_cannot_be_confirmed_is_refused_at_its_field(
        self, place: Program, change: dict[str, Any], status: int, field: str
    ) -> None:
        judged(place)
        address = f"conditions/{place.conditions.get().pk}/confirm-unchanged/"
        body = {"cycle": 4, "reason": "Nothing was reported.", **change}
        answer = caller("analyst").post(address, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
        assert not Assessment.objects.still_open().exists()


class TestWaiving:
    """A waiver over the API is a judgement that names its authority."""

    def body(self, **changes: Any) -> dict[str, Any]:
        return {
            "program": "p",
            "condition": "ALPHA",
            "cycle": 4,
            "rationale": "Waived for the fiscal year.",
            "valid_from": "2026-11-21",
            "status": "W",
            "confidence": "high",
            "confidence_reason": "An act of the authority named.",
            "authority": "The President, determination of 20 November 2026",
            "findings": [{"checklist_item": "A.1", "status": "W"}],
            **changes,
        }

    def drafted(self, who: Caller, **changes: Any) -> tuple[str, HttpResponse]:
        made = who.post("assessments/", self.body(**changes))
        assert made.status_code == 201, made.content
        return made["Location"].removeprefix("http://testserver/api/v1/"), made

    def test_it_names_its_authority(self, place: Program) -> None:
        manager = caller("manager")
        address, made = self.drafted(manager)
        submitted = manager.post(f"{address}submit/", If_Match=made["ETag"])
        assert submitted.json()["authority"].startswith("The President")
        approved = caller("reviewer").post(f"{address}approve/", If_Match=submitted["ETag"])
        assert approved.status_code == 200
        told = caller(None).get(address).json()
        assert told["authority"] == submitted.json()["authority"]
        assert (told["withdrawn_by"], told["author"]) == (None, None)

    def test_without_one_it_is_not_submitted(self, place: Program) -> None:
        manager = caller("manager")
        address, made = self.drafted(manager, authority="")
        answer = manager.post(f"{address}submit/", If_Match=made["ETag"])
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "authority"

    def test_no_other_status_has_one(self, place: Program) -> None:
        manager = caller("manager")
        cited = make_evidence(condition=place.conditions.get())
        answer = manager.post("assessments/", self.body(status="2", cited=[cited.pk]))
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "authority"
        address, made = self.drafted(manager)
        kept = manager.patch(address, {"rationale": "Otherwise."}, If_Match=made["ETag"])
        assert kept.json()["authority"].startswith("The President")
        turned = manager.patch(address, {"status": "U"}, If_Match=kept["ETag"])
        assert turned.json()["errors"][0]["remedy"] == "Leave it empty, or choose W Waived."
        both = {"status": "U", "authority": ""}
        assert manager.patch(address, both, If_Match=kept["ETag"]).status_code == 200

    def test_nobody_approves_their_own(self, manager: Caller, place: Program) -> None:
        address, made = self.drafted(manager)
        submitted = manager.post(f"{address}submit/", If_Match=made["ETag"])
        answer = manager.post(f"{address}approve/", If_Match=submitted["ETag"])
        assert answer.status_code == 403
        assert answer.json()["type"].endswith(":other-eyes-needed")

    def test_the_database_s_own_refusal_is_told_in_its_words(
        self, manager: Caller, place: Program
    ) -> None:
        address, made = self.drafted(manager)
        manager.post(f"{address}submit/", If_Match=made["ETag"])
        said = {"state": "approved", "approved_by": manager.user, "approved_at": noon(TODAY)}
        with pytest.raises(IntegrityError) as refused:
            Assessment.objects.update(**said)
        problem = problem_of(refused.value)
        assert problem is not None
        assert (problem.status, problem.kind) == (403, "database-refused")
        assert problem.detail == "Nobody approves what they wrote. Ask another reviewer."
