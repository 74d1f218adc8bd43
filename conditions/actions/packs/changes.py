"""Changes: what a load did, or would do, row by row: path, before, after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from conditions.models import Program


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a pack and what was on file; ``before`` is None for what is new."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """What loading a pack changed or, for a plan, would change; nothing if it is on file so."""

    slug: str
    program: Program | None
    changes: tuple[Change, ...]

    @property
    def is_new(self) -> bool:
        """Whether the program was not on file before."""
        return any(change.path == "program" for change in self.changes)


def assign(row: models.Model, columns: Mapping[str, Any], path: str) -> Iterator[Change]:
    """Set the columns on ``row`` that differ, and tell each; the row is not saved."""
    for name, value in columns.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            yield Change(f"{path}.{name}", before, value)
