"""Logs: one shape for every logger, and never the value of a variable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FAILING = """
import logging
import django
django.setup()
def sign_in(password):
    raise ValueError("refused")
try:
    sign_in("hunter" + "2")
except ValueError:
    logging.getLogger("any").exception("sign-in failed")
"""


@pytest.mark.parametrize("shape", ["console", "json"])
def test_a_traceback_shows_no_value_of_a_variable(shape: str, tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", FAILING],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "DATA_DIR": str(tmp_path),
            "LOG_FORMAT": shape,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "sign-in failed" in outcome.stderr
    assert "ValueError" in outcome.stderr
    assert "hunter2" not in outcome.stderr
    if shape == "json":
        line = json.loads(outcome.stderr)
        assert (line["event"], line["level"], line["logger"]) == ("sign-in failed", "error", "any")
