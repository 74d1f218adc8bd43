"""Printing: the figures as Markdown tables that also read well on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.triage.copying import Copies
from bench.triage.figures import ItemTally, Tally

Row = Sequence[str]


def table(headings: Row, rows: Sequence[Row]) -> str:
    """Rows under their headings, columns aligned."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def methods_table(measured: dict[str, list[Tally]]) -> str:
    """One row a method: conditions, stance, and what was turned away."""
    headings = (
        *("method", "condition micro-F1", "condition macro-F1", "stance given condition"),
        *("not about: precision", "not about: recall"),
    )
    return table(headings, [(name, *_figures(tallies)) for name, tallies in measured.items()])


def conditions_table(tallies: Sequence[Tally]) -> str:
    """One row a condition, means over the repeats."""
    headings = ("condition", "documents", "precision", "recall", "F1", "stance given condition")
    first = tallies[0]
    rows = [
        (
            code,
            str(first.right[code] + first.missed[code]),
            _mean(tallies, lambda tally, code=code: tally.precision(code)),
            _mean(tallies, lambda tally, code=code: tally.recall(code)),
            _mean(tallies, lambda tally, code=code: tally.f1(code)),
            _mean(
                tallies,
                lambda tally, code=code: tally.stance_right[code] / max(1, tally.stances[code]),
            ),
        )
        for code in first.codes
    ]
    return table(headings, rows)


def items_table(measured: dict[str, ItemTally]) -> str:
    """One row a part whose checklist items were filed."""
    headings = ("checklist items, given the condition", "filed", "precision", "recall")
    return table(
        headings,
        [
            (name, str(one.right + one.missed), f"{one.precision:.3f}", f"{one.recall:.3f}")
            for name, one in measured.items()
        ],
    )


def lessons_table(curve: Sequence[tuple[int, Sequence[Tally], Sequence[Tally]]]) -> str:
    """One row for each number of corrections."""
    headings = ("corrections", "micro-F1", "macro-F1", "thin lists: micro-F1", "macro-F1")
    rows = [
        (
            str(size),
            *(
                _mean(tallies, figure)
                for tallies in (full, thin)
                for figure in (lambda tally: tally.micro, lambda tally: tally.macro)
            ),
        )
        for size, full, thin in curve
    ]
    return table(headings, rows)


def copies_table(copies: Copies) -> str:
    """What was found of copies and companions."""
    rows = [
        ("reworded copies found", f"{copies.found} of {copies.copies}"),
        ("other documents taken for a copy", str(copies.mistaken)),
        ("closest is on the same event", f"{copies.closest} of {copies.with_companions}"),
        ("one of the closest three is", f"{copies.among_three} of {copies.with_companions}"),
    ]
    return table(("copies", "count"), rows)


def _figures(tallies: Sequence[Tally]) -> Row:
    return (
        _mean(tallies, lambda tally: tally.micro),
        _mean(tallies, lambda tally: tally.macro),
        _mean(tallies, lambda tally: tally.stance),
        _mean(tallies, lambda tally: tally.away_precision) if _has_off_topic(tallies) else "-",
        _mean(tallies, lambda tally: tally.away_recall) if _has_off_topic(tallies) else "-",
    )


def _has_off_topic(tallies: Sequence[Tally]) -> bool:
    return any(tally.off_topic for tally in tallies)


def _mean(tallies: Sequence[Tally], figure: Callable[[Tally], float]) -> str:
    """The mean over the repeats, and from where to where it goes if they differ."""
    each = [figure(tally) for tally in tallies]
    least, most = f"{min(each):.2f}", f"{max(each):.2f}"
    mean = f"{sum(each) / len(each):.3f}"
    return mean if least == most else f"{mean} ({least}-{most})"
