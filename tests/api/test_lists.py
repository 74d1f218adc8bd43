"""Lists and single things: who sees what, how lists are narrowed, walked and counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from conditions.actions.reviews import return_assessment
from conditions.models import ConditionVersion, Crosswalk, Evidence, OfficialFinding, Program
from conditions.queries.answers import PAGES
from conditions.rules.fingerprint import fingerprint
from tests.api.conftest import Caller, caller
from tests.days import DAY, FIRST_DUE, TODAY, WHITE_HOUSE, moment, noon
from tests.factories import (
    make_assessment,
    make_evidence,
    make_link,
    make_program,
    make_user,
)

pytestmark = pytest.mark.django_db

# Queries of a list, then of one thing, for a stranger; a token adds one.
QUERIES = {
    "programs": (2, 1),
    "conditions": (3, 2),
    "checklist-items": (4, 3),
    "sources": (2, 1),
    "evidence": (3, 2),
    "evidence-links": (2, 1),
    "assessments": (3, 4),
    "cycles": (2, 1),
    "official-findings": (2, 1),
    "events": (2, 1),
}


def make_world(size: int) -> Program:
    """``size`` of everything that is listed."""
    codes = ("ALPHA", "BRAVO", "CHARLIE")[:size]
    for number in range(size):
        make_program(slug=f"program-{number}", conditions=codes)
    program = Program.objects.get(slug="program-0")
    cycle = program.cycles.get(number=1)
    other = make_program(slug="other", conditions=("OTHER",))
    for condition in program.conditions.all():
        make_assessment(condition=condition, cycle=cycle)
        Crosswalk.objects.create(
            condition=condition, counterpart=other.conditions.get(), relation="same"
        )
        OfficialFinding.objects.create(
            condition=condition,
            cycle=cycle,
            finding="silent",
            found_on=FIRST_DUE,
            recorded_at=noon(FIRST_DUE),
        )
    return program


def key_of(name: str, row: dict[str, Any]) -> str:
    return row["slug"] if name == "programs" else str(row["id"])


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("name", QUERIES)
def test_queries_are_the_same_at_one_and_three_rows(
    stranger: Caller, name: str, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_world(size)
    of_list, of_one = QUERIES[name]
    viewer = caller("viewer", scope="read")

    with django_assert_num_queries(of_list):
        rows = stranger.get(f"{name}/").json()["results"]
    assert len(rows) >= size
    with CaptureQueriesContext(connection) as queries:
        again = stranger.get(f"{name}/")
    assert again.json()["results"] == rows
    # A server of PostgreSQL moves on with the writes of its other databases too.
    assert len(queries) == 1 or connection.vendor == "postgresql"
    with django_assert_num_queries(of_one):
        one = stranger.get(f"{name}/{key_of(name, rows[0])}/")
    assert rows[0].items() <= one.json().items()
    with django_assert_num_queries(of_list + 1):
        viewer.get(f"{name}/")
    with django_assert_num_queries(of_one + 1):
        viewer.get(f"{name}/{key_of(name, rows[0])}/")


@pytest.mark.parametrize("name", QUERIES)
def test_nothing_of_a_private_program_is_seen(stranger: Caller, name: str) -> None:
    make_world(1)
    seen = stranger.get(f"{name}/").json()["results"]
    Program.objects.update(is_public=False)
    PAGES.clear()  # As the action that would do this does, by the event it writes.
    left = stranger.get(f"{name}/").json()["results"]

    assert seen
    assert left == []
    assert stranger.get(f"{name}/{key_of(name, seen[0])}/").status_code == 404
    assert caller("viewer").get(f"{name}/{key_of(name, seen[0])}/").status_code == 200


@pytest.mark.parametrize("name", ["evidence", "sources"])
def test_what_is_linked_to_no_program_or_to_an_open_one_too_is_seen(
    stranger: Caller, name: str
) -> None:
    hidden = make_program(slug="hidden", is_public=False).conditions.get()
    shown = make_program(slug="shown").conditions.get()
    make_evidence(title="Background")
    both = make_evidence(condition=hidden, title="On both")
    make_link(evidence=both, condition=shown, stance="supports", recorded_at=noon(WHITE_HOUSE))
    make_evidence(condition=hidden, title="Hidden")
    assert len(stranger.get(f"{name}/").json()["results"]) == 2
    assert len(caller("viewer").get(f"{name}/").json()["results"]) == 3


def test_a_private_successor_is_not_named(stranger: Caller) -> None:
    successor = make_program(slug="hidden", is_public=False)
    make_program(slug="shown", successor=successor)
    assert stranger.get("programs/shown/").json()["successor"] is None
    assert stranger.get("programs/").json()["results"][0]["successor"] is None
    assert caller("viewer").get("programs/shown/").json()["successor"] == "hidden"


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (None, {"public"}),
        ("viewer", {"public", "team"}),
        ("analyst", {"public", "team", "restricted", "source_protected"}),
        ("reviewer", {"public", "team", "restricted", "source_protected"}),
        ("manager", {"public", "team", "restricted", "source_protected"}),
    ],
)
def test_evidence_travels_as_far_as_its_sensitivity(role: str | None, seen: set[str]) -> None:
    condition = make_program(slug="p").conditions.get()
    for level in ("public", "team", "restricted", "source_protected"):
        make_evidence(condition=condition, sensitivity=level)
    reader = caller(role)

    assert {row["sensitivity"] for row in _results(reader, "evidence/")} == seen
    assert len(_results(reader, "evidence-links/")) == len(seen)
    assert len(_results(reader, "sources/")) == len(seen)
    for item in Evidence.objects.exclude(sensitivity__in=seen):
        assert reader.get(f"evidence/{item.pk}/").status_code == 404
        assert reader.get(f"sources/{item.source_id}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "states"),
    [
        (None, {"approved"}),
        ("viewer", {"approved"}),
        ("analyst", {"approved", "draft", "submitted", "returned"}),
        ("reviewer", {"approved", "draft", "submitted", "returned"}),
        ("manager", {"approved", "draft", "submitted", "returned"}),
    ],
)
def test_work_in_progress_is_seen_by_those_who_work_on_it(
    role: str | None, states: set[str]
) -> None:
    program = make_program(slug="p", conditions=("A", "B", "C", "D"))
    cycle = program.cycles.get(number=1)
    one, two, three, four = program.conditions.order_by("position")
    approved = make_assessment(condition=one, cycle=cycle)
    make_assessment(condition=two, cycle=cycle, state="draft")
    make_assessment(condition=three, cycle=cycle, state="submitted")
    sent_back = make_assessment(condition=four, cycle=cycle, state="submitted")
    return_assessment(
        assessment=sent_back,
        by=make_user("reviewer"),
        as_of=noon(FIRST_DUE),
        reason="Look again.",
        expected_revision=sent_back.revision,
    )
    reader = caller(role)

    assert {row["state"] for row in _results(reader, "assessments/")} == states
    told = reader.get(f"assessments/{approved.pk}/").json()
    assert told["author"] == (approved.author.username if role else None)
    assert (told["approved_by"] is None) is (role is None)
    verbs = {row["verb"] for row in _results(reader, "events/")}
    assert ("assessment.drafted" in verbs) is ("draft" in states)
    assert "assessment.approved" in verbs
    after = {row["after"] is None for row in _results(reader, "events/")}
    assert after == ({False} if "draft" in states else {True})


def test_citations_that_a_reader_may_not_see_are_counted(stranger: Caller) -> None:
    program = make_program(slug="p")
    condition = program.conditions.get()
    hidden = make_evidence(condition=condition, sensitivity="restricted")
    shown = make_evidence(condition=condition)
    done = make_assessment(
        condition=condition, cycle=program.cycles.get(number=1), cited=(hidden.pk, shown.pk)
    )

    told = stranger.get(f"assessments/{done.pk}/").json()

    assert [one["evidence"] for one in told["citations"]] == [shown.key]
    assert told["citations_withheld"] == 1
    assert hidden.key not in stranger.get(f"assessments/{done.pk}/").content.decode()


def _results(reader: Caller, address: str, query: Any = None) -> list[dict[str, Any]]:
    answer = reader.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_evidence_is_narrowed_by_what_it_bears_on(stranger: Caller) -> None:
    program = make_program(slug="p", conditions=("A", "B"))
    one, two = program.conditions.order_by("position")
    supports = make_evidence(condition=one, language="ar")
    contradicts = make_evidence(condition=one, stance="contradicts", published_on=None)
    elsewhere = make_evidence(condition=two, published_on=FIRST_DUE)
    unlinked = make_evidence()

    def found(**query: Any) -> set[int]:
        return {row["id"] for row in _results(stranger, "evidence/", query)}

    assert found(program="p") == {supports.pk, contradicts.pk, elsewhere.pk}
    assert found(program="p", condition="A") == {supports.pk, contradicts.pk}
    assert found(condition="A", stance="supports") == {supports.pk}
    assert found(condition="B", stance="contradicts") == set()
    assert found(source=unlinked.source_id) == {unlinked.pk}
    assert found(language="ar") == {supports.pk}
    assert found(published_after="2025-11-10") == {elsewhere.pk}
    assert found(published_before="2025-11-11") == {supports.pk, unlinked.pk}
    assert found(changed_since="2025-11-10T12:00:01Z") == set()
    assert len(found(changed_since="2025-11-10T12:00:00Z")) == 4


@pytest.mark.parametrize(
    ("time_zone", "hour", "is_asked"),
    [
        ("Asia/Damascus", 20, True),
        ("Asia/Damascus", 21, False),
        ("America/New_York", 23, True),
    ],
)
def test_an_item_is_asked_until_the_day_it_retires_where_its_program_is(
    stranger: Caller, time_zone: str, hour: int, is_asked: bool
) -> None:
    condition = make_program(time_zone=time_zone).conditions.get()
    make_program(slug="elsewhere", time_zone="UTC")
    condition.checklist.update(retired_on=TODAY + DAY)
    worded = condition.versions.get()
    content = {**worded.content, "checklist": []}
    ConditionVersion.objects.create(
        condition=condition,
        number=2,
        content=content,
        sha256=fingerprint(content),
        recorded_at=noon(TODAY),
    )
    with time_machine.travel(moment(TODAY, hour), tick=False):
        rows = stranger.get("checklist-items/").json()["results"]
    told = {row["program"]: row["rule_met"] for row in rows}
    assert told == {"test-program": False if is_asked else None, "elsewhere": False}


def test_cycles_say_their_dates_and_state(stranger: Caller) -> None:
    make_program(slug="p")

    first, *_, last = _results(stranger, "cycles/", {"program": "p"})

    assert first["number"] == 1
    assert (first["starts_on"], first["due_on"]) == ("2025-11-10", "2026-03-10")
    assert (first["scheduled_due_on"], first["closed_at"]) == ("2026-03-10", None)
    assert first["state"] == "overdue"
    assert last["state"] == "upcoming"
    assert [row["number"] for row in _results(stranger, "cycles/", {"cycle": "2"})] == [2]
    assert _results(stranger, "cycles/", {"closed": "true"}) == []
    assert len(_results(stranger, "cycles/", {"due_before": "2026-07-09"})) == 2


@pytest.mark.parametrize(
    ("name", "ordering"),
    [
        ("evidence", "-id"),
        ("evidence", "id"),
        ("evidence", "published_on"),
        ("evidence", "-published_on"),
        ("sources", "name"),
        ("sources", "-name"),
    ],
)
def test_a_walk_finds_every_row_once_in_order_while_rows_are_added(
    stranger: Caller, name: str, ordering: str
) -> None:
    for number in range(11):
        day = None if number % 4 == 3 else WHITE_HOUSE + timedelta(days=number // 2)
        make_evidence(published_on=day)
    before = {row["id"] for row in _results(stranger, f"{name}/")}
    address, walked, pages = f"{name}/?page_size=2&ordering={ordering}", [], []
    while address:
        page = stranger.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        walked += pages[-1]
        make_evidence(published_on=WHITE_HOUSE)
        address = _path(page["next"])

    assert before <= set(walked)
    assert len(walked) == len(set(walked))
    whole = [
        row["id"]
        for row in _results(stranger, f"{name}/", {"ordering": ordering, "page_size": "200"})
    ]
    assert walked == [pk for pk in whole if pk in set(walked)]


@pytest.mark.parametrize("ordering", ["id", "-id", "published_on", "-published_on"])
def test_a_walk_back_passes_the_same_pages(stranger: Caller, ordering: str) -> None:
    for number in range(9):
        day = None if number % 3 == 2 else WHITE_HOUSE + timedelta(days=number // 2)
        make_evidence(published_on=day)
    address: str | None = f"evidence/?page_size=2&ordering={ordering}"
    there, back = [], []
    while address:
        page = stranger.get(address).json()
        there.append([row["id"] for row in page["results"]])
        last, address = address, _path(page["next"])
    address = last
    while address:
        page = stranger.get(address).json()
        back.append([row["id"] for row in page["results"]])
        address = _path(page["previous"])

    assert len(there) == 5
    assert back == there[::-1]


def _path(link: str | None) -> str | None:
    return None if link is None else link.removeprefix("http://testserver/api/v1/")


def test_a_cursor_of_another_hand_or_ordering_is_refused(stranger: Caller) -> None:
    for _ in range(3):
        make_evidence()
    link = stranger.get("evidence/?page_size=1").json()["next"]
    (cursor,) = parse_qs(urlsplit(link).query)["cursor"]
    turned = "B" if cursor[-3] == "A" else "A"
    forged = stranger.get("evidence/", {"cursor": f"{cursor[:-3]}{turned}{cursor[-2:]}"})
    other = stranger.get("evidence/", {"cursor": cursor, "ordering": "id"})

    for answer in (forged, other, stranger.get("evidence/", {"cursor": ""})):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "cursor"
    assert "belongs to the ordering -id" in other.json()["detail"]


@pytest.mark.parametrize(
    ("query", "field", "part"),
    [
        ({"stanse": "supports"}, "stanse", "Accepted are q, program, condition, stance"),
        ({"stance": "for"}, "stance", "supports, contradicts, neutral"),
        ({"published_after": "May"}, "published_after", "2026-03-09"),
        ({"changed_since": "May"}, "changed_since", "2026-03-09T17:00:00Z"),
        ({"source": "0"}, "source", "from 1"),
        ({"program": ""}, "program", "1 to 200"),
        ({"program": "a\x00b"}, "program", "1 to 200"),
        ({"ordering": "title"}, "ordering", "-id, id, published_on"),
        ({"page_size": "201"}, "page_size", "from 1 to 200"),
        ({"page_size": "0"}, "page_size", "from 1 to 200"),
    ],
)
def test_what_a_list_does_not_know_is_refused_with_what_it_does(
    stranger: Caller, query: dict[str, str], field: str, part: str
) -> None:
    answer = stranger.get("evidence/", query)

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["value"] == next(iter(query.values()))
    assert part in error["remedy"]


@pytest.mark.parametrize("name", QUERIES)
def test_every_filter_and_ordering_runs(stranger: Caller, name: str) -> None:
    make_world(1)
    schema = stranger.get("schema/", {"format": "json"}).json()
    samples = {"string": "x", "integer": "1", "boolean": "true"}
    on_file = {"program": "program-0", "condition": "ALPHA"}
    for parameter in schema["paths"][f"/api/v1/{name}/"]["get"]["parameters"]:
        shape = parameter["schema"]
        values = shape.get("enum") or [
            on_file.get(parameter["name"])
            or {"date": "2026-03-09", "date-time": "2026-03-09T17:00:00Z"}.get(
                shape.get("format", ""), samples.get(shape["type"], "1")
            )
        ]
        for value in values:
            if parameter["name"] != "cursor":
                # A cycle's number says nothing without its program.
                also = {"program": on_file["program"]} if parameter["name"] == "cycle" else {}
                answer = stranger.get(f"{name}/", {parameter["name"]: value} | also)
                assert answer.status_code == 200, (parameter["name"], value, answer.content)


def test_an_unchanged_thing_is_not_sent_again(stranger: Caller) -> None:
    make_world(1)
    for address in ("conditions/", "programs/program-0/", ""):
        first = stranger.get(address)
        again = stranger.get(address, If_None_Match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert first["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_the_root_names_every_list(stranger: Caller) -> None:
    root = stranger.get("").json()

    assert set(QUERIES) <= root.keys()
    for name in QUERIES:
        assert stranger.get(_path(root[name]) or "").status_code == 200


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        *(
            (name, {"program": program}, "program")
            for name in ("evidence", "conditions", "checklist-items", "evidence-links", "cycles")
            for program in ("nope", "hidden")
        ),
        ("evidence", {"condition": "99999"}, "condition"),
        ("evidence", {"condition": "SECRET"}, "condition"),
        ("conditions", {"program": "shown", "condition": "SECRET"}, "condition"),
    ],
)
def test_what_is_mistyped_and_what_is_private_are_refused_alike(
    stranger: Caller, name: str, query: dict[str, str], field: str
) -> None:
    make_program(slug="hidden", is_public=False, conditions=("SECRET",))
    make_program(slug="shown")
    refused = stranger.get(f"{name}/", query)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["field"], error["value"]) == (field, query[field])
    assert error["message"] == f"There is no {field} “{query[field]}” here."
    assert f"/api/v1/{field}s/ lists them" in error["remedy"]
    assert caller("viewer").get("conditions/", {"program": "hidden"}).status_code == 200


def test_a_span_that_ends_before_it_begins_is_refused(stranger: Caller) -> None:
    days = {"published_after": "2026-05-01", "published_before": "2025-01-01"}
    refused = stranger.get("evidence/", days)
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["field"], error["value"]) == ("published_after", "2026-05-01")
    assert all(name in error["message"] for name in days)
    same = dict.fromkeys(days, "2026-05-01")
    assert stranger.get("evidence/", same).status_code == 200
