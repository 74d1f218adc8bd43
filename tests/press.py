"""Whether this machine prints PDF: without Pango its tests are left out, but never in CI."""

from __future__ import annotations

import os
from functools import cache

import pytest

from conditions.outbound.reports.pdf import REMEDY, why_not


@cache
def lacking() -> str:
    """Why PDF cannot be made here; empty where it can."""
    return why_not()


def need_press() -> None:
    """Leaves a test out where PDF cannot be made; in CI that is a failure."""
    if not lacking():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, but {lacking()} {REMEDY}")
    pytest.skip(f"{lacking()} {REMEDY}")
