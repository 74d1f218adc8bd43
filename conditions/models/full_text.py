"""Full-text search below the ORM: an index that each database keeps by itself, one interface.

SQLite holds an FTS5 table beside ``EvidenceText`` that triggers keep in step; PostgreSQL a
generated column of the type tsvector under a GIN index. Both take words as they stand: no language
is guessed.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "conditions_evidencetext"
_INDEX = f"{_TABLE}_fts"
UNPACKED = f"{_TABLE}_unpacked"
_COLUMNS = ("title", "summary", "body")


def _row(of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in ("evidence_id", *_COLUMNS))


_NAMES = ", ".join(_COLUMNS)
_TAKE_OUT = f"INSERT INTO {_INDEX}({_INDEX}, rowid, {_NAMES}) VALUES ('delete', {_row('OLD')});"
_PUT_IN = f"INSERT INTO {_INDEX}(rowid, {_NAMES}) VALUES ({_row('NEW')});"
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {_INDEX} USING fts5({_NAMES}, content='{_TABLE}', "
    "content_rowid='evidence_id', tokenize='unicode61 remove_diacritics 2')",
    *(
        statement
        for write, steps in (
            ("INSERT", _PUT_IN),
            ("DELETE", _TAKE_OUT),
            ("UPDATE", _TAKE_OUT + _PUT_IN),
        )
        for statement in (
            f"DROP TRIGGER IF EXISTS search_{write.lower()}",
            f"CREATE TRIGGER search_{write.lower()} AFTER {write} ON {_TABLE} BEGIN {steps} END",
        )
    ),
)
# Weights tell where a word stands, so that one search can ask for titles only.
_VECTOR = " || ".join(
    f"setweight(to_tsvector('simple', {name}), '{weight}')"
    for name, weight in zip(_COLUMNS, "ABC", strict=True)
)
_POSTGRESQL = (
    f"ALTER TABLE {_TABLE} ADD COLUMN IF NOT EXISTS words tsvector "
    f"GENERATED ALWAYS AS ({_VECTOR}) STORED",
    f"CREATE INDEX IF NOT EXISTS evidencetext_words ON {_TABLE} USING gin (words)",
    # True of any document, at a price: what it takes to fetch a row and unpack its words, which
    # PostgreSQL thinks is nearly free. Without it, a rare word is looked for text by text, from the
    # newest on. Unsafe for parallel workers, which take longer to start than a page to find.
    f"CREATE OR REPLACE FUNCTION {UNPACKED}(document bigint) RETURNS boolean LANGUAGE plpgsql "
    "IMMUTABLE PARALLEL UNSAFE COST 4000 AS 'BEGIN RETURN true; END'",
)


def install_full_text(connection: BaseDatabaseWrapper) -> None:
    """Make the index of ``EvidenceText`` where it is not there yet; safe to repeat."""
    statements = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rebuild_full_text(connection: BaseDatabaseWrapper) -> None:
    """Fill SQLite's index anew from the table; PostgreSQL's cannot differ from it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')")
