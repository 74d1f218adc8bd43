"""A whole generated database, table by table in the order of their references."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from bench.generator import documents, judgements, people, programs, reminders
from bench.generator.loading import Say, load
from bench.generator.sizes import Size
from bench.generator.tables import Table

SEED = 3899


def tables(size: Size, seed: int = SEED) -> Iterator[Table]:
    """Every table of a database of this size."""
    yield from people.tables(people.group_ids())
    yield from programs.tables(size)
    yield from documents.tables(size, seed)
    yield from judgements.tables(size, seed)
    yield from reminders.tables(size)


def fill(connection: BaseDatabaseWrapper, size: Size, *, say: Say, seed: int = SEED) -> None:
    """Fill a migrated database that holds nothing else; not for inside a transaction."""
    load(connection, tables(size, seed), say=say)
