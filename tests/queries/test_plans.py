"""The database answers hot questions from the index made for each, whatever the table holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.generator.database import tables
from bench.generator.days import TODAY
from bench.generator.loading import insert, lift_guards
from bench.generator.sizes import Size
from conditions.models import Capture, CaptureBody, Evidence, Program, Reminder
from conditions.queries.answers import program_mark
from conditions.queries.asof import AsOf
from conditions.queries.captures import held_copies
from conditions.queries.status import program_status
from tests.days import noon

SIZE = Size(10)
NOW = AsOf(TODAY, noon(TODAY))
pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(db: None) -> Program:
    """A program in the middle of a database of some ten thousand rows a table."""
    lift_guards(connection)
    with connection.cursor() as cursor:
        for table in tables(SIZE):
            insert(connection, table)
            # Table by table: a plain ANALYZE would lock what all databases of a server share.
            cursor.execute(f"ANALYZE {table.name}")
        if connection.vendor == "postgresql":
            # So few rows are read whole for less; with these, whole is what no index can serve.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            # As autovacuum leaves it: an index alone answers, without a look at the table.
            cursor.execute(
                "UPDATE pg_class SET relallvisible = relpages WHERE relkind = 'r'"
                " AND relname LIKE 'conditions%'"
            )
    return Program.objects.get(slug="program-00005")


def plans_of(captured: Iterable[dict[str, str]], table: str) -> list[str]:
    """How the database would run each captured query that begins with reading this table."""
    asked = [query["sql"] for query in captured if f"FROM {table}" in query["sql"].replace('"', "")]
    return [plan_of(sql) for sql in asked]


def plan_of(sql: str) -> str:
    """The plan of one statement, as text that names the indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(row[-1] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
        return json.dumps(json.loads(plan) if isinstance(plan, str) else plan)


def reads_whole(plan: str, table: str) -> bool:
    """Whether the plan goes through every row of the table."""
    if connection.vendor == "sqlite":
        return any(line.startswith(f"SCAN {table}") for line in plan.splitlines())
    return any(
        node.get("Node Type") == "Seq Scan" and node.get("Relation Name") == table
        for node in nodes(json.loads(plan)[0]["Plan"])
    )


def nodes(plan: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


@pytest.mark.parametrize(
    "as_of", [NOW, AsOf(TODAY - timedelta(days=900), noon(TODAY - timedelta(days=700)))]
)
def test_the_judgement_in_force_is_one_entry_of_its_index(filled: Program, as_of: AsOf) -> None:
    with CaptureQueriesContext(connection) as captured:
        status = program_status(filled, as_of)
    assert all(row.status is not None for row in status.conditions)
    plan = only(plans_of(captured, "conditions_condition c"))
    assert "assessment_in_force" in plan
    assert not reads_whole(plan, "conditions_assessment")


def test_evidence_is_counted_from_its_index(filled: Program) -> None:
    with CaptureQueriesContext(connection) as captured:
        status = program_status(filled, NOW)
    assert all(row.evidence.supports for row in status.conditions)
    # Rows made in the order of their conditions lie so close together that PostgreSQL reads them
    # for no more than the index alone costs; rows filed by people do not.
    with without("enable_indexscan"):
        counts, rules = plans_of(captured, "conditions_evidencelink l")
    assert "evidencelink_by_stance" in counts
    for plan in (counts, rules):
        assert not reads_whole(plan, "conditions_evidencelink")


def test_a_program_is_found_by_the_index_of_its_slug(filled: Program) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert program_mark(filled.slug) is not None
    plan = only(plans_of(captured, "conditions_program p"))
    assert [name for name in indexes_on_slug() if name in plan], plan


def test_unsent_reminders_are_found_by_the_index_of_what_is_owed(filled: Program) -> None:
    assert Reminder.objects.count() == SIZE.programs * 1_000
    due = Reminder.objects.due_by(noon(TODAY)).order_by("next_attempt_at", "id").values("pk")[:100]
    sql, parameters = due.query.sql_with_params()
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.fetchall() == []
    assert "reminder_unsent" in plan_of(captured.captured_queries[0]["sql"])


def test_a_status_never_reads_a_large_table_whole(filled: Program) -> None:
    with CaptureQueriesContext(connection) as captured:
        program_status(filled, NOW)
    large = ("assessment", "evidencelink", "evidence", "citation", "event", "officialfinding")
    for query in captured.captured_queries:
        plan = plan_of(query["sql"])
        assert [name for name in large if reads_whole(plan, f"conditions_{name}")] == []


def test_the_copies_held_are_found_by_their_documents(filled: Program) -> None:
    fill_captures(5_000)
    ids = list(Evidence.objects.order_by("pk").values_list("pk", flat=True)[100:160])
    with CaptureQueriesContext(connection) as captured:
        assert len(held_copies(ids, known_at=noon(TODAY))) == len(ids)
    plan = only(plans_of(captured.captured_queries, "conditions_capture"))
    assert not reads_whole(plan, "conditions_capture")
    assert not reads_whole(plan, "conditions_evidence")
    assert "conditions_capture_evidence_id" in plan


def fill_captures(documents: int) -> None:
    """Two copies of each of so many documents, all of the same bytes."""
    body = CaptureBody.objects.create(sha256="a" * 64, size=1, body=b"x")
    told = {"origin": "fetched", "outcome": "stored", "tool": "tracker/1", "sha256": body.sha256}
    Capture.objects.bulk_create(
        Capture(evidence_id=pk, body=body, captured_at=noon(TODAY - timedelta(days=age)), **told)
        for pk in Evidence.objects.order_by("pk").values_list("pk", flat=True)[:documents]
        for age in (200, 100)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conditions_capture")


@contextmanager
def without(setting: str) -> Iterator[None]:
    """PostgreSQL plans without one of its means for a while; SQLite has no such switch."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting} = off")
        yield
        cursor.execute(f"SET LOCAL {setting} = on")


def only(plans: list[str]) -> str:
    (plan,) = plans
    return plan


def indexes_on_slug() -> list[str]:
    """Names of the indexes on the slug alone, one of which holds each slug once."""
    with connection.cursor() as cursor:
        held = connection.introspection.get_constraints(cursor, Program._meta.db_table)
    alone = {name: one for name, one in held.items() if one["columns"] == ["slug"]}
    assert any(one["unique"] for one in alone.values())
    # SQLite reports its own index under the name of the constraint.
    return [*alone, "sqlite_autoindex_conditions_program"]
