"""SQL written by hand, where building it from objects costs more than the database's work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection


def fetch(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one query, moments with their zone.

    A parameter ``%(name)s`` may be a day, a moment, or a collection, which stands after IN and may
    not be empty.
    """
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        if not isinstance(value, list | tuple | set | frozenset):
            flat[name] = _adapted(value)
            continue
        each = {f"{name}_{place}": _adapted(one) for place, one in enumerate(value)}
        sql = sql.replace(f"%({name})s", f"({', '.join(f'%({one})s' for one in each)})")
        flat |= each
    with connection.cursor() as cursor:
        cursor.execute(sql, flat)
        return [tuple(map(aware, row)) for row in cursor.fetchall()]


def aware(value: Any) -> Any:
    """A value as a database hands it back; SQLite's moments come without their zone, UTC."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
