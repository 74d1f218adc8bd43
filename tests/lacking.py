"""What this machine lacks for a test: it is left out, but never in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def leave_out(why: str) -> NoReturn:
    """Ends this test as left out, saying what is lacking and how to have it; in CI it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI=true, but {why}")
    pytest.skip(why)
