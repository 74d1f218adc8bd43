"""What was published of a cycle, and whether the page of the cycle says something else by now."""

from __future__ import annotations

from dataclasses import dataclass

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_page import CyclePage
from conditions.queries.publications import PublishedLine, versions_of


@dataclass(frozen=True, slots=True)
class CycleReports:
    """The published versions of a cycle's report, the newest first.

    ``approved_since`` are the codes of conditions whose judgement is younger than the newest.
    """

    newest: PublishedLine
    versions: tuple[PublishedLine, ...]
    approved_since: tuple[str, ...]


def cycle_reports(program: Program, page: CyclePage, as_of: AsOf) -> CycleReports | None:
    """The versions published by ``as_of``, beside what the page shows; None if none. One query."""
    known = [
        line for line in versions_of(program, page.cycle.number) if line.known_at <= as_of.known_at
    ]
    if not known:
        return None
    newest = known[-1]
    since = tuple(
        row.condition.code
        for row in page.rows
        if row.judgement and row.judgement.approved_at > newest.known_at
    )
    return CycleReports(newest, tuple(reversed(known)), since)
