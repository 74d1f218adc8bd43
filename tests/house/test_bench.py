"""The benchmark: its data keeps every constraint, and a wrong answer is told."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from bench import table
from bench.checks import status_faults
from bench.databases import SQLITE, Wanted, environment
from bench.generator.database import tables
from bench.generator.days import TODAY
from bench.generator.loading import insert, lift_guards
from bench.generator.sizes import LARGE, Size
from bench.requests import Request, Response
from bench.subject import ANONYMOUS, Subject
from conditions.actions.search_texts import write_search_text
from conditions.models import Assessment, EvidenceLink, EvidenceText, Program, Reminder
from conditions.models.guards import all_guards
from conditions.queries.asof import AsOf
from conditions.queries.status import program_status
from tests.days import noon

ROOT = Path(__file__).resolve().parents[2]


def test_large_is_as_large_as_the_targets_say() -> None:
    assert (LARGE.programs, LARGE.conditions, LARGE.documents) == (1_000, 10_000, 100_000)
    assert (LARGE.assessments, LARGE.links) == (1_000_000, 1_000_000)


def test_the_same_seed_makes_the_same_rows(db: None) -> None:
    assert _rows(seed=1) == _rows(seed=1)
    assert _rows(seed=1) != _rows(seed=2)


def test_generated_rows_keep_every_constraint(db: None) -> None:
    _fill(Size(2))
    connection.check_constraints()
    assert Assessment.objects.count() == Size(2).assessments
    assert EvidenceLink.objects.count() == Size(2).links
    assert Reminder.objects.count() == 2_000


def test_generated_documents_are_found_by_the_words_the_product_would_write(db: None) -> None:
    _fill(Size(1))
    held = EvidenceText.objects.order_by("pk").values_list("pk", "title", "summary")
    generated = list(held)
    write_search_text(pk for pk, _, _ in generated)
    assert len(generated) == Size(1).documents
    assert list(held.all()) == generated


def test_nobody_approved_what_they_wrote(db: None) -> None:
    _fill(Size(1))
    approved = Assessment.objects.approved().values_list("approved_by", "authors__user")
    assert [pair for pair in approved if pair[0] == pair[1]] == []


def test_a_built_database_has_its_guards_and_indexes_back(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'built.sqlite3'}"
    command = [sys.executable, "manage.py", "bench_build", "--programs", "1"]
    quiet = {"check": True, "cwd": ROOT, "capture_output": True}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=environment(tmp_path, address),
        **quiet,
    )
    fresh = _schema(tmp_path / "built.sqlite3")
    subprocess.run(command, env=environment(tmp_path, address), **quiet)
    assert _schema(tmp_path / "built.sqlite3") == fresh
    assert {f"guard {guard.name}" for guard in all_guards() if guard.write != "TRUNCATE"} <= {
        f"guard {name}" for name in fresh
    }


def test_a_wrong_answer_is_told(db: None) -> None:
    _fill(Size(1))
    program = Program.objects.get()
    subject = Subject(program, TODAY, frozenset({"public"}), port=0)
    request = Request(f"{subject.api}?known_at=2026-11-21T12:00:00Z", ANONYMOUS)
    said = _said(program)
    assert list(status_faults(subject, request, _answer(said))) == []
    said["conditions"][3]["status"] = "wrong"
    (fault,) = status_faults(subject, request, _answer(said))
    assert fault.startswith("C4 status is 'wrong', should be ")


def test_a_built_database_has_another_name_when_it_is_of_another_size() -> None:
    assert Wanted(SQLITE, "n1", 1).name != Wanted(SQLITE, "n1", 2).name
    assert Wanted(SQLITE, "n1", 1).name == Wanted(SQLITE, "n1", 1).name


def test_the_table_shows_medians_with_their_spread() -> None:
    turns = [{"per_second": speed, "cpu_ms": 2.0} for speed in (300.0, 500.0, 400.0)]
    floor = [{"per_second": 1000.0, "cpu_ms": 1.0}] * 3
    measured = {"path": "status", "vendor": "sqlite", "target": 0.5, "floor": floor}
    measured |= {"turns": turns, "queries_first": 9, "queries_again": 1, "sent": 7627}
    (row,) = table.rows([measured])
    assert row[:5] == ("status", "SQLite", "400", "1,000", "0.40 (0.30-0.50)")
    assert row[5:] == ("0.50", "2.00", "0.50 (0.50-0.50)", "9, again 1", "7,627")


@pytest.mark.faults
def test_the_benchmark_runs_from_end_to_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--database", "sqlite", "--assessments", "1000"]
    command += ["--pairs", "1", "--seconds", "0.2", "status", "scorecard-304"]
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| status " in done.stdout
    assert "| scorecard-304 " in done.stdout


def _rows(*, seed: int) -> list[object]:
    return [(one.name, list(one.all_rows())) for one in tables(Size(1), seed)]


def _fill(size: Size) -> None:
    lift_guards(connection)
    for one in tables(size):
        insert(connection, one)


def _schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as database:
        return dict(
            database.execute(
                "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL "
                "AND name NOT LIKE 'sqlite_%'"
            )
        )


def _said(program: Program) -> dict[str, object]:
    status = program_status(program, AsOf(TODAY, noon(TODAY)))
    names = ("code", "title", "status", "status_label", "rationale", "judged_in_cycle")
    return {
        "program": program.slug,
        "valid_at": TODAY.isoformat(),
        "known_at": noon(TODAY).isoformat(),
        "cycle": {"number": status.cycle.number if status.cycle else None},
        "conditions": [
            {
                **{name: getattr(row, name) for name in names},
                "trend": row.trend or None,
                "confidence": row.confidence or None,
                "valid_from": row.valid_from and row.valid_from.isoformat(),
                "official_finding": row.official,
                "official_found_on": row.official_found_on and row.official_found_on.isoformat(),
                "flags": list(row.flags.names()),
                "evidence": {
                    name: getattr(row.evidence, name)
                    for name in ("supports", "contradicts", "neutral")
                },
            }
            for row in status.conditions
        ],
    }


def _answer(said: dict[str, object]) -> Response:
    body = json.dumps(said).encode()
    return Response(200, {}, body, len(body))
