"""The parts of the plot of a condition's history, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Level:
    """A line of the scale: a grade and its height."""

    code: str
    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Band:
    """A cycle as a stretch of the time axis; ``short`` where its name has no room."""

    number: int
    x: float
    width: float
    middle: float
    until: float
    due_on: date
    shaded: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A status held from one day to another; ``carried`` beyond the cycle it was judged in."""

    x: float
    until: float
    y: float
    carried: bool
    unranked: bool


@dataclass(frozen=True, slots=True)
class Node:
    """The day a judgement begins to hold."""

    x: float
    y: float
    code: str
    tone: int | None
    cycle: int
    day: date


@dataclass(frozen=True, slots=True)
class Rise:
    """The step from one ranked status to the next."""

    x: float
    y: float
    until: float


@dataclass(frozen=True, slots=True)
class Tick:
    """One document on its day, above (for) or below (against)."""

    x: float
    y: float
    stance: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document's day and stance, all that the plot needs of it."""

    day: date | None
    stance: str


@dataclass(frozen=True, slots=True)
class HistoryPlot:
    """Status over time with its evidence; grades outside the order, where used, lie apart."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ruled: float
    levels: tuple[Level, ...]
    outside: tuple[Level, ...]
    bands: tuple[Band, ...]
    stretches: tuple[Stretch, ...]
    rises: tuple[Rise, ...]
    nodes: tuple[Node, ...]
    ticks: tuple[Tick, ...]
    for_y: float
    against_y: float
    today_x: float
    earlier: int
