"""The status of a program: the same judgement as the query's, early, late, and as a table."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.status import program_status
from tests.api.conftest import Caller, caller
from tests.days import TODAY
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db
STATUS = "programs/judged/status/"


def test_says_what_the_query_says(stranger: Caller, program: Program) -> None:
    answer = stranger.get(STATUS).json()
    told = program_status(program, AsOf(valid_at=TODAY, known_at=program.changed_at))

    assert [one["code"] for one in answer["conditions"]] == ["ALPHA", "BRAVO", "CHARLIE"]
    for one, condition in zip(answer["conditions"], told.conditions, strict=True):
        assert one["status"] == condition.status
        assert one["status_label"] == condition.status_label
        assert one["confidence_reason"] == condition.confidence_reason
        assert one["rationale"] == condition.rationale
        assert one["judged_in_cycle"] == condition.judged_in_cycle
        assert one["evidence"]["supports"] == condition.evidence.supports
        assert one["evidence"]["contradicts"] == condition.evidence.contradicts
        assert one["flags"] == list(condition.flags.names())
        assert one["work_state"] is None
    assert answer["cycle"] == {
        "number": 4,
        "starts_on": "2026-11-05",
        "due_on": "2027-03-05",
        "scheduled_due_on": "2027-03-05",
        "closed_at": None,
        "state": "open",
        "day": 16,
        "of": 120,
        "left": 104,
    }
    assert answer["four_eyes"] is True
    assert answer["is_demonstration"] is False
    assert "not official findings" in answer["disclaimer"]


def test_not_yet_assessed_is_neither_not_met_nor_cannot_be_assessed(
    stranger: Caller, program: Program
) -> None:
    alpha, bravo, charlie = stranger.get(STATUS).json()["conditions"]

    assert (alpha["status"], alpha["status_label"]) == ("1", "Initial steps")
    assert (bravo["status"], bravo["status_label"]) == ("U", "Cannot be assessed")
    assert (charlie["status"], charlie["status_label"]) == (None, "Not yet assessed")


def test_any_day_as_known_at_any_moment(stranger: Caller, program: Program) -> None:
    def alpha(**query: str) -> Any:
        return stranger.get(STATUS, query).json()["conditions"][0]["status"]

    assert alpha(valid_at="2026-03-09") == "3"
    assert alpha(valid_at="2026-03-10") == "1"
    assert alpha(valid_at="2026-03-10", known_at="2026-03-09") == "3"
    assert alpha(valid_at="2026-03-10", known_at="2026-03-10T12:00:00Z") == "1"
    assert alpha(valid_at="2026-03-10", known_at="2026-03-10T11:59:59Z") == "3"
    # The condition itself was first recorded on the tenth.
    assert stranger.get(STATUS, {"known_at": "2025-11-09"}).json()["conditions"] == []


def test_the_moment_it_names_gives_the_same_answer_again(
    stranger: Caller, program: Program
) -> None:
    now = stranger.get(STATUS).json()
    again = stranger.get(STATUS, {"valid_at": now["valid_at"], "known_at": now["known_at"]})

    assert again.json() == now


def test_csv_says_what_json_says(stranger: Caller, program: Program) -> None:
    whole = stranger.get(STATUS).json()
    answer = stranger.get(STATUS, {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert stranger.get(STATUS, Accept="text/csv").content == answer.content
    assert [_from_cells(row) for row in rows] == [
        _flat(whole, condition) for condition in whole["conditions"]
    ]


def _flat(whole: dict[str, Any], condition: dict[str, Any]) -> dict[str, str]:
    asked = ("program", "valid_at", "known_at")
    flat = {
        name if name in asked else f"program_{name}": value
        for name, value in whole.items()
        if name not in ("cycle", "conditions")
    }
    flat |= {f"cycle_{name}": value for name, value in whole["cycle"].items()}
    nested = ("evidence", "official_document", "flags", "unmet_items")
    flat |= {name: value for name, value in condition.items() if name not in nested}
    flat |= {f"evidence_{name}": value for name, value in condition["evidence"].items()}
    document = condition["official_document"] or {}
    flat |= {f"official_document_{name}": document.get(name) for name in ("key", "title", "url")}
    flat["flags"] = " ".join(condition["flags"])
    flat["unmet_items"] = " ".join(condition["unmet_items"])
    return {name: _as_cell(value) for name, value in flat.items()}


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _from_cells(row: dict[str, str]) -> dict[str, str]:
    return {name: cell.removeprefix("'") for name, cell in row.items()}


@pytest.mark.parametrize(
    "start",
    [
        *("=", "+", "-", "@", "\t", "\r", "\n", " =", "\n@", "\u00a0+", "\ufeff-"),
        *("\uff1d", "\uff0b", "\uff0d", "\uff20", " \uff1d"),
    ],
)
def test_no_cell_is_a_formula(stranger: Caller, db: None, start: str) -> None:
    make_program(slug="judged", title=f"{start}1+1")

    rows = list(csv.DictReader(io.StringIO(_csv(stranger), newline="")))

    assert rows[0]["program_title"] == f"'{start}1+1"


@pytest.mark.parametrize("title", ["Title = 1", "1-2", "a@b", " plain"])
def test_a_cell_that_no_spreadsheet_would_run_stays_as_it_is(
    stranger: Caller, db: None, title: str
) -> None:
    make_program(slug="judged", title=title)

    assert next(csv.DictReader(io.StringIO(_csv(stranger))))["program_title"] == title


def test_any_etag_matches_only_an_answer_that_there_is(stranger: Caller, program: Program) -> None:
    def status(**query: str) -> int:
        return stranger.get(STATUS, query, If_None_Match="*").status_code

    assert status() == 304
    assert status(valid_at="tomorrow") == 400
    assert stranger.get("programs/nowhere/status/", If_None_Match="*").status_code == 404


def _csv(reader: Caller) -> str:
    return reader.get(STATUS, {"format": "csv"}).content.decode()


@pytest.mark.parametrize("conditions", [("A",), ("A", "B", "C")])
def test_queries_are_the_same_for_one_and_three_conditions(
    stranger: Caller,
    db: None,
    conditions: tuple[str, ...],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    program = make_program(slug="judged", conditions=conditions)
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=program.cycles.get(number=1))
    reader = caller("viewer", scope="read")
    signed_in = Client()
    signed_in.force_login(make_user("viewer"))

    with django_assert_num_queries(13):
        stranger.get(STATUS)
    with django_assert_num_queries(13):
        reader.get(STATUS)
    with django_assert_num_queries(13):
        stranger.get(STATUS, {"valid_at": "2026-03-09", "known_at": "2026-06-01"})
    # Session, person and two kinds of permissions; the answer itself is the token reader's.
    with django_assert_num_queries(5):
        answer = signed_in.get(f"/api/v1/{STATUS}")
    assert answer.json()["conditions"][0]["work_state"] == "not_started"


def test_unchanged_takes_one_query_for_anybody_without_a_session(
    stranger: Caller, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for reader in (stranger, caller("viewer", scope="read")):
        etag = reader.get(STATUS)["ETag"]
        with django_assert_num_queries(1):
            answer = reader.get(STATUS, If_None_Match=etag)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        with django_assert_num_queries(1):
            kept = reader.get(STATUS)
        assert kept.status_code == 200


def test_readers_do_not_share_an_answer(stranger: Caller, program: Program) -> None:
    viewer = caller("viewer", scope="read")
    public, own = stranger.get(STATUS), viewer.get(STATUS)

    assert public["ETag"] != own["ETag"]
    assert public["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert own["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert public["Vary"] == own["Vary"] == "Accept, Authorization, Cookie"
    assert public.json()["conditions"][2]["evidence"]["supports"] == 0
    assert own.json()["conditions"][2]["evidence"]["supports"] == 1
    assert own.json()["conditions"][0]["work_state"] == "not_started"
    assert stranger.get(STATUS, If_None_Match=own["ETag"]).status_code == 200


def test_a_private_program_looks_like_none(stranger: Caller, program: Program) -> None:
    Program.objects.filter(pk=program.pk).update(is_public=False)
    hidden, missing = stranger.get(STATUS), stranger.get("programs/nowhere/status/")

    assert hidden.status_code == missing.status_code == 404
    assert _without_names(hidden.json()) == _without_names(missing.json())
    assert caller("viewer").get(STATUS).status_code == 200


def _without_names(problem: dict[str, Any]) -> dict[str, Any]:
    errors = [{**error, "value": None} for error in problem["errors"]]
    return {**problem, "instance": None, "errors": errors}


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ({"valid_at": "tomorrow"}, "valid_at", "Write it as 2026-03-09."),
        ({"known_at": "x"}, "known_at", "Write it as 2026-03-09 or 2026-03-09T17:00:00Z."),
        ({"format": "xml"}, "format", "Use json or csv."),
        ({"validat": "1"}, "validat", "Accepted are valid_at, known_at, format."),
        ({"valid_at": ["2026-03-09", "2026-03-10"]}, "valid_at", "Give it once."),
    ],
)
def test_unclear_parameters_are_refused_by_name(
    stranger: Caller, program: Program, query: dict[str, Any], field: str, remedy: str
) -> None:
    answer = stranger.get(STATUS, query)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["remedy"]) == (field, remedy)


def test_it_is_only_read(stranger: Caller, program: Program) -> None:
    answer = stranger.post(STATUS, {})

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["status"] == 405


def test_before_the_first_cycle_there_is_none(stranger: Caller, program: Program) -> None:
    answer = stranger.get(STATUS, {"valid_at": "2025-11-09"}).json()

    assert answer["cycle"] is None
    assert answer["conditions"] == []
