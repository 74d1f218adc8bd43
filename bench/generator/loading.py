"""Loading rows in bulk: indexes, references and guards stand aside, and are all put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.core.management.color import no_style
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.generator.tables import Table
from conditions.models.guards import all_guards, install_guards

Say = Callable[[str], None]
_REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('f', 'u') AND connamespace = 'public'::regnamespace
  AND conrelid::regclass::text LIKE 'conditions\\_%'
ORDER BY contype DESC
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid::regclass::text LIKE 'conditions\\_%'
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Let rows in that the product would only let grow step by step, until guards are installed."""
    on_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for guard in all_guards():
            table = f" ON {guard.table}" if on_table else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{table}")


def insert(connection: BaseDatabaseWrapper, table: Table) -> int:
    """Insert the rows of one table; how many there were."""
    return (_copy if connection.vendor == "postgresql" else _insert)(connection, table)


def load(connection: BaseDatabaseWrapper, tables: Iterable[Table], *, say: Say) -> None:
    """Load an empty database, in the order of the tables; afterwards every constraint has held."""
    kept = {"sqlite": _sqlite_aside, "postgresql": _postgresql_aside}[connection.vendor]
    models = []
    with kept(connection, say):
        for table in tables:
            begun = monotonic()
            many = insert(connection, table)
            models.append(table.model)
            say(f"{table.name}: {many:,} rows, {monotonic() - begun:.1f} s")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        # Without the visibility map, PostgreSQL reads the table beside every index.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _insert(connection: BaseDatabaseWrapper, table: Table) -> int:
    columns = table.all_columns()
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    with transaction.atomic(using=connection.alias):
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
        # Of the driver itself: it takes an iterator, and Django's cursor makes a list.
        return int(connection.connection.executemany(sql, table.all_rows()).rowcount)


def _copy(connection: BaseDatabaseWrapper, table: Table) -> int:
    names = ", ".join(f'"{name}"' for name in table.all_columns())
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in table.all_rows():
                copy.write_row(row)
        return int(cursor.rowcount)


@contextmanager
def _sqlite_aside(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    with connection.cursor() as cursor:
        for pragma in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA cache_size = -524288")
        lift_guards(connection)
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            "AND tbl_name LIKE 'conditions\\_%' ESCAPE '\\'"
        )
        indexes = cursor.fetchall()
        _run(cursor, [f'DROP INDEX "{name}"' for name, _ in indexes])
        yield
        _timed(cursor, say, "indexes", [sql for _, sql in indexes])
        install_guards(connection)
        connection.check_constraints()
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")


@contextmanager
def _postgresql_aside(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        lift_guards(connection)
        cursor.execute(_REFERENCES)
        references = cursor.fetchall()
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for table, name, _ in reversed(references):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        _run(cursor, [f"DROP INDEX {name}" for name, _ in indexes])
        yield
        _timed(cursor, say, "indexes", [definition for _, definition in indexes])
        add = 'ALTER TABLE {} ADD CONSTRAINT "{}" {}'
        _timed(cursor, say, "references", [add.format(*one) for one in references])
        install_guards(connection)


def _run(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def _timed(cursor: Any, say: Say, what: str, statements: list[str]) -> None:
    begun = monotonic()
    _run(cursor, statements)
    say(f"{what}: {len(statements)}, {monotonic() - begun:.1f} s")
