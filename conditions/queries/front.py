"""What stands before any page, in one query: the program and the scheduler's pulse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Subquery

from conditions.models import Program, Pulse, User
from conditions.queries.health import LATE_AFTER, PulseState
from conditions.queries.readers import NoProgram

SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Front:
    """Programs as a page opens with them, and whether the scheduler still runs."""

    programs: tuple[Program, ...]
    pulse: PulseState

    def revisions(self) -> tuple[tuple[int, int, str], ...]:
        """What changes whenever anything that these programs show changes."""
        return tuple((p.pk, p.revision, p.changed_at.isoformat()) for p in self.programs)


def program_front(reader: User | AnonymousUser, slug: str, *, as_of: datetime) -> Front:
    """One program by its slug, if this reader may open it. Raises NoProgram. One query."""
    program = _with_beat(Program.objects.for_reader(reader).filter(slug=slug)).first()
    if program is None:
        raise NoProgram(
            "There is no such program.",
            field="program",
            value=slug,
            remedy="The front page lists all programs.",
        )
    return Front((program,), _pulse(program, as_of))


def programs_front(
    reader: User | AnonymousUser, *, after: str, most: int, as_of: datetime
) -> Front:
    """The programs a reader may open, the default first, from ``after`` on. One query."""
    rows = Program.objects.for_reader(reader)
    if after:
        rows = rows.filter(slug__gt=after, is_default=False)
    programs = tuple(_with_beat(rows).order_by("-is_default", "slug")[:most])
    return Front(programs, _pulse(programs[0] if programs else None, as_of))


def _with_beat(rows: QuerySet[Program]) -> QuerySet[Program]:
    beat = Pulse.objects.filter(name=SWEEP).values("beat_at")[:1]
    return rows.select_related("successor").annotate(beat_at=Subquery(beat))


def _pulse(program: Program | None, as_of: datetime) -> PulseState:
    beat_at: datetime | None = getattr(program, "beat_at", None)
    late = beat_at is None or as_of - beat_at > LATE_AFTER[SWEEP]
    return PulseState(SWEEP, beat_at, late)
