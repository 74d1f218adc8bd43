"""What stands before any page, in one cheap query: the program's mark and the scheduler's pulse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conditions.models import Program
from conditions.queries.answers import ProgramMark, mark_from
from conditions.queries.health import PulseState, is_late
from conditions.queries.readers import NoProgram
from conditions.queries.sql import fetch
from conditions.rules.authority import Reader

SWEEP = "sweep"
_MARK = """
SELECT p.id, p.revision, p.changed_at, p.is_public, p.time_zone, b.beat_at
FROM conditions_program p LEFT JOIN conditions_pulse b ON b.name = %(pulse)s
"""
_ONE = _MARK + "WHERE p.slug = %(slug)s"
_MANY = (
    _MARK
    + """
WHERE (p.is_public OR %(all)s)
  AND (%(after)s = '' OR (p.slug > %(after)s AND NOT p.is_default))
ORDER BY p.is_default DESC, p.slug LIMIT %(most)s
"""
)


@dataclass(frozen=True, slots=True)
class Front:
    """The marks of the programs a page is about, and whether the scheduler still runs."""

    marks: tuple[ProgramMark, ...]
    pulse: PulseState


def program_front(reader: Reader, slug: str, *, as_of: datetime) -> Front:
    """The mark of one program, if this reader may open it. Raises NoProgram. One query."""
    rows = fetch(_ONE, {"slug": slug, "pulse": SWEEP})
    front = _front(rows, as_of)
    if not (front.marks and (front.marks[0].is_public or _sees_all(reader))):
        raise NoProgram(
            "There is no such program.",
            field="program",
            value=slug,
            remedy="The front page lists all programs.",
        )
    return front


def programs_front(reader: Reader, *, after: str, most: int, as_of: datetime) -> Front:
    """The marks of the programs a reader may open, the default first. One query."""
    asked = {"pulse": SWEEP, "all": _sees_all(reader), "after": after, "most": most}
    return _front(fetch(_MANY, asked), as_of)


def programs_of(front: Front, reader: Reader) -> tuple[Program, ...]:
    """The programs of these marks, in their order, each with its successor if open to the reader.

    One query.
    """
    ids = [mark.id for mark in front.marks]
    rows = {row.pk: row for row in Program.objects.filter(pk__in=ids).select_related("successor")}
    for row in rows.values():
        if row.successor is not None and not (row.successor.is_public or _sees_all(reader)):
            row.successor = None
    return tuple(rows[pk] for pk in ids)


def _sees_all(reader: Reader) -> bool:
    return reader.has_perm("conditions.view_program")


def _front(rows: Sequence[tuple[Any, ...]], as_of: datetime) -> Front:
    beat_at: datetime | None = rows[0][5] if rows else None
    pulse = PulseState(SWEEP, beat_at, is_late(SWEEP, beat_at, as_of))
    return Front(tuple(mark_from(row[:5]) for row in rows), pulse)
