"""Official reports over the API: read by everybody, recorded and replaced by managers."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.actions.official import record_official_finding
from conditions.actions.official_reports import record_official_report
from conditions.models import Event, OfficialReport, Program
from conditions.queries.answers import PAGES
from tests.api.conftest import Caller, caller
from tests.days import SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program

pytestmark = pytest.mark.django_db
ROLES = (None, "viewer", "analyst", "reviewer", "manager")
LIST = "official-reports/"


@pytest.fixture
def place(db: None) -> Program:
    return make_program(slug="p", conditions=("ALPHA",))


def send(place: Program, number: int = 2, **changes: Any) -> OfficialReport:
    return record_official_report(
        **{
            "cycle": place.cycles.get(number=number),
            "submitted_on": SECOND_DUE,
            "by": None,
            "as_of": noon(THIRD_DUE),
            **changes,
        }
    )


def body(**changes: Any) -> dict[str, Any]:
    return {"program": "p", "cycle": 3, "submitted_on": "2026-11-10", **changes}


def test_a_record_is_told_with_its_window_and_state(stranger: Caller, place: Program) -> None:
    sent = send(place, note="Seen in the Record.")
    row = stranger.get(LIST).json()["results"][0]
    assert row == {
        "id": sent.pk,
        "program": "p",
        "cycle": 2,
        "submitted_on": "2026-07-08",
        "released_on": None,
        "document": None,
        "document_sensitivity": None,
        "note": "Seen in the Record.",
        "replaces": None,
        "is_replaced": False,
        "recorded_at": "2026-11-05T12:00:00Z",
        "time_zone": "America/New_York",
        "opens_on": "2026-08-07",
        "closes_on": "2026-09-06",
        "state": "passed",
    }
    assert stranger.get(f"{LIST}{sent.pk}/").json() == row
    assert stranger.get("").json()["official-reports"].endswith("/api/v1/official-reports/")


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    stranger: Caller, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        send(make_program(slug=f"program-{number}"))
    with django_assert_num_queries(2):
        rows = stranger.get(LIST).json()["results"]
    assert len(rows) == size
    with django_assert_num_queries(1):
        stranger.get(f"{LIST}{rows[0]['id']}/")


def test_lists_are_narrowed_and_ordered(stranger: Caller, place: Program) -> None:
    first = send(place)
    second = send(place, replaces=first, note="A day later.")
    third = send(place, 3, submitted_on=THIRD_DUE)

    def ids(**query: str) -> list[int]:
        return [row["id"] for row in stranger.get(LIST, query).json()["results"]]

    assert ids() == [third.pk, second.pk, first.pk]
    assert ids(is_replaced="false") == [third.pk, second.pk]
    assert ids(cycle="2", ordering="id") == [first.pk, second.pk]
    assert ids(ordering="-submitted_on", page_size="1") == [third.pk]
    assert stranger.get(LIST, {"program": "nowhere"}).status_code == 400
    assert ids(changed_since="2026-11-06") == []
    assert stranger.get(LIST, {"state": "open"}).status_code == 400


def test_nothing_of_a_private_program_is_seen(stranger: Caller, place: Program) -> None:
    sent = send(place)
    assert stranger.get(f"{LIST}{sent.pk}/").status_code == 200
    Program.objects.update(is_public=False)
    PAGES.clear()
    assert stranger.get(LIST).json()["results"] == []
    assert stranger.get(f"{LIST}{sent.pk}/").status_code == 404
    assert caller("viewer").get(f"{LIST}{sent.pk}/").status_code == 200


@pytest.mark.parametrize(("role", "seen"), [(None, False), ("viewer", False), ("analyst", True)])
def test_a_restricted_document_is_named_to_those_who_may_know(
    place: Program, role: str | None, seen: bool
) -> None:
    secret = make_evidence(sensitivity="restricted")
    sent = send(place, document=secret)
    row = caller(role).get(f"{LIST}{sent.pk}/").json()
    assert (row["document"] == secret.key) is seen
    assert (row["document_sensitivity"] == "restricted") is seen


@pytest.mark.parametrize("role", ROLES)
def test_only_a_manager_records(place: Program, role: str | None) -> None:
    who = caller(role)
    answer = who.post(LIST, body())
    if role == "manager":
        assert answer.status_code == 201
        assert answer["Location"].endswith(f"/{LIST}{OfficialReport.objects.get().pk}/")
        assert Event.objects.get(verb="officialreport.recorded").actor == who.user
        return
    assert answer.status_code == (401 if role is None else 403)
    assert answer["Content-Type"] == "application/problem+json"
    assert not OfficialReport.objects.exists()


def test_a_token_that_reads_only_records_nothing(place: Program) -> None:
    assert caller("manager", scope="read").post(LIST, body()).status_code == 403
    assert not OfficialReport.objects.exists()


def test_a_record_is_replaced_once_and_says_why(place: Program) -> None:
    manager = caller("manager")
    first = manager.post(LIST, body()).json()
    again = manager.post(LIST, body())
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "cycle")
    changed = body(replaces=first["id"], released_on="2026-11-20")
    silent = manager.post(LIST, changed)
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "note")
    second = manager.post(LIST, changed | {"note": "Its text came out."})
    assert (second.status_code, second.json()["state"]) == (201, "released")
    assert manager.get(f"{LIST}{first['id']}/").json()["is_replaced"] is True
    twice = manager.post(LIST, changed | {"note": "Again."})
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (409, "replaces")


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"program": "nowhere"}, 404, "cycle"),
        ({"cycle": 99}, 404, "cycle"),
        ({"submitted_on": "2026-11-22"}, 400, "submitted_on"),
        ({"submitted_on": "soon"}, 400, "submitted_on"),
        ({"released_on": "2026-11-09"}, 400, "released_on"),
        ({"document_id": 999}, 404, "document_id"),
        ({"replaces": 999}, 404, "replaces"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    place: Program, change: dict[str, Any], status: int, field: str
) -> None:
    answer = caller("manager").post(LIST, body(**change))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert not OfficialReport.objects.exists()


def test_the_status_names_date_and_public_document(stranger: Caller, place: Program) -> None:
    document = make_evidence(title="The report", url="https://example.org/report")
    secret = make_evidence(sensitivity="team", title="Only for some")
    said = record_official_finding(
        condition=place.conditions.get(),
        cycle=place.cycles.get(number=4),
        finding="affirmed",
        found_on=TODAY,
        document=document,
        by=None,
        as_of=noon(TODAY),
    )

    def told(who: Caller) -> tuple[Any, ...]:
        one = who.get("programs/p/status/").json()["conditions"][0]
        return one["official_finding"], one["official_found_on"], one["official_document"]

    known = {"key": document.key, "title": "The report", "url": "https://example.org/report"}
    assert told(stranger) == ("affirmed", "2026-11-21", known)
    record_official_finding(
        condition=said.condition,
        cycle=said.cycle,
        finding="silent",
        found_on=TODAY,
        document=secret,
        by=None,
        as_of=noon(TODAY),
        corrects=said,
        note="Misread.",
    )
    assert told(stranger) == ("silent", "2026-11-21", None)
    assert told(caller("viewer"))[2]["title"] == "Only for some"
