"""Publications: which cycles are published, in which versions, and what hangs on which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conditions.models import Program, Publication
from conditions.rules.refusals import NotFound

_COLUMNS = ("pk", "cycle_id", "cycle__number", "version", "valid_at", "known_at", "sha256", "note")


class NoPublication(NotFound):
    """The cycle was not published, or not in that version."""


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One published version of a cycle's report, without its texts."""

    id: int
    cycle_id: int
    cycle_number: int
    version: int
    valid_at: date
    known_at: datetime
    sha256: str
    note: str

    @property
    def is_correction(self) -> bool:
        """Whether this version corrects one before it."""
        return self.version > 1


def published_in(program_id: int, known_at: datetime) -> Mapping[int, PublishedLine]:
    """The newest version published by ``known_at`` of each cycle, by cycle id. One query."""
    rows = Publication.objects.filter(program=program_id, known_at__lte=known_at)
    ordered = rows.order_by("cycle__number", "version").values_list(*_COLUMNS)
    return {row[1]: PublishedLine(*row) for row in ordered}


def versions_of(program: Program, number: int) -> tuple[PublishedLine, ...]:
    """All published versions of one cycle, oldest first. One query."""
    rows = Publication.objects.filter(program=program, cycle__number=number)
    return tuple(PublishedLine(*row) for row in rows.order_by("version").values_list(*_COLUMNS))


def newest_of(program: Program) -> PublishedLine | None:
    """The end of the program's chain. One query."""
    row: Any = (
        Publication.objects.filter(program=program)
        .order_by("-known_at", "-pk")
        .values_list(*_COLUMNS)
        .first()
    )
    return PublishedLine(*row) if row else None


def publication_of(program: Program, number: int, version: int | None = None) -> Publication:
    """One version of a cycle's report, or the newest. Raises NoPublication. Two queries at most."""
    rows = Publication.objects.filter(program=program, cycle__number=number).order_by("-version")
    found = rows.first() if version is None else rows.filter(version=version).first()
    if found is not None:
        return found
    newest = rows.values_list("version", flat=True).first()
    if newest is None:
        raise NoPublication(
            f"Cycle {number} of {program.short_title} has no published report.",
            field="cycle",
            value=number,
            remedy="A report is published when its cycle is closed.",
        )
    raise NoPublication(
        f"The report on cycle {number} has no such version.",
        field="version",
        value=version,
        remedy="It has one version." if newest == 1 else f"Its versions run from 1 to {newest}.",
    )
