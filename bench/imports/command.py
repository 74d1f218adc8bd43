"""python3 dev.py bench import: rows of a spreadsheet a second, dry run and load, and the memory.

Each database is made for the run and dropped after it. Wrong answers fail, low figures do not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.databases import ROOT, environment, fresh
from bench.table import printed

PACK = ROOT / "fixtures" / "programs" / "us-senate-3899.yaml"
TARGET = 500
HEADINGS = (
    *("database", "rows", "dry run, rows/s", "load, rows/s", "both, rows/s", "target"),
    *("dry run, CPU s", "load, CPU s", "most MiB", "of them before"),
)
_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def run(asked: argparse.Namespace, vendors: Iterable[str], data: Path, server: str) -> int:
    """0, or 1 when something of a sheet was not filed as it should be."""
    found = [
        _measured(vendor, asked.rows, data, server) for vendor in vendors for _ in range(asked.runs)
    ]
    print(f"\n{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, load {_load()}.\n")
    print(printed([row(one) for one in found], HEADINGS))
    wrong = [f"{one['vendor']}: {fault}" for one in found for fault in one["faults"]]
    for fault in wrong:
        print(f"WRONG ANSWER {fault}")
    return 1 if wrong else 0


def row(one: dict[str, Any]) -> tuple[str, ...]:
    """One run as a row of the table."""
    plan, load = one["plan_seconds"], one["load_seconds"]
    return (
        _NAMES[one["vendor"]],
        f"{one['rows']:,}",
        *(f"{one['rows'] / seconds:,.0f}" for seconds in (plan, load, plan + load)),
        f"{TARGET}",
        *(f"{one[cost]:.1f}" for cost in ("plan_cpu", "load_cpu")),
        *(f"{one[most]:.0f}" for most in ("mib", "mib_before")),
    )


def read(arguments: Iterable[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench import", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000, help="of the sheet (5,000)")
    parser.add_argument("--runs", type=int, default=3, help="on each database (3)")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    return parser.parse_args([*arguments])


def _measured(vendor: str, rows: int, data: Path, server: str) -> dict[str, Any]:
    with fresh(vendor, data, server) as address:
        env = environment(data, address)
        # Each in a process of its own: the memory measured is that of the import alone.
        _manage(env, "migrate", "--verbosity", "0")
        _manage(env, "load_program", str(PACK))
        found: dict[str, Any] = json.loads(_manage(env, "bench_import", "--rows", str(rows)))
    print(" ".join(row(found)), file=sys.stderr, flush=True)
    return found


def _manage(env: dict[str, str], *command: str) -> bytes:
    run = [sys.executable, "manage.py", *command]
    return subprocess.run(run, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"
