"""What stands before a compare page: the marks of one program or two, and which may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conditions.queries.answers import mark_from
from conditions.queries.front import SWEEP, Front
from conditions.queries.health import PulseState, is_late
from conditions.queries.readers import NoProgram
from conditions.queries.sql import fetch
from conditions.rules.authority import Reader
from conditions.rules.refusals import Invalid

MOST_CHOICES = 100
_OPEN = """
SELECT p.slug, p.short_title, p.id, p.revision, p.changed_at, p.is_public, p.time_zone, b.beat_at
FROM conditions_program p LEFT JOIN conditions_pulse b ON b.name = %(pulse)s
WHERE p.is_public OR %(all)s
ORDER BY CASE p.slug WHEN %(slug)s THEN 0 WHEN %(other)s THEN 1 ELSE 2 END,
         p.is_default DESC, p.slug
LIMIT %(most)s
"""


class SameProgram(Invalid):
    """A program was to be compared with itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A program that the reader may put beside the one of the page."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class CompareFront:
    """The marks of the program, and of ``other`` where one is asked for; what else there is."""

    front: Front
    choices: tuple[Choice, ...]


def compare_front(reader: Reader, slug: str, other: str, *, as_of: datetime) -> CompareFront:
    """The marks of ``slug`` and, unless empty, of ``other``, if this reader may open them.

    Raises NoProgram, naming ``with`` for the other, and SameProgram. One query.
    """
    sees_all = reader.has_perm("conditions.view_program")
    asked = {"pulse": SWEEP, "all": sees_all, "slug": slug, "other": other, "most": MOST_CHOICES}
    rows = fetch(_OPEN, asked)
    titles = {row[0]: row[1] for row in rows}
    for field, name in (("program", slug), ("with", other)):
        if name and name not in titles:
            raise NoProgram(
                "There is no such program.",
                field=field,
                value=name,
                remedy="The front page lists all programs.",
            )
    if slug == other:
        raise SameProgram(
            "A program is not compared with itself.",
            field="with",
            value=other,
            remedy="Name another program, or leave with out.",
        )
    return CompareFront(
        front=_front([row[2:] for row in rows[: 2 if other else 1]], as_of),
        choices=tuple(
            sorted(
                (Choice(*pair) for pair in titles.items() if pair[0] != slug),
                key=lambda choice: (choice.title, choice.slug),
            )
        ),
    )


def _front(rows: list[tuple[Any, ...]], as_of: datetime) -> Front:
    beat_at: datetime | None = rows[0][5]
    pulse = PulseState(SWEEP, beat_at, is_late(SWEEP, beat_at, as_of))
    return Front(tuple(mark_from(row[:5]) for row in rows), pulse)
