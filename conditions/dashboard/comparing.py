"""The compare page's address: cycles (a, b), days (from, to), moments (knew, knows), or another
program (with).
"""

from __future__ import annotations

from dataclasses import replace

from conditions.dashboard import asked
from conditions.dashboard.visits import Context, Opened, permalink
from conditions.models import Program
from conditions.queries.asof import AsOf, read_as_of
from conditions.queries.compare import Side, compare, sides_of_cycles
from conditions.queries.program_comparison import compare_programs
from conditions.rules.refusals import Invalid

# What names two sides of one program, and so does not go with a second one.
OF_ONE_PROGRAM = ("a", "b", "from", "to", "knew", "knows")


class BadComparison(Invalid):
    """One side of a comparison is missing, or two comparisons are asked for at once."""


def comparison_for(visit: Opened) -> Context:
    """What the compare page shows: the comparison asked for, and what its form offers."""
    if visit.beside:
        return _programs(visit, visit.beside)
    query = visit.request.GET
    a, b = asked.whole(query, "a"), asked.whole(query, "b")
    cycle_before, cycle_after, cycles = sides_of_cycles(visit.program, visit.as_of, a=a, b=b)
    before, after, kind = _days(visit) or _moments(visit) or (cycle_before, cycle_after, "cycles")
    return {
        "kind": kind,
        "comparison": compare(
            visit.program, before, after, sensitivities=visit.audience.sensitivities
        ),
        "choices": visit.choices,
        "cycles": cycles,
        "chosen_a": cycle_before.cycle,
        "chosen_b": cycle_after.cycle,
    }


def _programs(visit: Opened, beside: Program) -> Context:
    _require_nothing_else(visit)
    as_of = _as_of_both(visit, beside)
    return {
        "comparison": compare_programs(
            visit.program, beside, as_of, sensitivities=visit.audience.sensitivities
        ),
        "beside": beside,
        "choices": visit.choices,
        "as_of": as_of,
        "permalink": permalink(visit.request, as_of),
    }


def _require_nothing_else(visit: Opened) -> None:
    for field in OF_ONE_PROGRAM:
        value = visit.request.GET.get(field, "").strip()
        if value:
            raise BadComparison(
                "Two programs are compared as they stand on one day.",
                field=field,
                value=value,
                remedy=f"Leave out {field} and choose the day with valid_at, or leave out with.",
            )


def _as_of_both(visit: Opened, beside: Program) -> AsOf:
    if visit.request.GET.get("known_at", "").strip():
        return visit.as_of
    # The present is the last change of either; the one changed first knows nothing later.
    known_at = max(visit.program.changed_at, beside.changed_at)
    return replace(visit.as_of, known_at=known_at)


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
