"""The table: medians with their spread, each beside its target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

HEADINGS = (
    "path",
    "database",
    "requests/s",
    "floor/s",
    "of the floor",
    "target",
    "CPU ms",
    "of the floor, by CPU",
    "SQL",
    "bytes",
)


def rows(measured: Iterable[dict[str, Any]]) -> list[tuple[str, ...]]:
    """One row for each path and database."""
    return [_row(one) for one in measured]


def printed(cells: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> str:
    """Rows under their headings, as Markdown that also reads well on a terminal."""
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (headings, rule, *cells)
    )


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    speeds = [turn["per_second"] for turn in one["turns"]]
    floors = [turn["per_second"] for turn in one["floor"]]
    costs = [turn["cpu_ms"] for turn in one["turns"]]
    floor_costs = [turn["cpu_ms"] for turn in one["floor"]]
    by_cpu = "-" if None in (*costs, *floor_costs) else _ratios(floor_costs, costs)
    return (
        one["path"],
        {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[one["vendor"]],
        f"{median(speeds):,.0f}",
        f"{median(floors):,.0f}",
        _ratios(speeds, floors),
        "-" if one["target"] is None else f"{one['target']:.2f}",
        "-" if None in costs else f"{median(costs):.2f}",
        by_cpu,
        _queries(one["queries_first"], one["queries_again"]),
        f"{one['sent']:,}",
    )


def _ratios(above: Iterable[float], below: Iterable[float]) -> str:
    each = [a / b if b else 0.0 for a, b in zip(above, below, strict=True)]
    return f"{median(each):.2f} ({min(each):.2f}-{max(each):.2f})"


def _queries(first: int, again: int) -> str:
    return str(first) if first == again else f"{first}, again {again}"
