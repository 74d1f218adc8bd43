"""Where the parts of the plot of a condition's history lie: status over time, with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from conditions.queries.cycle_judgements import CycleJudgement
from conditions.queries.cycles import CycleDates
from conditions.queries.history_shapes import (
    Band,
    HistoryPlot,
    Level,
    Node,
    Rise,
    Sighting,
    Stretch,
    Tick,
)
from conditions.rules.scale import Grade, Scale

LEFT, RIGHT, WIDTH = 138.0, 14.0, 760.0
HEAD, LANE, STEP = 24.0, 34.0, 30.0
DOT = 6.0


def history_plot(
    *,
    judgements: Sequence[CycleJudgement],
    cycles: Sequence[CycleDates],
    sightings: Iterable[Sighting],
    scale: Scale,
    day: date,
) -> HistoryPlot | None:
    """The plot of one condition up to ``day``; ``judgements`` in the order in which they hold.

    None where no cycle has begun.
    """
    begun = [cycle for cycle in cycles if cycle.starts_on <= day]
    if not begun:
        return None
    start, end = begun[0].starts_on, max(day, begun[-1].due_on) + timedelta(days=1)
    time = _Time(start, end)
    levels, outside, bottom = _levels(scale, {judgement.status for judgement in judgements})
    height_of = {level.code: level.y for level in (*levels, *outside)}
    dues = {cycle.number: cycle.due_on for cycle in cycles}
    seen = list(sightings)
    against_y = bottom + LANE / 2
    return HistoryPlot(
        width=WIDTH,
        height=bottom + LANE + 30,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=HEAD,
        bottom=bottom + LANE,
        ruled=levels[-1].y + STEP / 2,
        levels=levels,
        outside=outside,
        bands=_bands(begun, time),
        stretches=_stretches(judgements, dues, time, height_of, scale, day),
        rises=_rises(judgements, time, height_of, scale),
        nodes=_nodes(judgements, time, height_of, scale),
        ticks=_ticks(seen, time, start, day, against_y),
        for_y=HEAD + LANE - 6,
        against_y=against_y,
        today_x=time.x(day),
        earlier=sum(s.day is not None and s.day < start for s in seen),
    )


@dataclass(frozen=True, slots=True)
class _Time:
    start: date
    end: date

    def x(self, day: date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def _levels(
    scale: Scale, used: Collection[str]
) -> tuple[tuple[Level, ...], tuple[Level, ...], float]:
    ranked = [grade for grade in scale.grades if grade.rank is not None]
    ranked.sort(key=lambda grade: grade.rank or 0, reverse=True)
    y = HEAD + LANE + 16
    levels = tuple(_level(grade, y + place * STEP) for place, grade in enumerate(ranked))
    y = levels[-1].y + STEP + 4
    others = [grade for grade in scale.grades if grade.rank is None and grade.code in used]
    outside = tuple(_level(grade, y + place * STEP * 0.8) for place, grade in enumerate(others))
    return levels, outside, (outside or levels)[-1].y + 12


def _level(grade: Grade, y: float) -> Level:
    return Level(grade.code, grade.label, round(y, 1))


def _bands(cycles: Sequence[CycleDates], time: _Time) -> tuple[Band, ...]:
    bands = []
    for place, cycle in enumerate(cycles):
        x, until = time.x(cycle.starts_on), time.x(cycle.due_on)
        bands.append(
            Band(
                cycle.number,
                x,
                round(until - x, 1),
                round((x + until) / 2, 1),
                until,
                cycle.due_on,
                shaded=place % 2 == 0,
                short=until - x < 60,
            )
        )
    return tuple(bands)


def _ends(judgements: Sequence[CycleJudgement], day: date) -> Iterable[tuple[CycleJudgement, date]]:
    for place, judgement in enumerate(judgements):
        later = judgements[place + 1 :]
        yield judgement, later[0].valid_from if later else day


def _stretches(
    judgements: Sequence[CycleJudgement],
    dues: dict[int, date],
    time: _Time,
    height_of: dict[str, float],
    scale: Scale,
    day: date,
) -> tuple[Stretch, ...]:
    found = []
    for judgement, until in _ends(judgements, day):
        due_on = dues[judgement.cycle_number]
        y, unranked = height_of[judgement.status], scale.rank(judgement.status) is None
        own = min(until, due_on)
        found.append(
            Stretch(time.x(judgement.valid_from), time.x(own), y, carried=False, unranked=unranked)
        )
        if until > due_on:
            found.append(Stretch(time.x(due_on), time.x(until), y, carried=True, unranked=unranked))
    return tuple(found)


def _rises(
    judgements: Sequence[CycleJudgement],
    time: _Time,
    height_of: dict[str, float],
    scale: Scale,
) -> tuple[Rise, ...]:
    return tuple(
        Rise(time.x(after.valid_from), height_of[before.status], height_of[after.status])
        for before, after in zip(judgements, judgements[1:], strict=False)
        if scale.rank(before.status) is not None and scale.rank(after.status) is not None
    )


def _nodes(
    judgements: Sequence[CycleJudgement],
    time: _Time,
    height_of: dict[str, float],
    scale: Scale,
) -> tuple[Node, ...]:
    top = max(grade.rank for grade in scale.grades if grade.rank is not None)
    nodes = []
    for judgement in judgements:
        rank = scale.rank(judgement.status)
        nodes.append(
            Node(
                time.x(judgement.valid_from),
                height_of[judgement.status],
                judgement.status,
                None if rank is None else round(rank / top * 4),
                judgement.cycle_number,
                judgement.valid_from,
            )
        )
    return tuple(nodes)


def _ticks(
    sightings: Sequence[Sighting], time: _Time, start: date, day: date, against_y: float
) -> tuple[Tick, ...]:
    piles: dict[tuple[str, int], int] = {}
    ticks = []
    for sighting in sightings:
        if sighting.day is None or not start <= sighting.day <= day:
            continue
        slot = round(time.x(sighting.day) / DOT)
        place = piles[(sighting.stance, slot)] = piles.get((sighting.stance, slot), -1) + 1
        if sighting.stance == "neutral" or place > 3:
            continue
        base = HEAD + LANE - 4 if sighting.stance == "supports" else against_y - 8
        toward = -1 if sighting.stance == "supports" else 1
        ticks.append(Tick(slot * DOT, round(base + toward * place * DOT, 1), sighting.stance))
    return tuple(ticks)
