"""python3 dev.py bench: build the data, run floor and path in alternation, print one table.

``python3 dev.py bench triage`` measures suggestions instead, ``python3 dev.py bench import`` how
fast a spreadsheet comes in; see bench/triage/command.py and bench/imports/command.py.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import table
from bench.clients import CONNECTIONS, wrk
from bench.databases import POSTGRESQL, ROOT, SQLITE, Wanted, answers, environment, ready
from bench.generator.sizes import LARGE, Size
from bench.imports import command as imports

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def main(arguments: Sequence[str]) -> int:
    """0, or 1 when an answer was wrong."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "data") / "bench"
    data.mkdir(parents=True, exist_ok=True)
    if arguments[:1] == ["triage"]:
        return triage(arguments[1:], data)
    if arguments[:1] == ["import"]:
        asked = imports.read(arguments[1:])
        return imports.run(asked, vendors(asked), data, server())
    asked = read(arguments)
    found = [measured(vendor, asked, data) for vendor in vendors(asked)]
    paths = [one for each in found for one in each["paths"]]
    paths.sort(key=lambda one: asked.paths.index(one["path"]) if asked.paths else 0)
    print(heading(asked))
    print(table.printed(table.rows(paths)))
    for each in found:
        if each["mib"] is not None:
            print(f"Resident memory of the web process, {each['vendor']}: {each['mib']:.0f} MiB")
    wrong = [f"{one['path']}, {one['vendor']}: {fault}" for one in paths for fault in one["faults"]]
    for fault in wrong:
        print(f"WRONG ANSWER {fault}")
    return 1 if wrong else 0


def triage(arguments: Sequence[str], data: Path) -> int:
    """The benchmark of suggestions, which needs the settings of the tracker but no database."""
    command = [sys.executable, "-m", "bench.triage", *arguments]
    unused = f"sqlite:///{data / 'unused.sqlite3'}"
    return subprocess.call(command, cwd=ROOT, env=environment(data, unused))


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument("paths", nargs="*", help="measure these paths only")
    parser.add_argument("--size", choices=["small", "large"], default="small")
    parser.add_argument("--assessments", type=int, metavar="N", help="generate about N instead")
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    parser.add_argument("--pairs", type=int, default=3, help="floor and path, so often (3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each of the two (3)")
    return parser.parse_args(arguments)


def vendors(asked: argparse.Namespace) -> list[str]:
    """The databases to measure on; PostgreSQL has to answer."""
    wanted = [SQLITE, POSTGRESQL] if asked.database == "both" else [asked.database]
    if POSTGRESQL in wanted and not answers(server()):
        hint = "PostgreSQL does not answer. Name a server in DATABASE_URL, or say --database sqlite"
        sys.exit(hint)
    return wanted


def server() -> str:
    """The PostgreSQL server to make databases on: that of DATABASE_URL, or this machine's."""
    address = os.environ.get("DATABASE_URL", "")
    return address if address.startswith("postgres") else SERVER


def wanted_of(vendor: str, asked: argparse.Namespace) -> Wanted:
    """The database that the size stands for."""
    if asked.assessments:
        programs = Size.of_assessments(asked.assessments).programs
        return Wanted(vendor, f"n{programs}", programs)
    return Wanted(vendor, asked.size, LARGE.programs if asked.size == "large" else 0)


def measured(vendor: str, asked: argparse.Namespace, data: Path) -> dict[str, Any]:
    """What was measured on one database, in a process of its own."""
    address = ready(wanted_of(vendor, asked), data, server())
    command = [sys.executable, "manage.py", "bench_measure", *asked.paths]
    command += ["--pairs", str(asked.pairs), "--seconds", str(asked.seconds)]
    output = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(data, address),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return {"vendor": vendor, **json.loads(output)}


def heading(asked: argparse.Namespace) -> str:
    """What the table was measured on."""
    size = f"about {asked.assessments:,} assessments" if asked.assessments else asked.size
    client = "wrk" if wrk() else "the Python client"
    return (
        f"\nSize {size}; {datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores; {asked.pairs} pairs "
        f"of {asked.seconds:g} s; {CONNECTIONS} connections by {client}; medians (spread).\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
