"""What the generator hands over: rows of one table, as values that both databases read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a model in the order of ``columns``; the other columns take their default.

    Values are text, whole numbers and None: dates as ISO text, moments in UTC, booleans 0 and 1,
    JSON as text.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: Iterable[Row]

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    def all_columns(self) -> tuple[str, ...]:
        """The given columns, then those that take their default."""
        return (*self.columns, *(name for name, _ in self._defaults()))

    def all_rows(self) -> Iterator[Row]:
        """The rows, complete."""
        rest = tuple(value for _, value in self._defaults())
        for row in self.rows:
            yield row + rest

    def _defaults(self) -> list[tuple[str, Any]]:
        return [
            (field.column, _plain(field))
            for field in self.model._meta.concrete_fields
            if field.column not in self.columns and not field.primary_key
        ]


def _plain(field: models.Field[Any, Any]) -> Any:
    value = field.get_default()
    if isinstance(field, models.JSONField):
        return None if value is None else json.dumps(value)
    return int(value) if isinstance(value, bool) else value


def digest(text: str) -> str:
    """A SHA-256 that stands where the product keeps a fingerprint; it binds nothing here."""
    return hashlib.sha256(text.encode()).hexdigest()
