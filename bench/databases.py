"""The built databases: kept beside the data, named by what made them, and built once."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SQLITE = "sqlite"
POSTGRESQL = "postgresql"
# What decides which rows and which schema a built database holds.
_MAKERS = (
    "bench/generator",
    *("conditions/migrations", "conditions/models/guards.py", "conditions/models/installation.py"),
)
_SHIPPED = ("fixtures", "conditions/actions", "bench/shipped.py")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One database to measure on; ``programs`` is 0 for what ships."""

    vendor: str
    size: str
    programs: int

    @property
    def name(self) -> str:
        """Its name, which is new when anything that makes it changed."""
        made_by = _MAKERS if self.programs else (*_MAKERS, *_SHIPPED)
        digest = hashlib.sha256(f"{self.programs}".encode())
        for path in sorted(_files(made_by)):
            digest.update(path.read_bytes())
        return f"bench_{self.size}_{digest.hexdigest()[:10]}"


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        inside = path.rglob("*") if path.is_dir() else [path]
        yield from (one for one in inside if one.is_file() and one.suffix != ".pyc")


def environment(data: Path, address: str) -> dict[str, str]:
    """The environment of a process that works on one built database, on this machine alone."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("SITE_URL", "REDIS_URL", "DEBUG")}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": address,
        "DATA_DIR": str(data),
        "LOG_LEVEL": "ERROR",
    }


def ready(wanted: Wanted, data: Path, server: str) -> str:
    """The address of the built database, building it first if it is not there."""
    if wanted.vendor == SQLITE:
        return _sqlite(wanted, data)
    return _postgresql(wanted, data, server)


@contextmanager
def fresh(vendor: str, data: Path, server: str) -> Iterator[str]:
    """The address of an empty database, which is dropped afterwards."""
    name = f"bench_fresh_{os.getpid()}"
    if vendor == SQLITE:
        try:
            yield f"sqlite:///{data / name}.sqlite3"
        finally:
            for file in data.glob(f"{name}.sqlite3*"):
                file.unlink()
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _at(server, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def answers(server: str) -> bool:
    """Whether the PostgreSQL server can be reached."""
    try:
        psycopg.connect(server, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _sqlite(wanted: Wanted, data: Path) -> str:
    kept = data / f"{wanted.name}.sqlite3"
    if not kept.exists():
        for older in data.glob(f"bench_{wanted.size}_*.sqlite3*"):
            older.unlink()
        building = data / f"bench_{wanted.size}_building.sqlite3"
        _build(wanted, data, f"sqlite:///{building}")
        building.rename(kept)
    return f"sqlite:///{kept}"


def _postgresql(wanted: Wanted, data: Path, server: str) -> str:
    building = f"bench_{wanted.size}_building"
    with psycopg.connect(server, autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
        ours = re.compile(rf"bench_{wanted.size}_([0-9a-f]{{10}}|building)")
        present = [name for (name,) in rows if ours.fullmatch(name)]
        if wanted.name not in present:
            for older in present:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(older)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            _build(wanted, data, _at(server, building))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            names = sql.Identifier(building), sql.Identifier(wanted.name)
            connection.execute(rename.format(*names))
    return _at(server, wanted.name)


def _at(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _build(wanted: Wanted, data: Path, address: str) -> None:
    print(f"Building {wanted.size} on {wanted.vendor}:", file=sys.stderr, flush=True)
    command = [sys.executable, "manage.py", "bench_build"]
    if wanted.programs:
        command += ["--programs", str(wanted.programs)]
    subprocess.run(command, cwd=ROOT, env=environment(data, address), check=True)
