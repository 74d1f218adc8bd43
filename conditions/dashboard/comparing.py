"""The compare page's address: cycles (a, b), days (from, to) or moments (knew, knows)."""

from __future__ import annotations

from typing import Any

from conditions.dashboard import asked
from conditions.dashboard.visits import Opened
from conditions.queries.asof import AsOf, read_as_of
from conditions.queries.compare import Side, compare, sides_of_cycles
from conditions.rules.refusals import Invalid


class BadComparison(Invalid):
    """One side of a comparison is missing."""


def comparison_for(visit: Opened) -> dict[str, Any]:
    """What the compare page shows: the comparison asked for, and what its form offers."""
    query = visit.request.GET
    a, b = asked.whole(query, "a"), asked.whole(query, "b")
    cycle_before, cycle_after, cycles = sides_of_cycles(visit.program, visit.as_of, a=a, b=b)
    before, after, kind = _days(visit) or _moments(visit) or (cycle_before, cycle_after, "cycles")
    return {
        "kind": kind,
        "comparison": compare(visit.program, before, after),
        "cycles": cycles,
        "chosen_a": cycle_before.cycle,
        "chosen_b": cycle_after.cycle,
    }


def _days(visit: Opened) -> tuple[Side, Side, str] | None:
    query = visit.request.GET
    earlier, later = asked.day(query, "from"), asked.day(query, "to")
    if earlier is None and later is None:
        return None
    if earlier is None:
        raise BadComparison(
            "The first of two days is missing.",
            field="from",
            value="",
            remedy="Write it as 2026-03-09.",
        )
    known_at = visit.as_of.known_at
    return (
        Side(AsOf(earlier, known_at)),
        Side(AsOf(later or visit.as_of.valid_at, known_at)),
        "days",
    )


def _moments(visit: Opened) -> tuple[Side, Side, str] | None:
    query = visit.request.GET
    knew, knows = (query.get(field, "").strip() for field in ("knew", "knows"))
    if not knew and not knows:
        return None
    if not knew:
        raise BadComparison(
            "The first of two moments is missing.",
            field="knew",
            value="",
            remedy="Write it as 2026-03-09 or 2026-03-09T17:00:00Z.",
        )
    return Side(_known(visit, knew)), Side(_known(visit, knows)), "moments"


def _known(visit: Opened, text: str) -> AsOf:
    if not text:
        return visit.as_of
    return read_as_of(
        visit.program,
        valid_at=visit.as_of.valid_at.isoformat(),
        known_at=text,
        today=visit.today,
    )
