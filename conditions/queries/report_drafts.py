"""The report on a cycle as it would be published now: for the team, until it is."""

from __future__ import annotations

from dataclasses import replace

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.report import Report, read_report
from conditions.queries.report_content import draft_content, report_day


def draft_report(program: Program, number: int, as_of: AsOf) -> Report:
    """The draft of cycle ``number``'s report. A fixed number of queries. Raises NoCycle."""
    cycle = program.cycles.filter(number=number).first()
    if cycle is not None:
        day = report_day(cycle.starts_on, cycle.due_on, as_of.valid_at)
        as_of = replace(as_of, valid_at=day)
    return read_report(draft_content(program, number, as_of), is_draft=True)
