"""An installation of the first release is migrated with all it holds, and is guarded after."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from conditions.models.guards import all_guards

DAY, MOMENT, HASH = "2026-03-09", "2026-03-09 12:00:00", "0" * 64
FILLERS = {"date": DAY, "datetime": MOMENT, "bool": 0, "text": "{}"}
# In this order a row finds what it names; each is row 1 of its table.
ROWS: dict[str, dict[str, object]] = {
    "user": {"username": "ana", "email": "ana@example.org", "reminder_mode": "single"},
    "program": {
        "slug": "p",
        "legal_stage": "enacted",
        "first_interval_days": 120,
        "interval_days": 120,
    },
    "condition": {"code": "ALPHA", "test": "outcome"},
    "checklistitem": {"code": "A.1"},
    "conditionversion": {"number": 1},
    "reviewcycle": {"number": 1, "starts_on": "2025-11-10", "due_on": "2026-03-10"},
    "source": {"name": "A paper", "reliability": "B"},
    "evidence": {"key": "ev-1", "sensitivity": "public", "fact_precision": "unknown"},
    "evidenceversion": {"number": 1},
    "assessment": {
        "state": "draft",
        "status": "2",
        "rationale": "As it was.",
        "confidence": "low",
        "sha256": HASH,
        "submitted_at": MOMENT,
        "submitted_by_id": 1,
    },
    "finding": {"status": "2"},
    "citation": {"grade": "B2"},
    "assessmentauthor": {},
    "officialfinding": {"finding": "silent"},
    "event": {"verb": "assessment.approved"},
    "reminder": {"kind": "opened", "state": "owed", "message_id": "<1@example.org>"},
}


def manage(database: Path, *words: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "DATA_DIR": str(database.parent),
    }
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def put(connection: sqlite3.Connection, name: str, said: dict[str, object]) -> None:
    """Row 1 of a table, with something in every column that has to have a value."""
    columns = connection.execute(f"PRAGMA table_info(conditions_{name})").fetchall()
    row = {
        column: said.get(column, 1 if "int" in kind else FILLERS.get(kind, "x"))
        for column, kind, is_needed in ((row[1], row[2].lower(), row[3]) for row in columns)
        if is_needed or column in said
    }
    places = ", ".join("?" for _ in row)
    connection.execute(
        f"INSERT INTO conditions_{name} ({', '.join(row)}) VALUES ({places})", [*row.values()]
    )


def contents(connection: sqlite3.Connection, names: list[str]) -> dict[str, dict[str, object]]:
    connection.row_factory = sqlite3.Row
    return {
        name: dict(connection.execute(f"SELECT * FROM conditions_{name}").fetchone())
        for name in names
    }


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as the first release left it: one row of each kind, under its guards."""
    database = tmp_path / "old.sqlite3"
    manage(database, "migrate", "conditions", "0002", "--verbosity", "0")
    with sqlite3.connect(database) as connection:
        for name, said in ROWS.items():
            put(connection, name, said)
        connection.execute(
            "UPDATE conditions_assessment SET state = 'approved', approved_at = submitted_at, "
            "approved_by_id = 1"
        )
        for guard in all_guards():
            if guard.table.removeprefix("conditions_") in ROWS and guard.write != "TRUNCATE":
                for statement in guard.sqlite():
                    connection.execute(statement)
    connection.close()
    return database


def test_nothing_is_lost_and_every_guard_stands(old: Path) -> None:
    with sqlite3.connect(old) as connection:
        before = contents(connection, list(ROWS))
    connection.close()
    manage(old, "migrate", "--verbosity", "0")
    connection = sqlite3.connect(old)
    after = contents(connection, list(ROWS))
    for name, row in before.items():
        assert row.items() <= after[name].items(), name
    assert (after["assessment"]["authority"], after["assessment"]["withdrawn_at"]) == ("", None)
    assert (after["reviewcycle"]["is_skipped"], after["reminder"]["event_id"]) == (0, None)
    standing = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    wanted = {guard.name for guard in all_guards() if guard.write != "TRUNCATE"}
    assert wanted <= {row["name"] for row in standing}
    with pytest.raises(sqlite3.IntegrityError, match="An approved assessment is never changed"):
        connection.execute("UPDATE conditions_assessment SET rationale = 'Rewritten.'")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
