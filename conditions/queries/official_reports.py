"""That official reports were sent, and when they should be public, as a page shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from conditions.queries.asof import AsOf
from conditions.queries.official_findings import (
    DOCUMENT_JOIN,
    OfficialDocument,
    document_columns,
    document_of,
)
from conditions.queries.sql import fetch
from conditions.rules.release import (
    EARLIEST,
    LATEST,
    ReleaseState,
    ReleaseWindow,
    state_on,
    window_of,
)

_BASIS = f"{EARLIEST.days} to {LATEST.days} days, GovInfo CMR"
# The record that stands is named f, as the join of its document expects.
_REPORTS = """
SELECT f.id, f.cycle_id, y.number, f.submitted_on, f.released_on, f.note, f.recorded_at, {document}
FROM conditions_officialreport f JOIN conditions_reviewcycle y ON y.id = f.cycle_id
{join}
WHERE f.cycle_id IN %(cycles)s AND f.submitted_on <= %(valid_at)s AND f.recorded_at <= %(known_at)s
  AND NOT EXISTS (
    SELECT 1 FROM conditions_officialreport k
    WHERE k.replaces_id = f.id AND k.recorded_at <= %(known_at)s)
"""


@dataclass(frozen=True, slots=True)
class ReportSent:
    """The standing record of an official report on one cycle, with its release window."""

    id: int
    cycle_id: int
    cycle_number: int
    submitted_on: date
    released_on: date | None
    window: ReleaseWindow
    state: ReleaseState
    document: OfficialDocument | None
    note: str
    recorded_at: datetime

    @property
    def sentence(self) -> str:
        """When it was sent, and when it became or should become public."""
        sent = f"Sent {_told(self.submitted_on)}"
        opens_on, closes_on = self.window.opens_on, self.window.closes_on
        between = f"from {_span(opens_on, closes_on)} ({_BASIS})"
        match self.state:
            case ReleaseState.RELEASED if self.released_on is not None:
                return f"{sent}; public since {_told(self.released_on)}."
            case ReleaseState.PASSED:
                return (
                    f"{sent}; it was expected to be public {between}. "
                    "No public text is on record: it may be classified, or late."
                )
        return f"{sent}; expected to be public {between}."


def reports_on(
    cycle_ids: Collection[int], as_of: AsOf, sensitivities: Collection[str]
) -> Mapping[int, ReportSent]:
    """The standing record of each cycle's official report, by cycle id. One query.

    A report sent after ``as_of.valid_at`` is not there yet.
    """
    if not cycle_ids:
        return {}
    asked = {
        "cycles": tuple(cycle_ids),
        "valid_at": as_of.valid_at,
        "known_at": as_of.known_at,
    }
    sql = _REPORTS.format(document=document_columns(), join=DOCUMENT_JOIN)
    found = {}
    for pk, cycle_id, number, submitted_on, released_on, *rest in fetch(sql, asked):
        note, recorded_at, *document = rest
        window = window_of(submitted_on)
        found[cycle_id] = ReportSent(
            id=pk,
            cycle_id=cycle_id,
            cycle_number=number,
            submitted_on=submitted_on,
            released_on=released_on,
            window=window,
            state=state_on(window, released_on, as_of.valid_at),
            document=document_of(document, sensitivities),
            note=note,
            recorded_at=recorded_at,
        )
    return found


def _told(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(first: date, last: date) -> str:
    if first.year != last.year:
        return f"{_told(first)} to {_told(last)}"
    return f"{first.day} {first:%B} to {_told(last)}"
