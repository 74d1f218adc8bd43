"""The benchmark of imports: its sheet is sound, what is not filed is told, and the command runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.imports.command import row
from bench.imports.measuring import measure
from bench.imports.sheet import LINKS, sheet
from conditions.models import Evidence, EvidenceLink
from tests.factories import make_program

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_sheet_is_made_every_time() -> None:
    assert sheet(20, ["ALPHA", "BETA"]) == sheet(20, ["ALPHA", "BETA"])
    assert len(sheet(20, ["ALPHA", "BETA"]).splitlines()) == 21


def test_the_sheet_is_filed_whole(db: None) -> None:
    found = measure(make_program(conditions=["ALPHA", "BETA", "GAMMA"]), 30)
    assert found.faults == []
    assert Evidence.objects.count() == 30
    assert EvidenceLink.objects.count() == 30 * LINKS
    assert min(found.plan_seconds, found.load_seconds, found.mib_before) > 0
    assert found.mib >= found.mib_before


def test_rows_that_are_not_filed_are_told(db: None) -> None:
    program = make_program(conditions=["ALPHA", "BETA", "GAMMA"])
    measure(program, 3)
    assert measure(program, 4).faults == ["1 documents were filed, should be 4"]


def test_a_run_is_shown_by_the_second() -> None:
    run = {"vendor": "sqlite", "rows": 5_000, "plan_seconds": 2.5, "load_seconds": 10.0}
    run |= {"plan_cpu": 2.0, "load_cpu": 8.04, "mib": 120.4, "mib_before": 80.0}
    shown = ("SQLite", "5,000", "2,000", "500", "400", "500", "2.0", "8.0", "120", "80")
    assert row(run) == shown


@pytest.mark.faults
def test_the_command_runs_and_leaves_no_database(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "import", "--database", "sqlite"]
    command += ["--rows", "50", "--runs", "1"]
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| SQLite " in done.stdout
    assert list((tmp_path / "bench").glob("*.sqlite3*")) == []
