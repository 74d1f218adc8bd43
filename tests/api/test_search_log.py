"""The search log over the API: written by the team, read by others without places and words."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.models import Program, SearchEntry
from conditions.queries.answers import PAGES
from tests.api.conftest import Caller, caller
from tests.days import SECOND_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_search

pytestmark = pytest.mark.django_db
LIST = "search-log/"


@pytest.fixture
def place(db: None) -> Program:
    return make_program(slug="p", conditions=("ALPHA",))


def body(**changes: Any) -> dict[str, Any]:
    return {
        "program": "p",
        "condition": "ALPHA",
        "cycle": 4,
        "places": "UN document system",
        "terms": "prison, سجن",
        "searched_on": TODAY.isoformat(),
        "result": "nothing",
        **changes,
    }


def test_a_search_is_logged_and_read_back(place: Program) -> None:
    analyst = caller("analyst")
    answer = analyst.post(LIST, body(checklist_item="A.1"))
    assert answer.status_code == 201
    row = answer.json()
    assert row == {
        "id": SearchEntry.objects.get().pk,
        "program": "p",
        "condition": "ALPHA",
        "checklist_item": "A.1",
        "cycle": 4,
        "searched_on": "2026-11-21",
        "result": "nothing",
        "places": "UN document system",
        "terms": "prison, سجن",
        "note": "",
        "corrects": None,
        "is_corrected": False,
        "recorded_at": row["recorded_at"],
        "recorded_by": analyst.user.username,
    }
    assert analyst.get(f"{LIST}{row['id']}/").json() == row


def test_a_correction_names_its_entry(place: Program) -> None:
    analyst = caller("analyst")
    first = analyst.post(LIST, body()).json()["id"]
    note = "One report had been missed."
    saved = analyst.post(LIST, body(corrects=first, result="found", note=note)).json()
    assert saved["corrects"] == first
    assert analyst.get(f"{LIST}{first}/").json()["is_corrected"]
    again = analyst.post(LIST, body(corrects=first, note=note))
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "corrects")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"places": ""}, 400, "places"),
        ({"result": "maybe"}, 400, "result"),
        ({"searched_on": "2027-01-01"}, 400, "searched_on"),
        ({"cycle": 5}, 400, "cycle"),
        ({"condition": "OMEGA"}, 404, "condition"),
        ({"checklist_item": "Z.9"}, 404, "checklist_item"),
        ({"corrects": 99999}, 404, "corrects"),
    ],
)
def test_what_is_wrong_is_named(
    place: Program, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = caller("analyst").post(LIST, body(**changes))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert not SearchEntry.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_others_do_not_write(place: Program, role: str) -> None:
    assert caller(role).post(LIST, body()).status_code == 403


def test_outsiders_read_days_and_results_once_it_is_judged(
    stranger: Caller, place: Program
) -> None:
    condition, cycle = place.conditions.get(), place.cycles.get(number=3)
    make_search(condition=condition, cycle=place.cycles.get(number=4), searched_on=TODAY)
    make_assessment(condition=condition, cycle=cycle, status="U", valid_from=SECOND_DUE)
    [row] = stranger.get(LIST).json()["results"]
    assert (row["cycle"], row["searched_on"], row["result"]) == (3, "2026-07-08", "nothing")
    told = {row[name] for name in ("places", "terms", "note", "recorded_by")}
    assert told == {None}
    assert len(caller("viewer").get(LIST).json()["results"]) == 2


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("program=p", 2),
        ("condition=ALPHA&cycle=4", 1),
        ("checklist_item=A.1", 1),
        ("result=found", 0),
        ("searched_since=2026-11-21", 1),
        ("is_corrected=true", 0),
        (f"changed_since={TODAY}T00:00:00Z", 1),
    ],
)
def test_the_log_is_narrowed(place: Program, query: str, number: int) -> None:
    condition = place.conditions.get()
    make_search(condition=condition, cycle=place.cycles.get(number=3), as_of=noon(THIRD_DUE))
    make_search(
        condition=condition,
        cycle=place.cycles.get(number=4),
        searched_on=TODAY,
        items=condition.checklist.all(),
    )
    assert len(caller("viewer").get(f"{LIST}?{query}").json()["results"]) == number


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_a_fixed_number_of_queries(
    stranger: Caller, place: Program, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    condition, cycle = place.conditions.get(), place.cycles.get(number=3)
    make_assessment(condition=condition, cycle=cycle, status="U", valid_from=SECOND_DUE)
    for number in range(rows - 1):
        make_search(condition=condition, cycle=cycle, terms=f"word {number}")
    PAGES.clear()
    with django_assert_num_queries(2):
        assert len(stranger.get(LIST).json()["results"]) == rows


def test_submitting_u_names_the_search_that_is_missing(place: Program) -> None:
    analyst = caller("analyst")
    draft = make_assessment(
        condition=place.conditions.get(),
        cycle=place.cycles.get(number=4),
        status="U",
        author=analyst.user,
        state="draft",
    )
    address = f"assessments/{draft.pk}/submit/"
    refused = analyst.post(address, {}, if_match=f'"{draft.revision}"')
    assert refused.status_code == 400
    assert "needs a search to stand on" in refused.json()["detail"]


def test_an_item_tells_whether_its_rule_is_met(stranger: Caller, place: Program) -> None:
    [row] = stranger.get("checklist-items/?program=p").json()["results"]
    assert row["rule"].startswith("At least two independent sources")
    assert row["rule_met"] is False
    assert row["rule_reason"] == "No document is filed under this item."
    [told] = stranger.get("programs/p/status/").json()["conditions"]
    assert told["unmet_items"] == ["A.1"]
