"""Who did what no account did: what runs by itself, or a person at the command line."""

from __future__ import annotations

from typing import Final

# Of what runs by itself, by hand or by the clock: events, copies, dates.
SCHEDULER: Final = "the scheduler"
# Of what takes a person: decisions, entries of the log, sheets.
OPERATOR: Final = "an operator"
