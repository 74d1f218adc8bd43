"""Where the parts of the plot of a cycle's progress lie: work done against the usual rhythm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from conditions.queries.progress import Step
from conditions.rules.rhythm import Phase, PhaseKind, phases

LEFT, RIGHT, WIDTH = 40.0, 100.0, 760.0
HEAD, HEIGHT, FOOT = 48.0, 160.0, 40.0
ROOMY, APART, MOST_LEVELS = 46.0, 14.0, 10


@dataclass(frozen=True, slots=True)
class Band:
    """A phase of the usual rhythm as a stretch of the time axis, its name above it."""

    phase: Phase
    x: float
    width: float
    middle: float
    name_y: float
    shaded: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A line of the count of conditions, and its height."""

    number: int
    y: float


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day of the cycle on the time axis, counted from its start."""

    number: int
    x: float


@dataclass(frozen=True, slots=True)
class Line:
    """What was counted up to the last day told: an SVG path, its end and the words beside it."""

    path: str
    x: float
    y: float
    label_y: float
    number: int


@dataclass(frozen=True, slots=True)
class ProgressPlot:
    """Conditions coded and approved by day; ``pace_...`` is what the usual rhythm would have.

    ``today_x``, ``scheduled_x`` and ``closed_x`` are None where there is no such day to draw.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    bands: tuple[Band, ...]
    levels: tuple[Level, ...]
    days: tuple[DayMark, ...]
    coded: Line
    approved: Line
    approved_area: str
    pace_coded: str
    pace_approved: str
    today_x: float | None
    due_x: float
    scheduled_x: float | None
    closed_x: float | None


def progress_plot(
    *,
    starts_on: date,
    due_on: date,
    scheduled_due_on: date,
    closed_on: date | None,
    steps: Sequence[Step],
    of: int,
    day: date,
) -> ProgressPlot | None:
    """The plot of one cycle of ``of`` conditions up to ``day``; None without any condition.

    ``steps`` are in order. The axis reaches beyond the due date for as long as the cycle is late.
    """
    if of < 1:
        return None
    last = min(closed_on or day, day)
    frame = _Frame(starts_on, max(due_on, scheduled_due_on, last), of)
    rhythm = phases(starts_on, due_on)
    until = max(starts_on, last)
    coded = _line([(step.day, step.coded) for step in steps], frame, until)
    approved = _line([(step.day, step.approved) for step in steps], frame, until)
    coded, approved = _spread(coded, approved, frame)
    is_extended = scheduled_due_on != due_on
    return ProgressPlot(
        width=WIDTH,
        height=frame.bottom + FOOT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=HEAD,
        bottom=frame.bottom,
        bands=_bands(rhythm, frame),
        levels=_levels(of, frame),
        days=_days(starts_on, due_on, frame),
        coded=coded,
        approved=approved,
        approved_area=f"{approved.path}V{frame.bottom:g}H{LEFT:g}z",
        pace_coded=_pace(rhythm, PhaseKind.CODING, frame),
        pace_approved=_pace(rhythm, PhaseKind.REVIEW, frame),
        today_x=frame.x(day) if starts_on <= day and closed_on is None else None,
        due_x=frame.x(due_on),
        scheduled_x=frame.x(scheduled_due_on) if is_extended else None,
        closed_x=frame.x(closed_on) if closed_on else None,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    start: date
    end: date
    of: int

    @property
    def bottom(self) -> float:
        return HEAD + HEIGHT

    def x(self, day: date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, number: int) -> float:
        return round(self.bottom - number / self.of * (HEIGHT - APART), 1)


def _bands(rhythm: Iterable[Phase], frame: _Frame) -> tuple[Band, ...]:
    found = []
    for place, phase in enumerate(rhythm):
        x, until = frame.x(phase.starts_on), frame.x(phase.ends_on)
        width = round(until - x, 1)
        middle, odd = round((x + until) / 2, 1), place % 2 == 1
        # Names that have no room side by side stand on two lines.
        name_y = HEAD - 8 - (0 if odd or width >= ROOMY else APART)
        found.append(Band(phase, x, width, middle, name_y, shaded=odd))
    return tuple(found)


def _levels(of: int, frame: _Frame) -> tuple[Level, ...]:
    told = range(of + 1) if of <= MOST_LEVELS else (0, of // 2, of)
    return tuple(Level(number, frame.y(number)) for number in told)


def _days(starts_on: date, due_on: date, frame: _Frame) -> tuple[DayMark, ...]:
    length = (due_on - starts_on).days
    each = max(30, length // 120 * 30)
    told = [*range(0, length - each // 2, each), length]
    return tuple(DayMark(number, frame.x(starts_on + timedelta(number))) for number in told)


def _line(counts: Iterable[tuple[date, int]], frame: _Frame, until: date) -> Line:
    path, number = f"M{LEFT:g} {frame.bottom:g}", 0
    for day, count in counts:
        if day > until:
            break
        path += f"H{frame.x(day):g}V{frame.y(count):g}"
        number = count
    x, y = frame.x(until), frame.y(number)
    return Line(f"{path}H{x:g}", x, y, y, number)


def _spread(coded: Line, approved: Line, frame: _Frame) -> tuple[Line, Line]:
    """Both with their words so far apart that each can be read; coded is never below approved."""
    if approved.label_y - coded.label_y >= APART:
        return coded, approved
    lower = min(max(approved.y, coded.y + APART / 2), frame.bottom)
    return _labelled(coded, lower - APART), _labelled(approved, lower)


def _labelled(line: Line, y: float) -> Line:
    return Line(line.path, line.x, line.y, round(y, 1), line.number)


def _pace(rhythm: Iterable[Phase], kind: PhaseKind, frame: _Frame) -> str:
    """The even pace from none to all over a phase, level before and after it."""
    corners = [(LEFT, frame.bottom)]
    for phase in rhythm:
        if phase.kind is kind:
            corners += [
                (frame.x(phase.starts_on), frame.bottom),
                (frame.x(phase.ends_on), frame.y(frame.of)),
            ]
    corners.append((frame.x(frame.end), corners[-1][1]))
    kept = [corners[0], *(b for a, b in pairwise(corners) if a != b)]
    return " ".join(f"{x:g},{y:g}" for x, y in kept)
