"""Whether this machine prints PDF: without Pango its tests are left out, but never in CI."""

from __future__ import annotations

from functools import cache

from conditions.outbound.reports.pdf import REMEDY, why_not
from tests.lacking import leave_out


@cache
def lacking() -> str:
    """Why PDF cannot be made here; empty where it can."""
    return why_not()


def need_press() -> None:
    """Leaves a test out where PDF cannot be made; in CI that is a failure."""
    if lacking():
        leave_out(f"{lacking()} {REMEDY}")
