"""The steps of a cycle and of giving up an assessment, over the API: who may, what is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.key_judgements import write_key_judgements
from conditions.models import (
    Assessment,
    CycleRevision,
    Event,
    KeyJudgements,
    Program,
    Publication,
    ReviewCycle,
)
from tests.api.conftest import Caller, caller
from tests.days import DAY, FIRST_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db

ROLES = (None, "viewer", "analyst", "reviewer", "manager")
WRITERS = {"analyst", "manager"}
MANAGERS = {"manager"}
WHY = "The committee moved the date."
SENTENCES = ["Prisoners are still held.", "The border is open."]


@pytest.fixture
def place(db: None) -> Program:
    """One condition, judged in cycle 1; nothing is closed."""
    place = make_program(slug="p")
    make_assessment(condition=place.conditions.get(), cycle=place.cycles.get(number=1))
    return place


def cycle_of(place: Program, number: int) -> ReviewCycle:
    return place.cycles.get(number=number)


def at(place: Program, number: int, step: str = "") -> str:
    return f"cycles/{cycle_of(place, number).pk}/{step}"


def closed(place: Program) -> None:
    close_cycle(cycle=cycle_of(place, 1), by=make_user("manager"), as_of=noon(TODAY - DAY))


def written(
    place: Program, *statements: str, by: Any = None, number: int = 0, on: Any = TODAY
) -> KeyJudgements:
    return write_key_judgements(
        cycle=cycle_of(place, 1),
        statements=statements or SENTENCES,
        by=by or make_user("analyst"),
        as_of=noon(on),
        expected_number=number,
    )


def draft(place: Program, author: Any = None) -> Assessment:
    return make_assessment(
        condition=place.conditions.get(),
        cycle=cycle_of(place, 4),
        valid_from=TODAY,
        as_of=noon(TODAY),
        author=author,
        state="draft",
    )


def problem(answer: HttpResponse) -> tuple[int, str]:
    """The status of a refusal and the field it names; every one says what would be accepted."""
    assert answer["Content-Type"] == "application/problem+json"
    one = answer.json()["errors"][0]
    assert {"field", "value", "remedy", "message"} == one.keys()
    assert one["remedy"]
    return answer.status_code, one["field"]


class Steps:
    """Each step, ready to be tried by anybody."""

    def __init__(self, place: Program) -> None:
        self.place = place

    def close(self, who: Caller) -> HttpResponse:
        return who.post(at(self.place, 1, "close/"), {"note": "On the day."})

    def extend(self, who: Caller) -> HttpResponse:
        return who.post(at(self.place, 4, "extend/"), {"due_on": "2027-03-19", "reason": WHY})

    def skip(self, who: Caller) -> HttpResponse:
        return who.post(at(self.place, 3, "skip/"), {"reason": WHY})

    def write(self, who: Caller) -> HttpResponse:
        body = {"statements": SENTENCES, "number": 0}
        return who.post(at(self.place, 1, "key-judgements/"), body)

    def publish(self, who: Caller) -> HttpResponse:
        closed(self.place)
        written(self.place)
        return who.post("publications/", {"program": "p", "cycle": 1, "note": "Key judgements."})

    def waive(self, who: Caller, **changes: Any) -> HttpResponse:
        body = {"cycle": 4, "authority": "The President, Test Act, section 2", "reason": WHY}
        address = f"conditions/{self.place.conditions.get().pk}/waive/"
        return who.post(address, body | changes)

    def withdraw(self, who: Caller) -> HttpResponse:
        writes = who.user is not None and who.user.has_perm("conditions.add_assessment")
        address = f"assessments/{draft(self.place, who.user if writes else None).pk}/"
        etag = caller("manager", scope="read").get(address)["ETag"]
        return who.post(f"{address}withdraw/", {"reason": "Begun by mistake."}, If_Match=etag)


ALLOWED = {
    "close": (MANAGERS, 200, "publication.made"),
    "extend": (MANAGERS, 200, "cycle.extended"),
    "skip": (MANAGERS, 200, "cycle.skipped"),
    "write": (WRITERS, 201, "keyjudgements.written"),
    "publish": (MANAGERS, 201, "publication.corrected"),
    "waive": (MANAGERS, 201, "assessment.submitted"),
    "withdraw": (WRITERS, 200, "assessment.withdrawn"),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", ALLOWED)
def test_who_may_take_which_step(place: Program, role: str | None, step: str) -> None:
    who = caller(role)
    roles, done, verb = ALLOWED[step]
    answer = getattr(Steps(place), step)(who)
    if role in roles:
        assert answer.status_code == done, answer.content
        assert Event.objects.filter(verb=verb, actor=who.user).exists()
        return
    # A viewer may not know of a draft, so that it is not there for them.
    unseen = (role, step) == ("viewer", "withdraw")
    refused = 401 if role is None else 404 if unseen else 403
    assert answer.status_code == refused, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Event.objects.filter(verb=verb, actor=who.user).exists()


@pytest.mark.parametrize("step", ALLOWED)
def test_a_token_that_reads_only_takes_no_step(place: Program, step: str) -> None:
    answer = getattr(Steps(place), step)(caller("manager", scope="read"))
    assert problem(answer) == (403, "Authorization")


def test_a_session_takes_a_step_with_the_csrf_token_only(place: Program) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("manager"))
    here = Caller(client)
    assert Steps(place).extend(here).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    body = {"due_on": "2027-03-19", "reason": WHY}
    answer = here.post(at(place, 4, "extend/"), body, X_CSRFToken="a" * 32)
    assert answer.status_code == 200


def test_closing_answers_with_the_cycle_as_it_is_read(place: Program) -> None:
    manager = caller("manager")
    answer = Steps(place).close(manager)
    told = answer.json()
    assert (told["state"], told["closing_note"]) == ("closed", "On the day.")
    assert (told["closed_on"], told["published_version"]) == ("2026-11-21", 1)
    assert manager.get(at(place, 1)).json() == told
    assert answer["ETag"] == manager.get(at(place, 1))["ETag"]
    assert Publication.objects.get().cycle_id == told["id"]
    assert problem(Steps(place).close(manager))[0] == 409


def test_a_cycle_that_lacks_judgements_is_not_closed(place: Program) -> None:
    answer = caller("manager").post(at(place, 2, "close/"))
    assert problem(answer) == (409, "cycle")
    assert "ALPHA" in answer.json()["detail"]
    assert cycle_of(place, 2).closed_at is None


def test_an_extension_moves_the_date_and_keeps_the_scheduled_one(place: Program) -> None:
    told = Steps(place).extend(caller("manager")).json()
    assert (told["due_on"], told["scheduled_due_on"]) == ("2027-03-19", "2027-03-05")
    assert CycleRevision.objects.filter(cycle=told["id"], reason=WHY).exists()


def test_skipping_says_that_there_was_no_review(place: Program) -> None:
    told = Steps(place).skip(caller("manager")).json()
    assert (told["state"], told["is_skipped"], told["closing_note"]) == ("skipped", True, WHY)
    assert told["published_version"] is None
    answer = caller("manager").post(at(place, 1, "skip/"), {"reason": WHY})
    assert problem(answer) == (409, "cycle")
    assert "ALPHA is judged" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("close/", {"note": 5, "surprise": 1}, "surprise"),
        ("close/", [], "body"),
        ("extend/", {"reason": WHY}, "due_on"),
        ("extend/", {"due_on": "soon", "reason": WHY}, "due_on"),
        ("extend/", {"due_on": "2027-03-19"}, "reason"),
        ("extend/", {"due_on": "2027-03-19", "reason": " "}, "reason"),
        ("extend/", {"due_on": "2027-03-01", "reason": WHY}, "due_on"),
        ("skip/", {}, "reason"),
        ("skip/", {"reason": " "}, "reason"),
        ("key-judgements/", {"statements": SENTENCES}, "number"),
        ("key-judgements/", {"statements": SENTENCES, "number": -1}, "number"),
        ("key-judgements/", {"number": 0}, "statements"),
        ("key-judgements/", {"statements": ["", " "], "number": 0}, "statements"),
        ("key-judgements/", {"statements": ["One."] * 7, "number": 0}, "statements"),
        ("key-judgements/", {"statements": ["x" * 401], "number": 0}, "statements"),
        ("key-judgements/", {"statements": ["One.", 5.5, {}], "number": 0}, "statements[2]"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    place: Program, step: str, body: Any, field: str
) -> None:
    events = Event.objects.count()
    assert problem(caller("manager").post(at(place, 4, step), body)) == (400, field)
    assert Event.objects.count() == events


@pytest.mark.parametrize("step", ["close/", "extend/", "skip/", "key-judgements/"])
def test_there_is_no_such_cycle(place: Program, step: str) -> None:
    assert problem(caller("manager").post(f"cycles/999999/{step}", {})) == (404, "id")
    assert caller("manager").post(at(place, 1, step), {}, bad="1").status_code != 404
    if step != "key-judgements/":
        assert caller("manager").get(at(place, 1, step)).status_code == 405


@pytest.mark.parametrize("size", [1, 3])
def test_key_judgements_take_the_same_queries_at_any_size(
    stranger: Caller, place: Program, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        written(
            place, *[f"Set {number}, {one}." for one in range(size)], number=number, on=FIRST_DUE
        )
    closed(place)
    address = at(place, 1, "key-judgements/")
    with django_assert_num_queries(2):
        told = stranger.get(address).json()
    assert (told["number"], len(told["statements"])) == (size, size)


def test_a_set_replaces_the_one_it_names(place: Program) -> None:
    analyst, address = caller("analyst"), at(place, 1, "key-judgements/")
    assert analyst.get(address).json() == {
        "program": "p",
        "cycle": 1,
        "number": 0,
        "statements": [],
        "recorded_at": None,
    }
    first = analyst.post(address, {"statements": SENTENCES, "number": 0})
    assert first["Location"].endswith(f"/api/v1/{address}")
    assert first.json() == analyst.get(address).json()
    assert (first.json()["number"], first.json()["statements"]) == (1, SENTENCES)
    late = analyst.post(address, {"statements": ["Another."], "number": 0})
    assert problem(late) == (409, "number")
    same = analyst.post(address, {"statements": SENTENCES, "number": 1})
    assert problem(same) == (409, "statements")
    second = analyst.post(address, {"statements": [" Only  this. ", ""], "number": 1})
    assert second.json()["statements"] == ["Only this."]
    assert KeyJudgements.objects.count() == 2


def test_a_set_is_for_the_team_until_it_is_published(place: Program) -> None:
    address = at(place, 1, "key-judgements/")
    outside, team = (caller(None), caller("viewer")), (caller("analyst"), caller("reviewer"))

    def told() -> list[int]:
        return [one.get(address).json()["number"] for one in (*outside, *team)]

    written(place, "The first.", on=FIRST_DUE)
    assert told() == [0, 0, 1, 1]
    closed(place)
    assert told() == [1, 1, 1, 1]
    written(place, "Not yet published.", number=1)
    assert told() == [1, 1, 2, 2]
    assert b"Not yet published" not in caller(None).get(address).content
    body = {"program": "p", "cycle": 1, "note": "A better sentence."}
    assert caller("manager").post("publications/", body).status_code == 201
    assert told() == [2, 2, 2, 2]
    Program.objects.update(is_public=False)
    assert [one.get(address).status_code for one in outside] == [404, 200]


def test_who_wrote_key_judgements_does_not_close(place: Program) -> None:
    manager = caller("manager")
    assert Steps(place).write(manager).status_code == 201
    answer = Steps(place).close(manager)
    assert problem(answer) == (403, "published_by")
    assert answer.json()["detail"] == (
        "You wrote key judgements of cycle 1, so you cannot publish them. "
        "Ask another manager to close or publish it."
    )
    assert cycle_of(place, 1).closed_at is None
    assert not Publication.objects.exists()
    assert Steps(place).close(caller("manager")).status_code == 200


def test_who_wrote_key_judgements_publishes_no_correction(place: Program) -> None:
    manager = caller("manager")
    closed(place)
    written(place, by=manager.user)
    body = {"program": "p", "cycle": 1, "note": "A better sentence."}
    answer = manager.post("publications/", body)
    assert problem(answer) == (403, "published_by")
    assert "You wrote key judgements of cycle 1" in answer.json()["detail"]
    assert Publication.objects.count() == 1


def test_a_correction_is_a_new_version_with_its_address(place: Program) -> None:
    manager = caller("manager")
    answer = Steps(place).publish(manager)
    row = answer.json()
    assert (row["version"], row["note"], row["cycle"]) == (2, "Key judgements.", 1)
    assert answer["Location"].endswith(f"/api/v1/publications/{row['id']}/")
    assert caller(None).get(f"publications/{row['id']}/").json() == row
    content = caller(None).get(f"publications/{row['id']}/content/").content
    assert json.loads(content)["key_judgements"] == SENTENCES
    body = {"program": "p", "cycle": 1, "note": "Once more."}
    same = manager.post("publications/", body)
    assert problem(same) == (409, "cycle")
    assert "would say what version 2 says" in same.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"cycle": 2}, 409, "cycle"),
        ({"cycle": 99}, 404, "cycle"),
        ({"program": "nowhere"}, 404, "cycle"),
        ({"note": " "}, 400, "note"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_what_is_no_correction_is_refused_by_field(
    place: Program, change: dict[str, Any], status: int, field: str
) -> None:
    closed(place)
    body = {"program": "p", "cycle": 1, "note": "A document was missed.", **change}
    assert problem(caller("manager").post("publications/", body)) == (status, field)
    assert Publication.objects.count() == 1


def test_a_withdrawal_names_what_it_withdraws(place: Program) -> None:
    who = caller("analyst")
    address = f"assessments/{draft(place, who.user).pk}/"
    body, etag = {"reason": "Begun by mistake."}, who.get(address)["ETag"]
    Assessment.objects.filter(state="draft").update(revision=9)
    without = who.post(f"{address}withdraw/", body)
    old = who.post(f"{address}withdraw/", body, If_Match=etag)
    assert problem(without) == (428, "If-Match")
    assert problem(old) == (412, "If-Match")
    assert "revision 9" in old.json()["detail"]
    current = who.get(address)["ETag"]
    done = who.post(f"{address}withdraw/", body, If_Match=current)
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert done["ETag"] == who.get(address)["ETag"] != current
    again = who.post(f"{address}withdraw/", body, If_Match=done["ETag"])
    assert problem(again)[0] == 409


def test_a_withdrawal_needs_a_reason_and_its_own_author(place: Program) -> None:
    who = caller("analyst")
    address = f"assessments/{draft(place, who.user).pk}/"
    etag = who.get(address)["ETag"]
    for body in ({}, {"reason": " "}):
        assert problem(who.post(f"{address}withdraw/", body, If_Match=etag)) == (400, "reason")
    other = caller("analyst").post(f"{address}withdraw/", {"reason": WHY}, If_Match=etag)
    assert problem(other) == (403, "by")
    assert who.get(address).json()["state"] == "draft"
    manager = caller("manager").post(f"{address}withdraw/", {"reason": WHY}, If_Match=etag)
    assert manager.status_code == 200
    assert caller(None).get(address).status_code == 404


def test_who_wrote_in_an_assessment_does_not_approve_it(place: Program) -> None:
    manager = caller("manager")
    address = f"assessments/{draft(place, manager.user).pk}/"
    etag = manager.get(address)["ETag"]
    submitted = manager.post(f"{address}submit/", If_Match=etag)
    answer = manager.post(f"{address}approve/", If_Match=submitted["ETag"])
    assert problem(answer) == (403, "approved_by")
    assert "You wrote in this assessment" in answer.json()["detail"]


def test_a_waiver_is_a_judgement_that_somebody_else_approves(place: Program) -> None:
    manager = caller("manager")
    answer = Steps(place).waive(manager)
    told = answer.json()
    assert (told["status"], told["state"], told["cycle"]) == ("W", "submitted", 4)
    assert told["authority"] == "The President, Test Act, section 2"
    address = answer["Location"].removeprefix("http://testserver/api/v1/")
    own = manager.post(f"{address}approve/", If_Match=answer["ETag"])
    assert problem(own) == (403, "approved_by")
    other = caller("reviewer").post(f"{address}approve/", If_Match=answer["ETag"])
    assert other.json()["state"] == "approved"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"authority": " "}, 400, "authority"),
        ({"authority": "x" * 2001}, 400, "authority"),
        ({"reason": " "}, 400, "reason"),
        ({"reason": None}, 400, "reason"),
        ({"cycle": 99}, 404, "cycle"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_what_is_no_waiver_is_refused_by_field(
    place: Program, change: dict[str, Any], status: int, field: str
) -> None:
    assert problem(Steps(place).waive(caller("manager"), **change)) == (status, field)
    assert Assessment.objects.filter(cycle__number=4).count() == 0


@pytest.mark.parametrize("due_on", ["2399-12-31", "9999-12-31", "0001-01-01"])
def test_a_date_beyond_all_calendars_is_refused(place: Program, due_on: str) -> None:
    body = {"due_on": due_on, "reason": WHY}
    assert problem(caller("manager").post(at(place, 4, "extend/"), body)) == (400, "due_on")


def test_a_cycle_due_is_extended_from_where_it_stands(place: Program) -> None:
    address = at(place, 3, "extend/")
    told = caller("manager").post(address, {"due_on": "2026-11-30", "reason": WHY}).json()
    assert (told["due_on"], told["scheduled_due_on"]) == ("2026-11-30", str(THIRD_DUE))
    assert cycle_of(place, 4).starts_on.isoformat() == "2026-11-30"
